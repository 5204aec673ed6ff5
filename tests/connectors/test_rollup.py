"""Roll-ups on a real server, held against numpy: late data, replays, kills, two at once."""

import time
from collections.abc import Callable, Iterable
from typing import Any
from uuid import uuid4

import numpy as np
import pytest

from connectors.influx import InfluxSettings, InfluxSink
from connectors.influxql import InfluxQL, Row
from connectors.rollup import SETTLE_S, Rolled, Roller
from schemas.batch import Columns
from schemas.records import AcceptedReading, AcceptedTelemetry, Quality

pytestmark = pytest.mark.integration

Events = Callable[..., AcceptedTelemetry]
Batches = Callable[..., Columns[AcceptedTelemetry]]

MINUTE_MS, HOUR_MS = 60_000, 3_600_000
NOW = time.time_ns() // 1_000_000
START = NOW // HOUR_MS * HOUR_MS - 2 * HOUR_MS
"""A full hour not long ago: the server drops by its own clock what is too old."""

FIGURES = ("mean", "min", "max", "count", "last", "flagged")


async def no_pause(_: float) -> None:
    """One request at a time needs none."""


@pytest.fixture
async def store(influx_url: str) -> InfluxSettings:
    """A database of the test's own, made ready."""
    settings = InfluxSettings(url=influx_url, database=f"test_{uuid4().hex}")
    await InfluxSink(settings).prepare()
    return settings


def roller(store: InfluxSettings, name: str = "a", resources: Iterable[str] = ("t", "h")) -> Roller:
    return Roller(store, resources=tuple(resources), name=name, sleep=no_pause)


async def rows(store: InfluxSettings, policy: str) -> list[Row]:
    ql = InfluxQL(store.url, store.token, timeout_s=10)
    found = await ql.ask(f'SELECT * FROM "{store.database}"."{policy}".readings')
    await ql.close()
    return found


def events_of(event: Events, seed: int, size: int, **fixed: Any) -> list[AcceptedTelemetry]:
    """Events of three devices over two hours, some suspect, some without a value."""
    rng = np.random.default_rng(seed)

    def reading(resource: str) -> AcceptedReading:
        quality = rng.choice(np.array([Quality.GOOD, Quality.GOOD, Quality.SPIKE, Quality.MISSING]))
        value = None if quality == Quality.MISSING else float(rng.normal(20, 5))
        return AcceptedReading(resource=resource, value=value, quality=Quality(quality))

    times = rng.choice(2 * HOUR_MS, size=size, replace=False)
    return [
        event(
            at=START + int(offset_ms),
            device=f"air-{rng.integers(3)}",
            readings=tuple(map(reading, ("t", "h") if rng.random() < 0.7 else ("t",))),
            **fixed,
        )
        for offset_ms in times
    ]


