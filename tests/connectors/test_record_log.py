"""Records of a topic, read from a real broker."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from uuid import uuid4

import pytest

from connectors.kafka import KafkaSettings
from connectors.message_log import MessageLog
from connectors.producer import BatchProducer
from connectors.record_log import RecordLog
from connectors.topic_admin import TopicAdmin
from schemas.codec import encode_framed
from schemas.shadows import DeviceReport
from schemas.topics import DEVICES_REPORTED
from streams.settings import Settings

pytestmark = pytest.mark.integration


async def put(kafka: KafkaSettings, partition: int, values: Sequence[bytes | None]) -> None:
    producer = BatchProducer(kafka)
    messages = [{"key": "k", "value": each, "partition": partition} for each in values]
    await producer.send({DEVICES_REPORTED.name: messages})
    producer.close()


def test_what_was_logged_since_is_read_on_and_on(settings: Settings) -> None:
    TopicAdmin(settings.kafka).ensure([DEVICES_REPORTED])
    for partition in range(DEVICES_REPORTED.partitions):  # each has a leader from now on
        asyncio.run(put(settings.kafka, partition, [b"junk"]))
    site = uuid4().hex
    first = DeviceReport(report_id="r-1", site=site, device="d", at=1, setpoint_c=20.0)
    second = replace(first, report_id="r-2")

    def mine(log: RecordLog[DeviceReport]) -> list[DeviceReport]:
        return [each for each in log.read() if each.site == site]

    with MessageLog(settings.kafka) as messages:
        ahead = RecordLog(messages, lambda _: None, DEVICES_REPORTED)
        asyncio.run(put(settings.kafka, 0, [encode_framed(first), b"junk", None]))
        everything = RecordLog(messages, lambda _: None, DEVICES_REPORTED, from_beginning=True)
        later = RecordLog(messages, lambda _: None, DEVICES_REPORTED)

        assert [first] == mine(ahead)
        assert [first] == mine(everything)
        assert [] == mine(ahead)
        asyncio.run(put(settings.kafka, 0, [encode_framed(first)[:-3], encode_framed(second)]))
        assert [second] == mine(ahead) == mine(everything) == mine(later)
