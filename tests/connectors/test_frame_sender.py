"""A buffer emptied to a real Kafka, with large pictures in a real S3."""

import asyncio
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from structlog.testing import capture_logs

from compose.ports import free_ports
from connectors.frame_buffer import CameraSettings, FrameBuffer
from connectors.frame_sender import FrameSender
from connectors.frame_store import FrameSettings, FrameStore
from connectors.message_log import MessageLog
from connectors.object_store import ObjectStoreSettings
from connectors.producer import BatchProducer
from connectors.topic_admin import TopicAdmin
from schemas.codec import decode, encode_framed
from schemas.frames import FrameCaptured
from schemas.framing import SINGLE_OBJECT_HEADER_BYTES
from schemas.topic import Topic
from streams.settings import Settings
from tests.models.camera_frames import AT, SHARP, frame

SMALL = FrameSettings(inline_bytes=len(SHARP))
LARGE = SHARP + b"\0" * 1000


@pytest.fixture
def topic(settings: Settings) -> str:
    topic = Topic(name=f"frames.{uuid4().hex}.v1", record=FrameCaptured, key=("site", "camera"))
    TopicAdmin(settings.kafka).ensure([topic], partitions=1)
    return topic.name


def arrived(settings: Settings, topic: str) -> list[FrameCaptured]:
    with MessageLog(settings.kafka) as log:
        values = [each.value or b"" for each in log.read(log.span(topic))]
    return [decode(each[SINGLE_OBJECT_HEADER_BYTES:], FrameCaptured) for each in values]


@pytest.mark.integration
async def test_every_frame_gets_through_and_leaves_the_buffer(
    settings: Settings, s3_settings: ObjectStoreSettings, topic: str, tmp_path: Path
) -> None:
    buffer = FrameBuffer(tmp_path, CameraSettings(), lambda: AT)
    sent = [frame(number, image=LARGE if number % 3 == 0 else SHARP) for number in range(9)]
    for each in sent:
        buffer.put(each)
    store, producer = FrameStore(SMALL, s3_settings), BatchProducer(settings.kafka)
    sender = FrameSender(buffer, store, producer, topic, lambda f: {"value": encode_framed(f)})

    await sender.run(lambda: True)

    light = arrived(settings, topic)
    assert [each.frame_id for each in sent] == [each.frame_id for each in light]
    assert [0, 3, 6] == [n for n, each in enumerate(light) if each.reference]
    assert [each.image for each in sent] == [(await store.fetch(each)).image for each in light]
    assert (9, 3, {}) == (sender.sent, sender.by_reference, sender.refused)
    assert 0 == len(buffer)
    producer.close()
    await store.close()


@pytest.mark.integration
async def test_what_nobody_can_ever_take_is_told_and_holds_up_no_other(
    settings: Settings, s3_settings: ObjectStoreSettings, topic: str, tmp_path: Path
) -> None:
    buffer = FrameBuffer(tmp_path, CameraSettings(), lambda: AT)
    buffer.put(frame(0, image=LARGE, site="x" * 1000))
    buffer.put(frame(1))
    store, producer = FrameStore(SMALL, s3_settings), BatchProducer(settings.kafka)
    sender = FrameSender(buffer, store, producer, topic, lambda f: {"value": encode_framed(f)})

    await sender.run(lambda: True)

    assert ["f-1"] == [each.frame_id for each in arrived(settings, topic)]
    assert (1, 1) == (sender.sent, sum(sender.refused.values()))
    producer.close()
    await store.close()


async def road(port: int, host: str, onward: int) -> asyncio.Server:
    """Whatever comes to ``port`` goes on to another one, and what is answered comes back."""

    async def carry(there: asyncio.StreamReader, on: asyncio.StreamWriter) -> None:
        with closing(on):
            while some := await there.read(65_536):
                on.write(some)
                await on.drain()

    async def connect(come: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        found, on = await asyncio.open_connection(host, onward)
        await asyncio.gather(carry(come, on), carry(found, back))

    return await asyncio.start_server(connect, "127.0.0.1", port)


@pytest.mark.integration
async def test_large_pictures_wait_while_s3_is_away_and_go_when_it_is_back(
    settings: Settings, s3_settings: ObjectStoreSettings, topic: str, tmp_path: Path
) -> None:
    buffer, [port] = FrameBuffer(tmp_path, CameraSettings(), lambda: AT), free_ports(1)
    for number in range(3):
        buffer.put(frame(number, image=SHARP if number == 1 else LARGE))
    away = s3_settings.model_copy(update={"endpoint_url": f"http://127.0.0.1:{port}"})
    store, producer = FrameStore(SMALL, away), BatchProducer(settings.kafka)
    sender = FrameSender(buffer, store, producer, topic, lambda f: {"value": encode_framed(f)})

    with capture_logs() as logs:
        sending = asyncio.create_task(sender.run(lambda: True))
        while not logs:  # noqa: ASYNC110  # the sender says when it has noticed
            await asyncio.sleep(0.01)
    waiting = len(buffer), sender.sent
    real = urlsplit(s3_settings.endpoint_url)
    async with await road(port, real.hostname or "", real.port or 0):
        await sending
        await store.close()

    assert "object store away, waiting" == logs[0]["event"]
    assert (3, 0) == waiting
    light = arrived(settings, topic)
    assert ["f-0", "f-1", "f-2"] == [each.frame_id for each in light]
    assert [True, False, True] == [each.reference is not None for each in light]
    assert (3, 2, {}, 0) == (sender.sent, sender.by_reference, sender.refused, len(buffer))
    real_store = FrameStore(SMALL, s3_settings)
    assert LARGE == (await real_store.fetch(light[0])).image
    await real_store.close()
    producer.close()
