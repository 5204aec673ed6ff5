"""The lanes of a step: one for each partition, cleared by a rebalance."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

from faust.types import TP

from streams.gather import Gatherer
from streams.lanes import Lanes
from streams.parts import Fetched
from tests.streams.test_lane import HERE, Bench, batch, turns

THERE = TP("t", 1)


def failing(error: BaseException) -> None:
    raise error


@dataclass
class Event:
    value: Fetched
    acknowledged: list[Fetched]

    def ack(self) -> None:
        self.acknowledged.append(self.value)


async def carried(lanes: Lanes, *batches: Fetched) -> list[Fetched]:
    """Carry these batches; give those acknowledged by the end."""
    acknowledged: list[Fetched] = []

    async def events() -> AsyncIterator[Event]:
        for each in batches:
            yield Event(each, acknowledged)
            await turns(3)

    await lanes.run(events())
    await lanes.hurry()
    return acknowledged


async def test_each_partition_has_a_lane_of_its_own() -> None:
    opened: list[Bench] = []

    def open_lane(_: int) -> Gatherer:
        opened.append(Bench())
        opened[-1].work.confirm(9)
        return opened[-1].gatherer(size_bytes=1)

    lanes = Lanes(open_lane, assigned=lambda: {HERE, THERE}, fail=failing)
    batches = batch(0, b"a"), batch(5, b"b", tp=THERE), batch(1, b"c")

    assert list(batches) == await carried(lanes, *batches)
    assert [["begin 0", "begin 1"], ["begin 5"]] == [
        [each for each in bench.work.seen if each.startswith("begin")] for bench in opened
    ]
    assert 3 == lanes.state_entries


async def test_a_rebalance_drops_what_was_under_way_and_forgets_what_others_have_now() -> None:
    opened: list[Bench] = []

    def open_lane(_: int) -> Gatherer:
        opened.append(Bench())
        return opened[-1].gatherer(size_bytes=1)

    lanes = Lanes(open_lane, assigned=lambda: {HERE}, fail=failing)
    under_way = batch(0, b"a"), batch(5, b"b", tp=THERE)
    again = batch(0, b"a", generation=2)
    acknowledged = asyncio.create_task(carried(lanes, *under_way, again))
    await turns(20)
    for bench in opened:
        bench.work.confirm(9)

    assert [again] == await acknowledged
    assert 2 == len(opened)
    assert 2 == lanes.state_entries
