"""Chores that say something are done by one worker of a flow at a time."""

import asyncio
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from schemas.codec import decode
from schemas.framing import SINGLE_OBJECT_HEADER_BYTES
from schemas.records import Telemetry
from schemas.topic import Topic
from streams.chores import Pass
from streams.flow import Clockwork, Flow, Step
from streams.settings import Settings
from streams.worker import Worker
from tests.streams.conftest import Broker, changed_settings, until
from tests.streams.test_worker import keep, telemetry

pytestmark = [pytest.mark.integration, pytest.mark.timeout(60)]


class Crier:
    """Says the next number, and knows by recall where others stopped."""

    report: Callable[[Any], None]

    def __init__(self, _: Settings) -> None:
        self._next = 0

    async def __call__(self) -> Pass:
        self.report(telemetry(self._next))
        self._next += 1
        return Pass(found=1, left=0)

    def recall(self, records: Iterable[Any]) -> None:
        self._next = len(list(records))


def crying(name: str, source: Topic[Any], target: Topic[Any], said: Topic[Any]) -> Flow:
    clockwork = Clockwork("cry", Crier, every_s=0.05, writes=(said,))
    return Flow(name, (Step("keep", source, keep, writes=(target,)),), (clockwork,))


def numbers(broker: Broker, said: Topic[Any]) -> list[str]:
    bodies = [(value or b"")[SINGLE_OBJECT_HEADER_BYTES:] for value in broker.read(said).values()]
    return [decode(body, Telemetry).event_id for body in bodies]


async def test_one_worker_says_it_and_the_next_goes_on_where_it_stopped(
    broker: Broker, flow: Flow, settings: Settings
) -> None:
    source, target, said = broker.topic(partitions=2), broker.topic(), broker.topic()
    of = crying(flow.name, source, target, said)
    workers = [Worker(of, changed_settings(settings)) for _ in range(2)]
    working = [asyncio.create_task(worker.run()) for worker in workers]
    await until(lambda: all(worker.readiness.ready for worker in workers))
    await until(lambda: len(numbers(broker, said)) > 5)

    for worker, task in zip(workers, working, strict=True):
        worker.stop()
        assert await task
        if worker is workers[0]:
            more = len(numbers(broker, said)) + 5
            await until(lambda: len(numbers(broker, said)) > more)  # noqa: B023  # called at once

    found = numbers(broker, said)
    assert [f"e-{number}" for number in range(len(found))] == found
