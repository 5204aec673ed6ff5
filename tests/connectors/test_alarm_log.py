"""Changes of alarms, read from a real broker."""

import asyncio
from collections.abc import Sequence
from uuid import uuid4

import pytest

from connectors.alarm_log import AlarmLog
from connectors.kafka import KafkaSettings
from connectors.message_log import MessageLog
from connectors.producer import BatchProducer
from connectors.topic_admin import TopicAdmin
from schemas.alarms import AlarmChange
from schemas.codec import encode_framed
from schemas.topics import ALARMS_CHANGED
from streams.settings import Settings
from tests.connectors.alarm_changes import change

pytestmark = pytest.mark.integration


async def put(kafka: KafkaSettings, partition: int, values: Sequence[bytes | None]) -> None:
    producer = BatchProducer(kafka)
    messages = [{"value": each, "partition": partition} for each in values]
    await producer.send({ALARMS_CHANGED.name: messages})
    producer.close()


def test_what_was_logged_since_is_read_on_and_on(settings: Settings) -> None:
    TopicAdmin(settings.kafka).ensure([ALARMS_CHANGED])
    for partition in range(ALARMS_CHANGED.partitions):  # each has a leader from now on
        asyncio.run(put(settings.kafka, partition, [b"junk"]))
    site = uuid4().hex
    first, second = change(1, site=site), change(2, site=site)

    def mine(log: AlarmLog) -> list[AlarmChange]:
        return [each for each in log.read() if each.site == site]

    with MessageLog(settings.kafka) as messages:
        ahead = AlarmLog(messages, lambda _: None)
        asyncio.run(put(settings.kafka, 0, [encode_framed(first), b"junk", None]))
        everything = AlarmLog(messages, lambda _: None, from_beginning=True)
        later = AlarmLog(messages, lambda _: None)

        assert [first] == mine(ahead)
        assert [first] == mine(everything)
        assert [] == mine(ahead)
        asyncio.run(put(settings.kafka, 0, [encode_framed(first)[:-3], encode_framed(second)]))
        assert [second] == mine(ahead) == mine(everything) == mine(later)
