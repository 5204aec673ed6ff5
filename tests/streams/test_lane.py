"""Batches of a partition: begun in order, confirmed in order, acknowledged only when confirmed."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from faust.types import TP

from schemas.batch import Raw
from streams.fetch import Messages
from streams.gather import Gatherer, Gathering
from streams.lane import BEHIND_S, Lane
from streams.metrics import Metrics
from streams.observer import Observer
from streams.parts import Fetched
from streams.readiness import Readiness
from streams.work import Outcome, Simple
from streams.writers import UnresolvedError

HERE = TP("t", 0)


def batch(
    first: int, *values: bytes, tp: TP = HERE, generation: int = 1, highwater: int | None = None
) -> Fetched:
    offsets = list(range(first, first + len(values)))
    messages = Messages(offsets, [0] * len(values), [None] * len(values), list(values))
    return Fetched(tp, generation, messages, highwater)


@dataclass
class Slow(Simple):
    """Work that is confirmed when the test says so; ``seen`` tells what happened, in order."""

    seen: list[str] = field(default_factory=list)
    confirmed: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(0))
    unresolved: set[bytes] = field(default_factory=set)
    broken: str = ""
    state_entries: int = 0

    def begin(self, raw: Raw) -> str:
        name = str(raw.origin.offsets[0])
        if self.unresolved:
            raise UnresolvedError(self.unresolved.pop())
        if name == self.broken:
            raise ZeroDivisionError
        self.seen.append(f"begin {name}")
        self.state_entries += 1
        return name

    async def finish(self, _: Raw, begun: str) -> Outcome:
        await self.confirmed.acquire()
        self.seen.append(f"finish {begun}")
        return Outcome(sent=1)

    async def tick(self, now_ms: int) -> None:
        self.seen.append(f"tick {now_ms}")

    def confirm(self, count: int = 1) -> None:
        for _ in range(count):
            self.confirmed.release()


@dataclass
class Bench:
    """A lane on slow work, and what it acknowledged, resolved and failed with."""

    work: Slow = field(default_factory=Slow)
    acknowledged: list[int] = field(default_factory=list)
    resolved: list[set[bytes]] = field(default_factory=list)
    failures: list[BaseException] = field(default_factory=list)
    metrics: Metrics = field(default_factory=Metrics)
    now_s: float = 0.0

    def lane(self, *, at_once: int | None = None) -> Lane:
        async def resolve(headers: set[bytes]) -> None:
            self.resolved.append(headers)

        observer = Observer("step", self.metrics, Readiness(), lambda: 0)
        return Lane(
            self.work,
            observer,
            resolve=resolve,
            fail=self.failures.append,
            at_once=at_once,
            clock=lambda: self.now_s,
        )

    def gatherer(self, **how: Any) -> Gatherer:
        return Gatherer(self.lane(), Gathering(**how), fail=self.failures.append)

    def acknowledge(self, first: int) -> Callable[[], Any]:
        return lambda: self.acknowledged.append(first)


@pytest.fixture
def bench() -> Bench:
    return Bench()


async def turns(count: int = 10) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


async def test_the_next_batch_is_worked_on_while_the_first_waits(bench: Bench) -> None:
    lane = bench.lane()
    await lane.carry(batch(0, b"a"), bench.acknowledge(0))
    second = asyncio.create_task(lane.carry(batch(10, b"b"), bench.acknowledge(10)))
    await turns()

    assert ["begin 0", "begin 10"] == bench.work.seen
    assert [] == bench.acknowledged

    bench.work.confirm(2)
    await second
    await turns()
    assert ["begin 0", "begin 10", "finish 0", "finish 10"] == bench.work.seen
    assert [0, 10] == bench.acknowledged


async def test_heavy_work_is_done_part_by_part_and_acknowledged_with_the_last(
    bench: Bench,
) -> None:
    lane = bench.lane(at_once=2)
    carrying = asyncio.create_task(
        lane.carry(batch(0, b"a", b"b", b"c", b"d", b"e"), bench.acknowledge(0))
    )
    await turns()
    assert ["begin 0", "begin 2"] == bench.work.seen

    bench.work.confirm(2)
    await carrying
    await turns()
    assert ["finish 0", "finish 2", "begin 4"] == bench.work.seen[2:]
    assert [] == bench.acknowledged

    bench.work.confirm()
    await turns()
    assert [0] == bench.acknowledged


async def test_no_more_than_one_batch_is_ahead(bench: Bench) -> None:
    lane = bench.lane()
    await lane.carry(batch(0, b"a"), bench.acknowledge(0))
    second = asyncio.create_task(lane.carry(batch(10, b"b"), bench.acknowledge(10)))
    await turns()

    assert not second.done()
    bench.work.confirm()
    await second


async def test_a_bug_in_the_work_reaches_whoever_carries(bench: Bench) -> None:
    bench.work.broken = "0"

    with pytest.raises(ZeroDivisionError):
        await bench.lane().carry(batch(0, b"a"), bench.acknowledge(0))
    assert [] == bench.acknowledged


async def test_a_bug_in_the_writing_ends_the_worker_with_nothing_acknowledged(
    bench: Bench,
) -> None:
    class Broken(Slow):
        async def finish(self, _: Raw, __: str) -> Outcome:
            raise ZeroDivisionError

    bench.work = Broken()
    await bench.lane().carry(batch(0, b"a"), bench.acknowledge(0))
    await turns()

    assert [ZeroDivisionError] == [type(each) for each in bench.failures]
    assert [] == bench.acknowledged


async def test_unknown_schemas_are_looked_up_and_the_batch_is_begun_again(bench: Bench) -> None:
    header = b"\0\0\0\0\x09"
    bench.work.unresolved = {header}

    await bench.lane().carry(batch(0, header + b"body"), bench.acknowledge(0))

    assert [{header}] == bench.resolved
    assert ["begin 0"] == bench.work.seen


async def test_what_is_confirmed_is_counted(bench: Bench) -> None:
    await bench.lane().carry(batch(0, b"a", b"b"), bench.acknowledge(0))
    bench.work.confirm()
    await turns()

    sample = bench.metrics.registry.get_sample_value
    assert 2.0 == sample("engawa_records_received_total", {"step": "step"})
    assert 1.0 == sample("engawa_records_sent_total", {"step": "step"})


async def test_no_clock_ticks_while_more_is_known_to_lie_in_the_log_and_comes_soon(
    bench: Bench,
) -> None:
    lane = bench.lane()
    bench.work.confirm(2)
    await lane.carry(batch(0, b"a", b"b", highwater=3), bench.acknowledge(0))
    await lane.tick(1)
    assert "tick 1" not in bench.work.seen

    await lane.carry(batch(2, b"c", highwater=3), bench.acknowledge(2))
    await lane.tick(2)
    assert "tick 2" in bench.work.seen

    bench.work.confirm()
    await lane.carry(batch(3, b"d", highwater=5), bench.acknowledge(3))
    bench.now_s += BEHIND_S
    await lane.tick(3)
    assert "tick 3" in bench.work.seen


async def test_a_lane_that_is_let_go_acknowledges_nothing_more(bench: Bench) -> None:
    lane = bench.lane()
    await lane.carry(batch(0, b"a"), bench.acknowledge(0))

    lane.let_go()
    bench.work.confirm()
    await turns()

    assert [] == bench.acknowledged
    assert [] == bench.failures
