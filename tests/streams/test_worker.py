"""A whole worker on a real broker: what an agent's bug, a bad record or a stop costs."""

import asyncio
from collections.abc import Iterable
from typing import Any

import pytest

from schemas.batch import Records
from schemas.codec import decode, encode_framed, schema_of
from schemas.framing import SINGLE_OBJECT_HEADER_BYTES
from schemas.records import DeadLetter, Reading, Telemetry
from schemas.topic import Topic
from streams.commands.worker import _work
from streams.exits import BUG
from streams.flow import Flow, Step
from streams.settings import Settings
from streams.worker import Worker
from tests.streams.conftest import NOTHING, Broker, changed_settings, until

pytestmark = [pytest.mark.integration, pytest.mark.timeout(60)]


def telemetry(number: int) -> Telemetry:
    return Telemetry(
        event_id=f"e-{number}",
        site="house",
        device="room-1",
        profile="room.climate",
        at=1_700_000_000_000 + number,
        readings=(Reading(resource="temperature", value=21.5),),
        tags={},
    )


def messages(count: int, first: int = 0) -> list[bytes]:
    return [encode_framed(telemetry(number)) for number in range(first, first + count)]


def ids(values: Iterable[bytes | None]) -> list[str]:
    bodies = [(value or b"")[SINGLE_OBJECT_HEADER_BYTES:] for value in values]
    return [decode(body, Telemetry).event_id for body in bodies]


def keep(batch: Records[Telemetry]) -> Iterable[Telemetry]:
    return batch.rows


def flow_of(name: str, source: Topic[Any], agent: Any, *targets: Topic[Any]) -> Flow:
    return Flow(name, (Step("keep", source, agent, writes=targets),))


async def worked_through(broker: Broker, flow: Flow, end: int, settings: Settings) -> None:
    """Run a worker until the flow has committed ``end``, then stop it."""
    worker = Worker(flow, changed_settings(settings))
    working = asyncio.create_task(worker.run())
    await until(lambda: broker.committed(flow, flow.parts[0].reads) == end)
    worker.stop()
    assert await working


async def test_a_bug_in_an_agent_ends_the_worker_with_nothing_acknowledged_and_nothing_lost(
    broker: Broker, flow: Flow, settings: Settings
) -> None:
    source, target = broker.topic(), broker.topic()
    broker.send(source, messages(100))

    def broken(batch: Records[Telemetry]) -> Iterable[Telemetry]:
        if any(each.event_id == "e-50" for each in batch.rows):
            raise ZeroDivisionError
        return batch.rows

    code = await _work(flow_of(flow.name, source, broken, target), changed_settings(settings))

    assert BUG == code
    assert NOTHING == broker.committed(flow, source)
    mended = flow_of(flow.name, source, keep, target)
    await worked_through(broker, mended, 100, settings)
    assert [f"e-{number}" for number in range(100)] == ids(broker.read(target).values())


async def test_an_undecodable_record_costs_none_of_its_batch_and_stops_nothing(
    broker: Broker, flow: Flow, settings: Settings
) -> None:
    source, target, rejected = broker.topic(), broker.topic(), broker.dead_letters()
    broker.send(source, [*messages(10), b"<xml/>", *messages(10, first=10)])

    flow = flow_of(flow.name, source, keep, target, rejected)
    await worked_through(broker, flow, 21, settings)

    assert [f"e-{number}" for number in range(20)] == ids(broker.read(target).values())
    length = len(schema_of(DeadLetter).header)
    [value] = broker.read(rejected).values()
    letter = decode((value or b"")[length:], DeadLetter)
    assert (source.name, 10, "unknown_framing", b"<xml/>") == (
        *(letter.topic, letter.offset, letter.reason, letter.value),
    )
