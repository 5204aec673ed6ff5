"""What goes on in server rooms as points, on a real server."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from connectors.energy_points import (
    CommandPointsSink,
    EnergyPointsSettings,
    EnrichedPointsSink,
    RecommendationPointsSink,
    ReportPointsSink,
)
from connectors.influx import HOUR_MS, InfluxSettings
from connectors.influxql import InfluxQL, Row
from connectors.outcome import RefusedError, UnavailableError
from schemas.energy import Reason
from schemas.records import Quality
from schemas.shadows import CommandState
from tests.models.energy_records import batch, command, reading, recommendation, report

Ask = Callable[..., Awaitable[list[Row]]]

NOW = time.time_ns() // (HOUR_MS * 1_000_000) * HOUR_MS
"""A full hour not long ago: the server drops by its own clock what is too old."""

pytestmark = pytest.mark.integration


@pytest.fixture
def influx(influx_url: str) -> InfluxSettings:
    return InfluxSettings(url=influx_url, lines_per_write=3)


@pytest.fixture
def energy() -> EnergyPointsSettings:
    """A database of the test's own."""
    return EnergyPointsSettings(database=f"test_{uuid4().hex}")


@pytest.fixture
async def server(influx: InfluxSettings) -> AsyncIterator[InfluxQL]:
    ql = InfluxQL(influx.url, influx.token, timeout_s=10)
    yield ql
    await ql.close()


@pytest.fixture
def ask(server: InfluxQL, energy: EnergyPointsSettings) -> Ask:
    async def ask(query: str) -> list[Row]:
        return await server.ask(query.replace("DB", f'"{energy.database}"'))

    return ask


async def written(
    sink: EnrichedPointsSink | RecommendationPointsSink | CommandPointsSink | ReportPointsSink,
    *records: Any,
) -> None:
    await sink.prepare()
    await sink.write(batch(records))
    await sink.close()


async def test_a_reading_and_its_recommendation_are_one_point_with_the_original_s_fields(
    influx: InfluxSettings, energy: EnergyPointsSettings, ask: Ask
) -> None:
    await written(RecommendationPointsSink(influx, energy), recommendation(NOW))
    await written(EnrichedPointsSink(influx, energy), reading(NOW), reading(NOW - 10_000))

    fields = (
        "temperature, humidity, ext_temperature, ext_humidity, weather_stat, Aircon_temp,"
        " recommend_temperature"
    )
    rows = await ask(f"SELECT {fields} FROM DB..dev1 WHERE location = 'gwangju'")
    assert [
        (NOW - 10_000, 24.0, 50.0, 10.0, 60.0, 6.0, 22.0, None),
        (NOW, 24.0, 50.0, 10.0, 60.0, 6.0, 22.0, 25.5),
    ] == [tuple(row.values()) for row in rows]


async def test_the_fields_have_the_original_s_types(
    influx: InfluxSettings, energy: EnergyPointsSettings, ask: Ask, server: InfluxQL
) -> None:
    """A database that the original has filled takes our points too."""
    await EnrichedPointsSink(influx, energy).prepare()
    old = (
        "dev1,location=Gwangju temperature=21.2,humidity=35.5,Aircon_temp=18,ext_temperature=12,"
        f"ext_humidity=45,weather_stat=6,recommend_temperature=24 {NOW}"
    )
    await server.write(f"{energy.database}/autogen", old.encode())
    await written(EnrichedPointsSink(influx, energy), reading(NOW))
    await written(RecommendationPointsSink(influx, energy), recommendation(NOW))

    rows = await ask('SELECT "Aircon_temp", recommend_temperature FROM DB..dev1')
    assert {(18.0, 24.0), (22.0, 25.5)} == {
        (row["Aircon_temp"], row["recommend_temperature"]) for row in rows
    }


