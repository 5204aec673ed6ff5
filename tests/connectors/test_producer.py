"""Whole batches, each message confirmed by a real broker before anybody counts it as sent."""

import asyncio
from collections.abc import Iterator
from contextlib import closing
from random import Random
from typing import Any
from uuid import uuid4

import pytest

from connectors.kafka import KafkaSettings
from connectors.message_log import MessageLog
from connectors.outcome import UnavailableError
from connectors.producer import BatchProducer
from connectors.topic_admin import TopicAdmin
from schemas.records import Telemetry
from schemas.topic import MEBIBYTE, Topic
from streams.settings import Settings


@pytest.fixture
def producer(settings: Settings) -> Iterator[BatchProducer]:
    with closing(BatchProducer(settings.kafka)) as producer:
        yield producer


@pytest.fixture
def topic(settings: Settings) -> str:
    topic = Topic(name=f"sent.{uuid4().hex}", record=Telemetry, key=("site",))
    TopicAdmin(settings.kafka).ensure([topic])
    return topic.name


def lying_in(kafka: KafkaSettings, topic: str) -> dict[bytes | None, list[bytes | None]]:
    """Values by key, in the order of the log."""
    found: dict[bytes | None, list[bytes | None]] = {}
    with MessageLog(kafka) as log:
        for each in log.read(log.span(topic)):
            found.setdefault(each.key, []).append(each.value)
    return found


@pytest.mark.integration
async def test_what_is_sent_lies_in_the_topic_under_its_key_in_its_order(
    settings: Settings, producer: BatchProducer, topic: str
) -> None:
    messages = [{"key": b"k%d" % (n % 7), "value": b"%d" % n} for n in range(500)]

    assert [] == await producer.send({topic: messages})

    expected = {b"k%d" % k: [b"%d" % n for n in range(k, 500, 7)] for k in range(7)}
    assert expected == lying_in(settings.kafka, topic)


@pytest.mark.integration
async def test_senders_that_come_together_are_all_confirmed(
    settings: Settings, producer: BatchProducer, topic: str
) -> None:
    await asyncio.gather(
        *(producer.send({topic: [{"key": b"%d" % n, "value": b"v"}]}) for n in range(50))
    )

    assert {b"%d" % n: [b"v"] for n in range(50)} == lying_in(settings.kafka, topic)


@pytest.mark.integration
async def test_a_message_the_broker_will_never_take_comes_back_alone(
    settings: Settings, producer: BatchProducer, topic: str
) -> None:
    huge = Random(1).randbytes(MEBIBYTE + 1)  # the broker measures what is left of it compressed
    good: list[dict[str, Any]] = [{"key": b"a", "value": b"1"}, {"key": b"b", "value": b"2"}]

    refused = await producer.send({topic: [good[0], {"key": b"h", "value": huge}, good[1]]})

    assert [(topic, b"h", huge)] == [(each.topic, each.key, each.value) for each in refused]
    assert {b"a": [b"1"], b"b": [b"2"]} == lying_in(settings.kafka, topic)


@pytest.mark.integration
async def test_a_message_larger_than_the_client_takes_comes_back_too(
    producer: BatchProducer, topic: str
) -> None:
    [refused] = await producer.send({topic: [{"key": b"h", "value": b"x" * (17 * MEBIBYTE)}]})

    assert "large" in refused.reason.lower()


@pytest.mark.integration
async def test_nothing_to_send_asks_nobody(producer: BatchProducer, topic: str) -> None:
    assert [] == await producer.send({topic: []})


async def test_without_a_broker_it_waits_and_a_close_says_that_nothing_was_sent() -> None:
    away = BatchProducer(KafkaSettings.model_validate({"bootstrap_servers": "127.0.0.1:9"}))
    sending = asyncio.create_task(away.send({"t": [{"key": b"k", "value": b"v"}]}))
    done, _ = await asyncio.wait([sending], timeout=0.5)
    assert not done

    await asyncio.to_thread(away.close)

    with pytest.raises(UnavailableError, match="1 messages not confirmed"):
        await sending
