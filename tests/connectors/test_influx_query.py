"""Questions to a real server: injection, roll-ups against points, late data, days of 23 hours."""

import asyncio
import re
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import product
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from connectors.alarm_points import AlarmPointsSink
from connectors.influx import InfluxSettings, InfluxSink
from connectors.influx_query import Answer, ask, counting, statement
from connectors.influxql import InfluxQL
from connectors.outcome import RefusedError, UnavailableError
from connectors.query import Aggregate, Plan, Query, QueryError
from connectors.rollup import Roller
from connectors.where import WhereError, parse
from schemas.batch import Columns
from schemas.records import AcceptedReading, AcceptedTelemetry, Quality

Events = Callable[..., AcceptedTelemetry]
Batches = Callable[..., Columns[AcceptedTelemetry]]

MINUTE_MS, HOUR_MS, DAY_MS = 60_000, 3_600_000, 86_400_000
NOW = time.time_ns() // 1_000_000
START = NOW // HOUR_MS * HOUR_MS - 8 * HOUR_MS
EVERY = tuple(Aggregate)
FOR_EVER_H = 200_000
TOKEN = re.compile(
    r"""(?P<text>'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")|(?P<word>[A-Za-z_]\w*)"""
    r"""|(?P<number>-?\d+(?:\.\d+)?(?:ms)?)|(?P<sign>::|!=|>=|<=|[<>=(),.*/])|(?P<space> +)""",
    re.DOTALL | re.ASCII,
)
"""InfluxQL's own tokens, after its specification; a comment, a semicolon or a bind is none."""


def words(text: str) -> list[str]:
    """The words outside quotes, if it is made of tokens from end to end."""
    found, place = [], 0
    while place < len(text):
        token = TOKEN.match(text, place)
        assert token, text[place:]
        place = token.end()
        if token.lastgroup == "word":
            found.append(token[0])
    return found


PIECES = (
    *"'\"\\;()/*- ",
    *("--", "/*", "value", "quality", ">", "=", "31", "'a'", "and", "or", "spike", "true", "-1.5"),
    *("DROP DATABASE x", "SELECT", "INTO", "$a", "\n", "\x00"),
)
hostile = st.text() | st.lists(st.sampled_from(PIECES), max_size=12).map(" ".join)
RAW = Plan(policy="raw", from_ms=0, to_ms=1000, buckets=1)
ROLLED = Plan(policy="hour", from_ms=0, to_ms=HOUR_MS, buckets=1)


@given(text=hostile)
def test_whatever_the_condition_it_is_refused_or_one_select(text: str) -> None:
    try:
        query = Query(field="t", from_ms=0, to_ms=1000, where=parse(text))
    except WhereError:
        return
    found = words(statement(query, RAW, database="engawa"))
    assert 1 == found.count("SELECT")
    assert not {"INTO", "DROP", "DATABASE"} & set(found)


@given(names=st.lists(hostile, min_size=6, max_size=6), planned=st.sampled_from([RAW, ROLLED]))
def test_whatever_the_names_they_stay_names(names: list[str], planned: Plan) -> None:
    measurement, field, tag, name, group, database = names
    query = Query(
        measurement=measurement,
        field=field,
        from_ms=0,
        to_ms=1000,
        every_ms=100,
        aggregates=EVERY,
        tags=((tag, name),),
        group=(group,),
        zone="Asia/Seoul",
    )
    columns = ((field, Aggregate.LAST), (tag, Aggregate.MEAN))
    rows = replace(query, columns=columns, group=())
    for written, selects in (
        (statement(query, planned, database=database), 1 if planned is RAW else 2),
        (counting(query, planned, database=database), 2),
        (statement(rows, RAW, database=database), 1),
        (statement(replace(rows, aggregates=()), RAW, database=database), 1),
    ):
        found = words(written)
        assert selects == found.count("SELECT")
        assert not {"INTO", "DROP", "DATABASE"} & set(found)


@pytest.fixture
async def store(influx_url: str) -> InfluxSettings:
    """A database of the test's own, made ready."""
    settings = InfluxSettings(url=influx_url, database=f"test_{uuid4().hex}")
    await InfluxSink(settings).prepare()
    return settings


async def write(store: InfluxSettings, policy: str, lines: str) -> None:
    ql = InfluxQL(store.url, SecretStr(""), timeout_s=10)
    await ql.write(f"{store.database}/{policy}", lines.encode())
    await ql.close()