async def test_a_reading_says_how_far_it_can_be_trusted(
    influx: InfluxSettings, energy: EnergyPointsSettings, ask: Ask
) -> None:
    bare = reading(
        NOW + 1,
        quality=Quality.MISSING,
        indoor_temperature_c=None,
        indoor_humidity_percent=None,
        it_power_kw=None,
        dew_point_c=None,
        outdoor_temperature_c=None,
        outdoor_humidity_percent=None,
        weather_state=0,
        weather_age_s=None,
        weather_stale=True,
        setpoint_c=None,
        setpoint_age_s=None,
    )
    await written(EnrichedPointsSink(influx, energy), reading(NOW), bare)

    fields = "dew_point, it_power_kw, quality, suspect, weather_age_s, weather_stale, weather_stat"
    rows = await ask(f"SELECT {fields}, temperature FROM DB..dev1 WHERE room = 'tower-1'")
    assert [
        (NOW, 12.9, 30.0, "good", 0, 300.0, 0, 6.0, 24.0),
        (NOW + 1, None, None, "missing", 1, None, 1, 0.0, None),
    ] == [tuple(row.values()) for row in rows]


async def test_a_recommendation_says_who_made_it_and_why(
    influx: InfluxSettings, energy: EnergyPointsSettings, ask: Ask
) -> None:
    fallback = recommendation(
        NOW + 1,
        reason=Reason.MODEL_FAILED,
        detail='it answered\n"NaN" \\',
        raw_c=None,
        model=None,
        model_version=None,
        expected_kwh=None,
    )
    await written(RecommendationPointsSink(influx, energy), recommendation(NOW), fallback)

    fields = "raw_c, expected_kwh, reason, detail, fallback, model, model_version"
    rows = await ask(f"SELECT {fields} FROM DB..dev1")
    assert [
        (NOW, 25.62, 9.5, "ok", None, 0, "energy-load", 3),
        (NOW + 1, None, None, "model_failed", 'it answered\n"NaN" \\', 1, None, None),
    ] == [tuple(row.values()) for row in rows]


async def test_every_change_of_a_command_is_a_point_however_close_they_are(
    influx: InfluxSettings, energy: EnergyPointsSettings, ask: Ask
) -> None:
    changes = [
        command(NOW, version=version, state=state, reported_c=None, delta_c=None)
        for version in (1, 2)
        for state in (CommandState.SENT, CommandState.SUPERSEDED)
    ]
    sink = CommandPointsSink(influx, energy)
    await sink.prepare()
    await sink.write(batch(changes))
    await sink.write(batch([*changes, command(NOW + 1)]))
    await sink.close()

    rows = await ask('SELECT "version", state, desired, delta, "by", origin FROM DB..commands')
    assert [
        *((NOW, n, state, 25.5, None) for n in (1, 2) for state in ("sent", "superseded")),
        (NOW + 1, 4, "sent", 25.5, 3.5),
    ] == sorted(tuple(row.values())[:5] for row in rows)
    assert {("energy-load 3", "model")} == {(row["by"], row["origin"]) for row in rows}


async def test_energy_is_the_power_that_air_conditioners_report_over_time(
    influx: InfluxSettings, energy: EnergyPointsSettings, ask: Ask
) -> None:
    said = [report(NOW - HOUR_MS + n * 60_000, power_kw=6.0 + n / 10) for n in range(61)]
    await written(ReportPointsSink(influx, energy), *said, report(NOW + 1, setpoint_c=None))

    [row] = await ask(
        f"""SELECT integral(power_kw, 1h) AS kwh FROM DB..aircon
        WHERE time >= {NOW - HOUR_MS}ms AND time <= {NOW}ms AND device = 'aircon-1'"""
    )
    assert 9.0 == pytest.approx(row["kwh"])
    last = await ask('SELECT last(setpoint) AS setpoint, "version", refused FROM DB..aircon')
    assert [(NOW, 22.0, 4, 0)] == [tuple(row.values()) for row in last]


