"""Batches that wait for a lane: put together, in order, bounded, and let go unacknowledged."""

import asyncio

import pytest

from streams.gather import Gatherer
from streams.lanes import Lanes
from tests.streams.test_lane import HERE, Bench, batch, turns


@pytest.fixture
def bench() -> Bench:
    return Bench()


def give(bench: Bench, gatherer: Gatherer, *firsts: int) -> None:
    for first in firsts:
        gatherer.hold(batch(first, b"four"), bench.acknowledge(first))


async def test_what_piles_up_before_a_busy_lane_is_carried_on_as_one(bench: Bench) -> None:
    gatherer = bench.gatherer(size_bytes=12)
    give(bench, gatherer, 0)
    await turns()
    give(bench, gatherer, 1)
    await turns()
    give(bench, gatherer, 2, 3, 4, 5)  # the lane has a batch to confirm and one begun
    bench.work.confirm(9)
    await turns(30)

    begun = [each for each in bench.work.seen if each.startswith("begin")]
    assert ["begin 0", "begin 1", "begin 2", "begin 5"] == begun
    assert [0, 1, 2, 3, 4, 5] == bench.acknowledged


async def test_little_is_held_until_it_is_old_enough(bench: Bench) -> None:
    gatherer = bench.gatherer(age_s=0.05)
    give(bench, gatherer, 0, 1)
    await turns()
    assert [] == bench.work.seen

    await asyncio.sleep(0.1)
    bench.work.confirm()
    await turns()
    assert ["begin 0", "finish 0"] == bench.work.seen
    assert [0, 1] == bench.acknowledged


async def test_enough_is_carried_on_however_young(bench: Bench) -> None:
    gatherer = bench.gatherer(size_bytes=8, age_s=60.0)
    give(bench, gatherer, 0)
    await turns()
    give(bench, gatherer, 1)
    await turns()

    assert 1 == len(bench.work.seen)


async def test_it_is_full_when_enough_waits_in_enough_batches(bench: Bench) -> None:
    gatherer = bench.gatherer(size_bytes=8, batches=3)
    lanes = Lanes(lambda _: gatherer, assigned=lambda: {HERE}, fail=bench.failures.append)
    lanes._lanes[HERE] = gatherer
    give(bench, gatherer, 0, 1)
    assert set() == lanes.full()
    give(bench, gatherer, 2)
    assert {HERE} == lanes.full()

    bench.work.confirm(9)
    await turns(30)
    assert set() == lanes.full()


async def test_a_stop_carries_on_what_is_held(bench: Bench) -> None:
    gatherer = bench.gatherer(age_s=60.0)
    give(bench, gatherer, 0)
    await turns()
    bench.work.confirm()

    await asyncio.wait_for(gatherer.hurry(), 1.0)

    assert [0] == bench.acknowledged


async def test_what_is_let_go_stays_unacknowledged_and_the_lane_goes_on(bench: Bench) -> None:
    gatherer = bench.gatherer(size_bytes=1)
    give(bench, gatherer, 0, 1, 2)
    await turns()
    gatherer.let_go()
    bench.work.confirm(9)
    give(bench, gatherer, 7)
    await turns(30)

    assert [7] == bench.acknowledged
    assert [] == bench.failures


async def test_a_bug_in_the_work_ends_the_worker(bench: Bench) -> None:
    bench.work.broken = "0"
    give(bench, bench.gatherer(), 0)
    await turns()

    assert [ZeroDivisionError] == [type(each) for each in bench.failures]
    assert [] == bench.acknowledged
