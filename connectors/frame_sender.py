"""Frames from a camera's buffer to Kafka, the oldest first, each until it is confirmed."""

import asyncio
from collections import Counter
from collections.abc import Callable

import structlog
from tenacity import retry, retry_if_exception_type, wait_random_exponential

from connectors.frame_buffer import FrameBuffer
from connectors.frame_store import FrameStore
from connectors.outcome import RefusedError, UnavailableError
from connectors.outgoing import Outgoing
from connectors.producer import BatchProducer
from schemas.frames import FrameCaptured

TAKEN_BYTES = 8 * 1024 * 1024
"""Frames under way at once, about."""

LOOK_EVERY_S = 0.05

log = structlog.get_logger(__name__)


class FrameSender:
    """Empties a buffer; what does not get through stays in it."""

    def __init__(
        self,
        buffer: FrameBuffer,
        store: FrameStore,
        producer: BatchProducer,
        topic: str,
        message: Callable[[FrameCaptured], Outgoing],
    ) -> None:
        self._buffer, self._store = buffer, store
        self._producer, self._topic, self._message = producer, topic, message
        self._store_is_ready = False
        self.sent = self.by_reference = 0
        self.refused: Counter[str] = Counter()
        """Frames that nobody takes, by the words of whoever refused."""

    async def run(self, ended: Callable[[], bool]) -> None:
        """Send until the buffer is empty after no more comes, however long anybody is away.

        Raises:
            UnavailableError: the producer was closed meanwhile.

        """
        while True:
            last = ended()
            held = await asyncio.to_thread(self._buffer.oldest, TAKEN_BYTES)
            if held:
                await self._send([each.frame for each in held])
                await asyncio.to_thread(self._buffer.remove, held)
            elif last:
                return
            else:
                await asyncio.sleep(LOOK_EVERY_S)

    async def _send(self, frames: list[FrameCaptured]) -> None:
        messages = []
        for frame in frames:
            try:
                messages.append(self._message(await self._light(frame)))
            except RefusedError as error:
                self.refused[str(error)] += 1
        refused = await self._producer.send({self._topic: messages})
        self.refused.update(each.reason for each in refused)
        self.sent += len(messages) - len(refused)

    @retry(
        retry=retry_if_exception_type(UnavailableError),
        wait=wait_random_exponential(multiplier=0.2, max=10.0),
        before_sleep=lambda state: log.warning(
            "object store away, waiting", reason=str(state.outcome and state.outcome.exception())
        ),
    )
    async def _light(self, frame: FrameCaptured) -> FrameCaptured:
        if not self._store.takes(frame):
            return frame
        if not self._store_is_ready:
            await self._store.prepare()
            self._store_is_ready = True
        light = await self._store.lighten(frame)
        self.by_reference += 1
        return light