async def test_what_is_older_than_points_are_kept_is_counted_not_written(
    influx: InfluxSettings, energy: EnergyPointsSettings, ask: Ask
) -> None:
    counted: list[int] = []
    sink = EnrichedPointsSink(influx, energy)
    sink.on_expired = counted.append
    old = NOW - (influx.raw_retention_h + 1) * HOUR_MS
    await written(sink, reading(old), reading(NOW))

    assert [1] == counted
    assert [NOW] == [row["time"] for row in await ask("SELECT temperature FROM DB..dev1")]


async def test_a_new_database_keeps_points_as_long_as_raw_readings(
    influx: InfluxSettings, energy: EnergyPointsSettings, ask: Ask
) -> None:
    await EnrichedPointsSink(influx, energy).prepare()
    await EnrichedPointsSink(influx, energy).prepare()
    [kept] = await ask("SHOW RETENTION POLICIES ON DB")
    assert ("autogen", "168h0m0s", True) == (kept["name"], kept["duration"], kept["default"])

    await EnrichedPointsSink(influx.model_copy(update={"raw_retention_h": 24}), energy).prepare()
    [kept] = await ask("SHOW RETENTION POLICIES ON DB")
    assert "168h0m0s" == kept["duration"]

    await EnrichedPointsSink(influx.model_copy(update={"raw_retention_h": 200}), energy).prepare()
    [kept] = await ask("SHOW RETENTION POLICIES ON DB")
    assert "200h0m0s" == kept["duration"]


async def test_a_database_that_keeps_for_ever_goes_on_doing_so(
    influx: InfluxSettings, energy: EnergyPointsSettings, ask: Ask
) -> None:
    await ask("CREATE DATABASE DB")
    await written(EnrichedPointsSink(influx, energy), reading(NOW))
    [kept] = await ask("SHOW RETENTION POLICIES ON DB")
    assert "0s" == kept["duration"]
    assert 1 == len(await ask("SELECT temperature FROM DB..dev1"))


@pytest.mark.parametrize("name", ["a b,c=d", 'x="y"', "#!~#", "温室 🌱", "'; DROP", "a\\"])
async def test_hostile_names_touch_nobody_else(
    influx: InfluxSettings, energy: EnergyPointsSettings, ask: Ask, name: str
) -> None:
    hostile = command(NOW, site=name, device=name, by=name)
    await written(CommandPointsSink(influx, energy), hostile, command(NOW + 1))
    hostile_room = reading(NOW, site=name, device=name, room=name)
    await written(EnrichedPointsSink(influx, energy), hostile_room, reading(NOW + 1))

    rows = await ask('SELECT "by", site FROM DB..commands')
    assert [name, "energy-load 3"] == [row["by"] for row in rows]
    assert "gwangju" == rows[1]["site"]
    assert 2 == len(await ask("SELECT temperature FROM DB..dev1"))


async def test_another_measurement_may_be_named(
    influx: InfluxSettings, energy: EnergyPointsSettings, ask: Ask
) -> None:
    named = energy.model_copy(update={"measurement": "rooms"})
    await written(EnrichedPointsSink(influx, named), reading(NOW))
    assert 1 == len(await ask("SELECT temperature FROM DB..rooms"))


@pytest.mark.parametrize(
    "changes", [{"device": ""}, {"device": "a\nb"}, {"setpoint_c": float("nan")}, {"at": 2**62}]
)
async def test_what_no_point_can_hold_is_refused(
    influx: InfluxSettings, energy: EnergyPointsSettings, changes: dict[str, Any]
) -> None:
    with pytest.raises(RefusedError):
        await written(ReportPointsSink(influx, energy), replace(report(NOW), **changes))


async def test_a_database_that_is_gone_is_waited_for(
    influx: InfluxSettings, energy: EnergyPointsSettings
) -> None:
    with pytest.raises(UnavailableError, match="missing"):
        await EnrichedPointsSink(influx, energy).write(batch([reading(NOW)]))


async def test_a_batch_of_nothing_is_no_request(
    influx: InfluxSettings, energy: EnergyPointsSettings
) -> None:
    nowhere = influx.model_copy(update={"url": "http://127.0.0.1:9"})
    await EnrichedPointsSink(nowhere, energy).put([])
