"""What a step knows beside the topic it reads, on a real broker."""

import asyncio
from typing import Any

import numpy as np
import pytest

from connectors.message_log import MessageLog
from schemas.batch import REACH_MS, SETTLING_MS, Origin, Records
from schemas.codec import encode, schema_of
from schemas.records import Telemetry
from schemas.topic import Topic
from streams.beside import Beside, SharedLog
from streams.reader import reader
from streams.settings import Settings
from tests.streams.conftest import Broker

pytestmark = [pytest.mark.integration, pytest.mark.timeout(60)]

HEADER = schema_of(Telemetry).header


def event(name: str) -> bytes:
    made = Telemetry(event_id=name, site="s", device="d", profile="p", at=0, readings=(), tags={})
    return HEADER + encode(made)


def batch(*logged_at: int) -> Origin:
    times = np.array(logged_at, np.int64)
    return Origin(topic="t", partition=0, offsets=np.arange(len(times)), logged_at=times)


def beside(topic: Topic[Any], settings: Settings) -> Beside:
    known = {HEADER: schema_of(Telemetry)}.get
    read = reader(topic, Records, marker=b"", known=known)

    async def resolve(_: set[bytes]) -> None: ...

    return Beside(topic.name, read, SharedLog(lambda: MessageLog(settings.kafka)), resolve)


def names(found: list[Records[Any]]) -> list[str]:
    return [each.event_id for records in found for each in records.rows]


def logged_at(topic: Topic[Any], settings: Settings) -> list[int]:
    with MessageLog(settings.kafka) as log:
        return [each.logged_at for each in log.read(log.span(topic.name))]


async def test_everything_beside_is_learnt_once_before_a_batch(
    broker: Broker, settings: Settings
) -> None:
    topic = broker.topic(partitions=2)
    side = beside(topic, settings)
    broker.send(topic, [event("a")], partition=0)
    broker.send(topic, [event("b")], partition=1)
    [*_, now] = logged_at(topic, settings)

    first = names(await side.news(batch(now)))
    broker.send(topic, [event("c")], partition=1)
    again = names(await side.news(batch(now + 1 + SETTLING_MS)))

    assert (["a", "b"], ["c"]) == (first, again)


async def test_nothing_is_asked_for_what_is_known_to_be_read(
    broker: Broker, settings: Settings
) -> None:
    topic = broker.topic()
    side = beside(topic, settings)
    broker.send(topic, [event("a")])
    [now] = logged_at(topic, settings)
    await side.news(batch(now))

    broker.send(topic, [event("too young to count")])

    assert [] == names(await side.news(batch(now + SETTLING_MS)))


async def test_what_is_older_than_the_reach_is_not_read(broker: Broker, settings: Settings) -> None:
    topic = broker.topic()
    side = beside(topic, settings)
    broker.send(topic, [event("a")])
    [now] = logged_at(topic, settings)

    assert [] == names(await side.news(batch(now + REACH_MS + 1)))


async def test_what_cannot_be_read_beside_is_passed_over(
    broker: Broker, settings: Settings
) -> None:
    topic = broker.topic()
    side = beside(topic, settings)
    broker.send(topic, [event("a"), b"\x00garbage", None, event("b")])
    [*_, now] = logged_at(topic, settings)

    [news] = await side.news(batch(now))

    assert ["a", "b"] == [each.event_id for each in news.rows]
    assert news.origin is not None
    assert [0, 3] == news.origin.offsets.tolist()


async def test_two_lanes_share_one_connection(broker: Broker, settings: Settings) -> None:
    topic = broker.topic()
    broker.send(topic, [event("a")])
    [now] = logged_at(topic, settings)
    one = beside(topic, settings)
    two = Beside(topic.name, one.read, one.log, one.resolve)

    found = await asyncio.gather(one.news(batch(now)), two.news(batch(now)))

    assert [["a"], ["a"]] == [names(each) for each in found]
