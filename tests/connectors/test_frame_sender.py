"""A buffer emptied to a real Kafka, with large pictures in a real S3."""

from pathlib import Path
from uuid import uuid4

import pytest

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
