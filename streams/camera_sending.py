"""A camera on the command line: its frames go through a buffer on disk to Kafka, until Ctrl-C."""

import asyncio
import signal
import threading
from functools import partial

import structlog
from tenacity import retry, retry_if_exception_type, wait_random_exponential

from connectors.camera import Source
from connectors.capture import Capturing, Wanted
from connectors.delivery import GRACE_S
from connectors.frame_buffer import FrameBuffer, place_of
from connectors.frame_sender import FrameSender
from connectors.frame_store import FrameStore
from connectors.kafka import KafkaSettings
from connectors.message_log import MissingTopicError
from connectors.outcome import UnavailableError
from connectors.producer import BatchProducer
from connectors.topic_admin import TopicAdmin
from schemas.codec import schema_of
from schemas.topics import FRAMES_CAPTURED
from streams.observer import wall_ms
from streams.settings import Settings
from streams.writer import message

log = structlog.get_logger(__name__)


class Session:
    """One camera at work; how it went stands in its parts."""

    def __init__(
        self, settings: Settings, source: Source, wanted: Wanted, stop: threading.Event
    ) -> None:
        self._settings = settings
        self._stop = stop
        folder = place_of(wanted.site, wanted.camera, settings.camera)
        self.buffer = FrameBuffer(folder, settings.camera, wall_ms)
        self.capturing = Capturing(source, wanted, self.buffer, stop)
        self.sender: FrameSender | None = None

    async def run(self, *, start_ms: int, speed: float, seconds: float | None) -> None:
        """Work until the source ends, ``seconds`` of ours are over, or Ctrl-C.

        What Kafka has not confirmed a little later stays in the buffer, for the next time.

        Raises:
            CameraError: the source cannot be opened.
            MissingTopicError: the broker has no topic for frames.

        """
        producer = BatchProducer(self._settings.kafka)
        store = FrameStore(self._settings.frames, self._settings.s3)
        header = schema_of(FRAMES_CAPTURED.record).header
        framed = partial(message, FRAMES_CAPTURED, header)
        self.sender = FrameSender(self.buffer, store, producer, FRAMES_CAPTURED.name, framed)
        work = partial(self.capturing.run, start_ms=start_ms, speed=speed)
        stopping = self._listen(seconds)
        capturing = asyncio.create_task(asyncio.to_thread(work))
        sending = asyncio.create_task(self._send(self.sender, capturing))
        try:
            await asyncio.wait({capturing, sending}, return_when=asyncio.FIRST_COMPLETED)
            if sending.done():  # before there was an end: only because it cannot go on
                sending.result()
            capturing.result()
            await _finished(sending, stopping)
        finally:
            self._stop.set()
            sending.cancel()
            producer.close()
            await store.close()

    def _listen(self, seconds: float | None) -> asyncio.Event:
        stopping, loop = asyncio.Event(), asyncio.get_running_loop()

        def stop() -> None:
            self._stop.set()
            stopping.set()

        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, stop)
        if seconds is not None:
            loop.call_later(seconds, stop)
        return stopping

    async def _send(self, sender: FrameSender, capturing: "asyncio.Task[None]") -> None:
        await _topic_is_there(self._settings.kafka)
        await sender.run(capturing.done)


async def _finished(sending: "asyncio.Task[None]", stopping: asyncio.Event) -> None:
    """Wait until all is sent; once somebody stops it, only a little longer."""
    stopped = asyncio.create_task(stopping.wait())
    await asyncio.wait({sending, stopped}, return_when=asyncio.FIRST_COMPLETED)
    stopped.cancel()
    await asyncio.wait({sending}, timeout=GRACE_S)
    if sending.done():
        sending.result()


@retry(
    retry=retry_if_exception_type(UnavailableError),
    wait=wait_random_exponential(multiplier=0.5, max=10.0),
    before_sleep=lambda state: log.warning(
        "brokers away, frames wait on disk", reason=str(state.outcome and state.outcome.exception())
    ),
)
async def _topic_is_there(kafka: KafkaSettings) -> None:
    if FRAMES_CAPTURED.name not in await asyncio.to_thread(TopicAdmin(kafka).partitions):
        raise MissingTopicError(f"no topic {FRAMES_CAPTURED.name}; create it with: engawa topics")
