"""Cutting logs of a real broker."""

from uuid import uuid4

import pytest
from confluent_kafka import Consumer, Producer, TopicPartition

from connectors.log_cut import LogCut
from connectors.message_log import MessageLog
from connectors.topic_admin import TopicAdmin
from schemas.records import Telemetry
from schemas.topic import Topic
from streams.settings import Settings

pytestmark = [pytest.mark.integration, pytest.mark.timeout(60)]


def topic(settings: Settings, *, compacted: bool) -> str:
    """A new topic with ten messages."""
    name = f"t.{uuid4().hex}.v1"
    made = Topic(name=name, record=Telemetry, key=("site",), compacted=compacted, partitions=1)
    TopicAdmin(settings.kafka).ensure([made])
    producer = Producer(settings.kafka.librdkafka())
    for number in range(10):
        producer.produce(name, b"%d" % number, key=b"%d" % number)
    assert 0 == producer.flush(20)
    return name


def values(settings: Settings, name: str) -> list[bytes | None]:
    with MessageLog(settings.kafka) as log:
        return [each.value for each in log.read(log.span(name))]


@pytest.mark.parametrize("compacted", [False, True])
def test_what_was_cut_off_cannot_be_read_any_more(settings: Settings, *, compacted: bool) -> None:
    name, cut = topic(settings, compacted=compacted), LogCut(settings.kafka)
    kept_ms = cut.kept_ms(name)

    cut.cut(name, {0: 7})

    assert [b"7", b"8", b"9"] == values(settings, name)
    assert kept_ms == cut.kept_ms(name)
    assert compacted is (kept_ms is None)
    cut.cut(name, {})
    assert 3 == len(values(settings, name))


def test_it_tells_what_a_group_has_yet_to_read(settings: Settings) -> None:
    name, cut, group = topic(settings, compacted=False), LogCut(settings.kafka), uuid4().hex
    assert (0, 0) == (cut.members(group), cut.unread(group, name, {0: 10}))

    reading = Consumer({**settings.kafka.librdkafka(), "group.id": group})
    reading.commit(offsets=[TopicPartition(name, 0, 4)], asynchronous=False)
    reading.close()

    assert 6 == cut.unread(group, name, {0: 10})
    assert 0 == cut.members(group)