def by_numpy(events: Iterable[AcceptedTelemetry], step_ms: int) -> dict[tuple[int, str], Any]:
    """The figures of each window and device, computed from the events alone."""
    groups: dict[tuple[int, str, str], list[tuple[int, AcceptedReading]]] = {}
    for each in events:
        for one in each.readings:
            group = (each.at // step_ms * step_ms, each.device, one.resource)
            groups.setdefault(group, []).append((each.at, one))
    windows: dict[tuple[int, str], Any] = {}
    for (start, device, resource), members in groups.items():
        ordered = [one for _, one in sorted(members, key=lambda each: each[0])]
        values = np.array([one.value for one in ordered if one.value is not None], np.float64)
        flagged = sum(one.quality is not Quality.GOOD for one in ordered)
        figures = (
            (values.mean(), values.min(), values.max(), len(values), values[-1])
            if len(values)
            else (None,) * 5
        )
        named = dict(zip(FIGURES, (*figures, flagged or None), strict=True))
        row = {f"{resource}_{figure}": value for figure, value in named.items()}
        windows.setdefault((start, device), {}).update(row)
    return windows


async def check(store: InfluxSettings, events: list[AcceptedTelemetry]) -> None:
    """Hold both roll-ups against numpy's."""
    for policy, step_ms in (("minute", MINUTE_MS), ("hour", HOUR_MS)):
        wanted = by_numpy(events, step_ms)
        found = {(row["time"], row["device"]): row for row in await rows(store, policy)}
        assert found.keys() == wanted.keys()
        for window, figures in wanted.items():
            for figure, value in figures.items():
                # a mean of means rounds in another order; everything else is exact
                mean = figure.endswith("_mean") and value is not None
                near = pytest.approx(value, rel=1e-12) if mean else value
                assert found[window].get(figure) == near, (window, figure)


async def test_minutes_and_hours_are_what_numpy_says(
    store: InfluxSettings, event: Events, columns: Batches
) -> None:
    events = events_of(event, seed=1, size=600)
    await InfluxSink(store).write(columns(*events))

    rolled = await roller(store).roll(NOW)

    minutes = len({each.at // MINUTE_MS for each in events})
    assert rolled == Rolled(windows=minutes, left=0, others=0, expired=0)
    await check(store, events)


async def test_late_data_is_rolled_up_again_and_nothing_else_is(
    store: InfluxSettings, event: Events, columns: Batches
) -> None:
    events = events_of(event, seed=2, size=300)
    sink = InfluxSink(store)
    await sink.write(columns(*events))
    await roller(store).roll(NOW)
    late = event(
        at=START + 61_003,
        device="air-0",
        readings=(AcceptedReading(resource="t", value=-40.0),),
    )

    await sink.write(columns(late, offset=300))

    assert await roller(store).roll(NOW) == Rolled(windows=1, left=0, others=0, expired=0)
    assert await roller(store).roll(NOW) == Rolled(windows=0, left=0, others=0, expired=0)
    await check(store, [*events, late])


async def test_a_replay_gives_the_same_points(
    store: InfluxSettings, event: Events, columns: Batches
) -> None:
    events = events_of(event, seed=3, size=200)
    sink = InfluxSink(store)
    await sink.write(columns(*events))
    await roller(store).roll(NOW)
    before = [await rows(store, policy) for policy in ("raw", "minute", "hour")]

    await sink.write(columns(*events[:150]))
    await sink.write(columns(*events[150:], offset=150))
    await roller(store).roll(NOW)

    assert [await rows(store, policy) for policy in ("raw", "minute", "hour")] == before


@pytest.mark.parametrize("steps", [0, 1, 2])
async def test_a_roller_killed_at_any_step_leaves_the_work_to_the_next(
    store: InfluxSettings, event: Events, columns: Batches, steps: int
) -> None:
    events = events_of(event, seed=4, size=100)
    await InfluxSink(store).write(columns(*events))
    killed = roller(store, "killed")
    windows = await killed.pending()
    if steps >= 1:
        await killed.claim(windows, "killed/1")
    if steps == 2:
        await killed.compute(windows)

    rolled = await roller(store).roll(NOW)

    assert rolled.windows == len(windows)
    await check(store, events)


async def test_points_that_come_while_a_roller_is_at_work_are_not_forgotten(
    store: InfluxSettings, event: Events, columns: Batches
) -> None:
    events = events_of(event, seed=5, size=60)
    sink = InfluxSink(store)
    await sink.write(columns(*events[:30]))

    async def write_meanwhile(_: float) -> None:
        await sink.write(columns(*events[30:], offset=30))

    first = Roller(store, resources=("t", "h"), name="a", sleep=write_meanwhile)
    await first.roll(NOW)
    await roller(store).roll(NOW)

    await check(store, events)


async def test_of_two_rollers_at_once_the_one_overtaken_has_its_windows_done_again(
    store: InfluxSettings, event: Events, columns: Batches
) -> None:
    await InfluxSink(store).write(columns(event(at=START)))
    slow, fast = roller(store, "slow"), roller(store, "fast")
    windows = await slow.pending()
    await slow.claim(windows, "slow/1")
    await fast.claim(windows, "fast/1")
    await fast.finish(windows, "fast/1")
    assert await fast.pending() == {}

    await slow.finish(windows, "slow/1")

    assert await fast.pending() == {START: "slow/1"}


async def test_a_minute_is_rolled_up_when_it_has_ended(
    store: InfluxSettings, event: Events, columns: Batches
) -> None:
    await InfluxSink(store).write(columns(event(at=START)))

    early = await roller(store).roll(START + MINUTE_MS - 1)
    late = await roller(store).roll(START + MINUTE_MS)

    assert early == Rolled(windows=0, left=0, others=0, expired=0)
    assert late == Rolled(windows=1, left=0, others=0, expired=0)


async def test_a_minute_that_outlived_its_raw_points_is_not_rolled_up_from_what_is_left(
    store: InfluxSettings, event: Events, columns: Batches
) -> None:
    await InfluxSink(store).write(columns(event(at=START)))
    later = START + store.raw_retention_h * HOUR_MS + 1

    rolled = await roller(store).roll(later)

    assert rolled == Rolled(windows=0, left=0, others=0, expired=1)
    assert await rows(store, "minute") == []


async def test_a_roller_lets_a_request_settle_before_it_reads(
    store: InfluxSettings, event: Events, columns: Batches
) -> None:
    pauses: list[float] = []

    async def pause(seconds: float) -> None:
        pauses.append(seconds)

    await InfluxSink(store).write(columns(event(at=START)))
    await Roller(store, resources=("temperature",), name="a", sleep=pause).roll(NOW)

    assert pauses == [SETTLE_S]


@pytest.mark.parametrize("resource", ['a"b', "a b,c=d", "back\\slash", "{x}", "温度"])
async def test_a_resource_is_rolled_up_whatever_its_name(
    store: InfluxSettings, event: Events, columns: Batches, resource: str
) -> None:
    readings = (AcceptedReading(resource=resource, value=3.0),)
    await InfluxSink(store).write(columns(event(at=START, device="a,b =c", readings=readings)))

    await roller(store, resources=[resource]).roll(NOW)

    found = [await rows(store, policy) for policy in ("minute", "hour")]
    assert [[(row["device"], row[f"{resource}_mean"]) for row in each] for each in found] == [
        [("a,b =c", 3.0)],
        [("a,b =c", 3.0)],
    ]