async def roll(store: InfluxSettings) -> None:
    roller = Roller(store, resources=("temperature",), name="a")
    await roller.roll(NOW)
    await roller.close()


async def asked(store: InfluxSettings, **changes: Any) -> Answer:
    fields: dict[str, Any] = {"field": "temperature", "from_ms": START, "to_ms": NOW}
    return await ask(Query(**fields | changes), store, now_ms=NOW)


def events_of(event: Events, size: int) -> list[AcceptedTelemetry]:
    """Events of three devices over eight hours, some suspect, some without a value."""
    rng = np.random.default_rng(7)
    qualities = (Quality.GOOD, Quality.GOOD, Quality.SPIKE, Quality.MISSING)

    def reading() -> AcceptedReading:
        quality = qualities[rng.integers(4)]
        value = None if quality is Quality.MISSING else float(rng.normal(20, 5))
        return AcceptedReading(resource="temperature", value=value, quality=quality)

    times = rng.choice(8 * HOUR_MS, size=size, replace=False)
    return [
        event(at=START + int(at), device=f"air-{rng.integers(3)}", readings=(reading(),))
        for at in times
    ]


def by_points(answer: Answer, every_ms: int) -> list[dict[str, Any]]:
    """The figures of each bucket and device, from the points of another answer."""
    buckets: dict[tuple[str, int], list[dict[str, Any]]] = {}
    for row in answer.rows:
        buckets.setdefault((row["device"], row["time"] // every_ms * every_ms), []).append(row)
    found = []
    for (device, start), rows in sorted(buckets.items()):
        values = [row["value"] for row in rows if row["value"] is not None]
        figures = {
            "mean": pytest.approx(np.mean(values), rel=1e-12) if values else None,
            "min": min(values, default=None),
            "max": max(values, default=None),
            "count": len(values),
            "last": values[-1] if values else None,
            "flagged": sum(row["quality"] != "good" for row in rows),
        }
        found.append({"time": start, "device": device, **figures})
    return found


@pytest.mark.integration
@pytest.mark.parametrize(
    ("every_ms", "policy"), [(HOUR_MS, "minute"), (5 * MINUTE_MS, "minute"), (30_000, "raw")]
)
async def test_every_figure_is_what_the_points_say_late_ones_too(
    store: InfluxSettings, event: Events, columns: Batches, every_ms: int, policy: str
) -> None:
    events = events_of(event, 900)
    sink = InfluxSink(store)
    await sink.write(columns(*events[:700]))
    await roll(store)
    await sink.write(columns(*events[700:], offset=700))
    await roll(store)

    points = await asked(store)
    found = await asked(store, every_ms=every_ms, aggregates=EVERY, group=("device",))

    assert 900 == len(points.rows)
    assert policy == found.plan.policy
    assert by_points(points, every_ms) == sorted(
        found.rows, key=lambda row: (row["device"], row["time"])
    )


@pytest.mark.integration
async def test_hours_give_what_minutes_give(
    store: InfluxSettings, event: Events, columns: Batches
) -> None:
    await InfluxSink(store).write(columns(*events_of(event, 300)))
    await roll(store)
    question: dict[str, Any] = {"aggregates": EVERY, "every_ms": HOUR_MS, "group": ("device",)}

    minutes = await asked(store, **question)
    hours = await asked(store, **question, from_ms=START - 20 * DAY_MS)

    assert ("minute", "hour") == (minutes.plan.policy, hours.plan.policy)
    assert len(minutes.rows) == len(hours.rows) > 20
    for one, other in zip(minutes.rows, hours.rows, strict=True):
        assert one | {"mean": pytest.approx(one["mean"], rel=1e-12)} == other


@pytest.mark.integration
async def test_one_bucket_for_the_whole_range_begins_with_it(
    store: InfluxSettings, event: Events, columns: Batches
) -> None:
    reading = AcceptedReading(resource="temperature", value=31.5)
    await InfluxSink(store).write(columns(event(at=NOW - 5000, readings=(reading,))))

    found = await asked(store, from_ms=NOW - 9000, aggregates=(Aggregate.MAX,), group=("site",))

    assert [{"time": NOW - 9000, "site": "bleiswijk", "max": 31.5}] == found.rows


@pytest.mark.integration
async def test_points_are_told_by_tag_and_condition(
    store: InfluxSettings, event: Events, columns: Batches
) -> None:
    def at(offset: int, device: str, value: float, quality: Quality) -> AcceptedTelemetry:
        reading = AcceptedReading(resource="temperature", value=value, quality=quality)
        return event(at=START + offset, device=device, readings=(reading,))

    spike = at(2, "a", 40.0, Quality.SPIKE)
    batch = (at(1, "a", 32.0, Quality.GOOD), spike, at(3, "b'", 35.0, Quality.GOOD))
    await InfluxSink(store).write(columns(*batch, at(4, "a", 20.0, Quality.GOOD)))

    async def values(where: str, **changes: Any) -> list[float]:
        found = await asked(store, where=parse(where), **changes)
        return [row["value"] for row in found.rows]

    assert [32.0, 40.0, 35.0] == await values("value > 31")
    assert [32.0, 40.0] == await values("value > 31", tags=(("device", "a"),))
    assert [35.0] == await values("value > 31", tags=(("device", "b'"),))
    assert [40.0] == await values("quality != good")
    assert [40.0, 20.0] == await values("quality = spike or value < 31")
    assert {
        "time": START + 2,
        "device": "a",
        "profile": "farm.climate",
        "site": "bleiswijk",
        "value": 40.0,
        "quality": "spike",
    } == (await asked(store)).rows[1]


STEADY = ("Asia/Seoul", "UTC")
"""Zones whose clocks do not change: elsewhere InfluxDB's weeks are not exact, so none are asked."""


def hourly(start_ms: int, end_ms: int) -> list[tuple[int, str, float]]:
    """A value an hour of three devices."""
    rng = np.random.default_rng(3)
    return [
        (at, f"air-{number}", round(float(rng.normal(20, 5)), 3))
        for at in range(start_ms, end_ms, HOUR_MS)
        for number in range(3)
    ]


async def filled(influx_url: str, values: list[tuple[int, str, float]]) -> InfluxSettings:
    """A store that keeps old points for long, with these values as points and as hours."""
    store = InfluxSettings(
        url=influx_url,
        database=f"test_{uuid4().hex}",
        raw_retention_h=FOR_EVER_H,
        hour_retention_h=FOR_EVER_H,
    )
    await InfluxSink(store).prepare()
    points, hours = [], []
    for at, device, value in values:
        figures = ",".join(f"temperature_{name}={value}" for name in ("mean", "min", "max", "last"))
        hours.append(f"readings,site=s,device={device} {figures},temperature_count=1 {at}")
        points.append(f"readings,site=s,device={device} temperature={value} {at}")
    await write(store, "hour", "\n".join(hours))
    await write(store, "raw", "\n".join(points))
    return store


def bucket(at: int, every_ms: int, zone: ZoneInfo) -> int:
    """The start of the local hour, day or week of a moment."""
    if every_ms == HOUR_MS:
        return at // HOUR_MS * HOUR_MS
    day = datetime.fromtimestamp(at / 1000, zone)
    day = day.replace(hour=day.hour // 6 * 6 if every_ms == 6 * HOUR_MS else 0, fold=0)
    if every_ms == 7 * DAY_MS:
        day -= timedelta(days=day.weekday())
    return round(day.timestamp() * 1000)


@pytest.mark.integration
@pytest.mark.parametrize("zone", ["Europe/Amsterdam", "Asia/Seoul", "America/New_York", "UTC"])
@pytest.mark.parametrize("day", ["2026-03-29", "2025-10-26"])
async def test_days_and_weeks_are_those_of_the_zone_whatever_is_read(
    influx_url: str, zone: str, day: str
) -> None:
    clock = ZoneInfo(zone)
    midnight = datetime.fromisoformat(day).replace(tzinfo=clock)
    start, end = (round((midnight + timedelta(days=days)).timestamp() * 1000) for days in (-10, 12))
    values = hourly(start, end)
    store = await filled(influx_url, values)

    for policy, every_ms, group in product(
        ("hour", "raw"), (HOUR_MS, 6 * HOUR_MS, DAY_MS, 7 * DAY_MS), ((), ("device",))
    ):
        if every_ms == 7 * DAY_MS and zone not in STEADY:
            continue
        expected: dict[tuple[Any, ...], list[float]] = {}
        for at, device, value in values:
            key = (bucket(at, every_ms, clock), *((device,) if group else ()))
            expected.setdefault(key, []).append(value)
        query = Query(
            field="temperature",
            from_ms=start,
            to_ms=end,
            every_ms=every_ms,
            aggregates=EVERY[:4],
            group=group,
            where=parse("value > -1000") if policy == "raw" else (),
            zone=zone,
        )
        found = await ask(query, store, now_ms=NOW)

        assert policy == found.plan.policy
        assert {
            key: (pytest.approx(np.mean(many)), min(many), max(many), len(many))
            for key, many in expected.items()
        } == {
            (row["time"], *(row[tag] for tag in group)): tuple(row[name] for name in EVERY[:4])
            for row in found.rows
        }
        assert len(expected) == len(found.rows)


@pytest.mark.integration
@pytest.mark.parametrize(
    ("day", "hours"), [("2026-03-29", 23), ("2025-10-26", 25), ("2025-10-27", 24)]
)
async def test_a_day_has_the_hours_its_clocks_give_it(
    influx_url: str, day: str, hours: int
) -> None:
    midnight = datetime.fromisoformat(day).replace(tzinfo=ZoneInfo("Europe/Amsterdam"))
    start = round(midnight.timestamp() * 1000)
    store = await filled(influx_url, hourly(start, start + hours * HOUR_MS))

    async def buckets(every_ms: int) -> list[tuple[int, int]]:
        query = Query(
            field="temperature",
            from_ms=start,
            to_ms=start + hours * HOUR_MS,
            every_ms=every_ms,
            aggregates=(Aggregate.COUNT,),
            zone="Europe/Amsterdam",
        )
        found = await ask(query, store, now_ms=NOW)
        return [(row["time"], row["count"]) for row in found.rows]

    assert [(start, 3 * hours)] == await buckets(DAY_MS)
    assert [(start + n * HOUR_MS, 3) for n in range(hours)] == await buckets(HOUR_MS)


@pytest.mark.integration
async def test_other_measurements_are_asked_for_by_field(store: InfluxSettings) -> None:
    await AlarmPointsSink(store).prepare()
    tags = "alarms,site=s,device=d,resource=temperature,rule=hot,level=critical,change=cleared"
    await write(store, "alarms", f"{tags} duration_s=90,active=0i {START + 5}")

    found = await asked(store, measurement="alarms", field="duration_s", where=parse("value > 60"))

    assert [90] == [row["value"] for row in found.rows]
    assert ("hot", "critical") == (found.rows[0]["rule"], found.rows[0]["level"])
    assert "quality" not in found.rows[0]
    means = await asked(store, measurement="alarms", field="duration_s", aggregates=EVERY[:5])
    assert [90] == [row["mean"] for row in means.rows]


@pytest.mark.integration
async def test_more_rows_than_the_limit_are_an_error_not_a_part(
    store: InfluxSettings, event: Events, columns: Batches
) -> None:
    await InfluxSink(store).write(columns(*(event(at=START + n, device=f"d{n}") for n in range(9))))

    assert 9 == len((await asked(store, limit=9)).rows)
    with pytest.raises(QueryError, match="more than 8 rows, and the limit is 8: choose"):
        await asked(store, limit=8)
    hour: dict[str, Any] = {"aggregates": EVERY, "group": ("device",), "to_ms": START + HOUR_MS}
    for every_ms in (None, MINUTE_MS):
        assert 9 == len((await asked(store, **hour, every_ms=every_ms, limit=70)).rows)
    with pytest.raises(QueryError, match="9 rows, and the limit is 8: choose"):
        await asked(store, **hour, limit=8)


@pytest.mark.integration
@pytest.mark.parametrize("name", ['"; DROP DATABASE x', "'; --", "\\", "/* */", 'a"."b'])
async def test_hostile_names_find_nothing_and_harm_nothing(
    store: InfluxSettings, event: Events, columns: Batches, name: str
) -> None:
    await InfluxSink(store).write(columns(event(at=START)))

    for aggregates in ((), EVERY):
        found = await asked(
            store, field=f"{name}x", aggregates=aggregates, tags=((name, name),), group=(name,)
        )
        assert [] == found.rows

    assert 1 == len((await asked(store)).rows)


@pytest.mark.integration
async def test_a_zone_the_server_does_not_know_is_refused(store: InfluxSettings) -> None:
    with pytest.raises(RefusedError, match="time zone"):
        await asked(store, zone="Mars/Olympus")


async def test_a_server_that_does_not_answer_in_time_is_said_so() -> None:
    async def silent(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await held.wait()
        writer.close()

    held = asyncio.Event()
    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    query = Query(field="t", from_ms=NOW - 1000, to_ms=NOW)
    with pytest.raises(UnavailableError, match=r"within 0.2 s: choose a shorter range"):
        await ask(query, InfluxSettings(url=f"http://127.0.0.1:{port}"), now_ms=NOW, timeout_s=0.2)
    held.set()
    server.close()
    await server.wait_closed()
