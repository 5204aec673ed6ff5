"""Changes of alarms as points, on a real server."""

import time
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import pytest

from connectors.alarm_points import SHAPE, AlarmPointsSink
from connectors.event_points import points
from connectors.influx import HOUR_MS, InfluxSettings
from connectors.influxql import InfluxQL, Row
from connectors.outcome import RefusedError, UnavailableError
from schemas.alarms import Change, Level
from tests.connectors.alarm_changes import AT, batch, change

Ask = Callable[[str], Awaitable[list[Row]]]

NOW = time.time_ns() // (HOUR_MS * 1_000_000) * HOUR_MS
"""A full hour not long ago: the server drops by its own clock what is too old."""


@pytest.fixture
def store(influx_url: str) -> InfluxSettings:
    """A database of the test's own."""
    return InfluxSettings(url=influx_url, database=f"test_{uuid4().hex}", lines_per_write=3)


@pytest.fixture
def ask(store: InfluxSettings) -> Ask:
    async def ask(query: str) -> list[Row]:
        ql = InfluxQL(store.url, store.token, timeout_s=10)
        try:
            return await ql.ask(query.replace("DB", store.database))
        finally:
            await ql.close()

    return ask


def test_a_change_is_a_line_of_its_own_time_and_number() -> None:
    made = change(7, site="a b", value=None)

    expected = (
        r"alarms,site=a\ b,device=room-1,resource=temperature,rule=too-warm,cause=value,"
        r"level=warning,change=created "
        rf'alarm_id="id-{AT}",worst_level="warning",sequence=7i,openings=1i,active=1i,'
        rf"acknowledged=0i,backfilled=0i,duration_s=0.0 {AT + 7}000007"
    )
    assert f"{expected}\n" == points(SHAPE, [made]).decode()
    assert b",value=31.5 " in points(SHAPE, [change()])
    assert b"" == points(SHAPE, [])


@pytest.mark.parametrize("name", ["", "a\nb"])
def test_a_name_that_no_line_can_hold_is_refused(name: str) -> None:
    with pytest.raises(RefusedError):
        points(SHAPE, [change(resource=name)])


@pytest.mark.integration
async def test_changes_written_twice_are_there_once_however_close_they_are(
    store: InfluxSettings, ask: Ask
) -> None:
    changes = [change(n, at=NOW, change=Change.COMMENTED) for n in range(1, 8)]
    sink = AlarmPointsSink(store)
    await sink.prepare()
    await sink.write(batch(changes))
    await sink.write(batch(changes[3:]))
    await sink.close()

    rows = await ask('SELECT "sequence", value, device FROM "DB".alarms.alarms')
    assert [(NOW, n, 31.5, "room-1") for n in range(1, 8)] == [
        (row["time"], row["sequence"], row["value"], row["device"]) for row in rows
    ]


@pytest.mark.integration
async def test_openings_are_counted_by_hour_and_durations_averaged(
    store: InfluxSettings, ask: Ask
) -> None:
    def opened(number: int, ago_h: int, level: Level) -> Any:
        return change(number, at=NOW - ago_h * HOUR_MS + number, level=level)

    changes = [
        opened(1, 2, Level.WARNING),
        opened(3, 2, Level.WARNING),
        opened(5, 1, Level.CRITICAL),
        change(6, at=NOW, change=Change.CLEARED, duration_s=60.0),
        change(8, at=NOW, change=Change.CLEARED, duration_s=30.0),
    ]
    sink = AlarmPointsSink(store)
    await sink.prepare()
    await sink.write(batch(changes))

    hours = f"time >= {NOW - 2 * HOUR_MS}ms and time < {NOW + HOUR_MS}ms"
    counts = await ask(
        f"""SELECT count("sequence") FROM "DB".alarms.alarms WHERE "change" = 'created'
        AND {hours} GROUP BY time(1h), "level" fill(none)"""
    )
    [mean] = await ask(
        f"""SELECT mean(duration_s) FROM "DB".alarms.alarms WHERE "change" = 'cleared'
        AND {hours}"""
    )
    assert {(NOW - 2 * HOUR_MS, "warning", 2), (NOW - HOUR_MS, "critical", 1)} == {
        (row["time"], row["level"], row["count"]) for row in counts
    }
    assert 45.0 == mean["mean"]


@pytest.mark.integration
async def test_changes_older_than_points_are_kept_are_counted_not_written(
    store: InfluxSettings, ask: Ask
) -> None:
    counted: list[int] = []
    old = NOW - (store.hour_retention_h + 1) * HOUR_MS
    sink = AlarmPointsSink(store)
    sink.on_expired = counted.append
    await sink.prepare()
    await sink.write(batch([change(1, at=old), change(2, at=NOW)]))

    assert [1] == counted
    assert 1 == len(await ask('SELECT "sequence" FROM "DB".alarms.alarms'))


@pytest.mark.integration
@pytest.mark.parametrize("name", ["a b,c=d", 'x="y"', "#!~#", "温室 🌱", "'; DROP", "a\\"])
async def test_hostile_names_touch_nobody_else(store: InfluxSettings, ask: Ask, name: str) -> None:
    sink = AlarmPointsSink(store)
    await sink.prepare()
    hostile = change(1, at=NOW, site=name, device=name, alarm_id=name)
    await sink.write(batch([hostile, change(2, at=NOW)]))

    rows = await ask('SELECT alarm_id, site FROM "DB".alarms.alarms')
    assert [name, f"id-{AT}"] == [row["alarm_id"] for row in rows]
    assert "house" == rows[1]["site"]


@pytest.mark.integration
async def test_a_database_that_is_gone_is_waited_for(store: InfluxSettings) -> None:
    with pytest.raises(UnavailableError, match="missing"):
        await AlarmPointsSink(store).write(batch([change(1, at=NOW)]))


@pytest.mark.integration
async def test_a_number_that_is_none_is_refused(store: InfluxSettings) -> None:
    sink = AlarmPointsSink(store)
    await sink.prepare()

    with pytest.raises(RefusedError):
        await sink.write(batch([change(1, at=NOW, value=float("inf"))]))
