"""The dashboards can be read by Chronograf, ask only for what is written, and find rows."""

import json
import re
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
import pytest
import yaml

from compose.dashboards import DATABASE, FOLDER, ROOM_DATABASE, asked, cells, dashboards
from connectors.alarm_points import RETENTION, AlarmPointsSink
from connectors.alarm_points import TAGS as ALARM_TAGS
from connectors.crowd_figures import EMOTIONS, figures
from connectors.crowd_points import RETENTION as CROWDS_KEPT
from connectors.crowd_points import STAYS_MIN, VISIT_TAGS, VISITS, WINDOW_TAGS, WINDOWS, stay_field
from connectors.energy_points import (
    AIR_CONDITIONERS,
    COMMAND_TAGS,
    COMMANDS,
    DEVICE_TAGS,
    ROOM_TAGS,
    EnergyPointsSettings,
)
from connectors.energy_points import RETENTION as ROOMS_KEPT
from connectors.influx import InfluxSettings, InfluxSink
from connectors.influxql import InfluxQL
from connectors.line_protocol import TAGS
from connectors.rollup import Roller
from schemas.batch import Columns, Origin
from schemas.codec import encode
from schemas.columns import ColumnDecoder, marker
from schemas.records import AcceptedReading, AcceptedTelemetry, Position, Quality
from schemas.unframe import Bodies
from tests.compose.crowd_points import STAYS_S, days, fill_crowd, hours
from tests.compose.room_points import fill_rooms
from tests.connectors.crowd_records import window as crowd_window

BOARDS: dict[str, dict[str, Any]] = {
    path.stem: json.loads(path.read_text()) for path in dashboards()
}
CELLS = [each for path in dashboards() for each in cells(path)]
HOUR_MS = 3_600_000
NOW = time.time_ns() // 1_000_000
RESOURCES = ("temperature", "humidity", "co2")
ROOMS = EnergyPointsSettings().measurement
FIGURES = ("mean", "min", "max", "count", "last", "flagged")
WRITTEN = {
    "readings": {
        *TAGS,
        *("lat", "lon", "temperature", "humidity", "co2"),
        *(f"{resource}_{figure}" for resource in RESOURCES for figure in FIGURES),
    },
    "alarms": {
        *ALARM_TAGS,
        *("sequence", "duration_s", "active", "value", "openings"),
    },
    ROOMS: {
        *ROOM_TAGS,
        *("temperature", "humidity", "ext_temperature", "ext_humidity", "weather_stat"),
        *("Aircon_temp", "quality", "suspect", "weather_age_s", "weather_stale"),
        *("recommend_temperature", "raw_c", "expected_kwh", "reason", "detail", "fallback"),
        *("model", "model_version"),
    },
    AIR_CONDITIONERS: {*DEVICE_TAGS, "power_kw"},
    COMMANDS: {*COMMAND_TAGS, "version", "desired", "reported", "delta", "by"},
    WINDOWS: {
        *WINDOW_TAGS,
        *figures(crowd_window()),
        *(f"visitors_{hour:02}" for hour in range(24)),
        *("unresolved", "frames", "faces", "revision", "closed", "suppressed"),
    },
    VISITS: {
        *VISIT_TAGS,
        *("dwell_s", "sightings", "returning", "gender", "age"),
        *map(stay_field, STAYS_MIN),
    },
}
"""The tags and fields that the sinks write, by measurement."""

POLICIES = {
    "readings": {"raw", "minute", "hour"},
    "alarms": {RETENTION},
    ROOMS: {ROOMS_KEPT},
    AIR_CONDITIONERS: {ROOMS_KEPT},
    COMMANDS: {ROOMS_KEPT},
    WINDOWS: {CROWDS_KEPT},
    VISITS: {CROWDS_KEPT},
}
STAYS = ("under_1", "from_1_to_5", "from_5_to_15", "from_15_to_30", "from_30_to_60", "over_60")
KINDS = {"line", "line-stepplot", "bar", "single-stat", "table"}
"""Those of Chronograf's kinds of cells that we use."""


def test_there_is_one_for_the_farm_its_alarms_server_rooms_and_crowds() -> None:
    assert {stem: f"Engawa: {stem}" for stem in ("farm", "alarms", "energy", "crowd")} == {
        stem: board["name"] for stem, board in BOARDS.items()
    }


def test_the_databases_are_those_of_the_settings() -> None:
    assert (DATABASE, ROOM_DATABASE) == (
        InfluxSettings().database,
        EnergyPointsSettings().database,
    )


def test_ids_are_unique_and_chronograf_will_never_give_them_out() -> None:
    boards = [board["id"] for board in BOARDS.values()]
    inside = [cell["i"] for board in BOARDS.values() for cell in board["cells"]]

    assert len(set(boards)) == len(boards)
    assert all(isinstance(number, int) and number > 1_000_000 for number in boards)
    assert len(set(inside)) == len(inside)


@pytest.mark.parametrize("stem", BOARDS)
def test_cells_are_on_the_grid_and_none_overlaps_another(stem: str) -> None:
    taken: set[tuple[int, int]] = set()
    for cell in BOARDS[stem]["cells"]:
        assert cell["x"] >= 0
        assert cell["x"] + cell["w"] <= 12
        squares = {
            (cell["x"] + across, cell["y"] + down)
            for across in range(cell["w"])
            for down in range(cell["h"])
        }
        assert not taken & squares, cell["name"]
        taken |= squares


@pytest.mark.parametrize("path", dashboards(), ids=lambda path: path.stem)
def test_go_s_template_leaves_a_file_as_it_is(path: Path) -> None:
    text = path.read_text()

    assert not re.search("{{|[<>&]", text)


@pytest.mark.parametrize("stem", BOARDS)
def test_a_dashboard_is_laid_out_as_chronograf_keeps_it(stem: str) -> None:
    board = BOARDS[stem]
    assert {"id", "name", "organization", "templates", "cells"} == set(board)
    assert "default" == board["organization"]
    for cell in board["cells"]:
        assert cell["type"] in KINDS
        assert set(cell["axes"]) <= {"x", "y", "y2"}
        assert all({"query", "source", "type"} == set(each) for each in cell["queries"])
        assert all(re.fullmatch("#[0-9A-F]{6}", colour["hex"]) for colour in cell["colors"])


@pytest.mark.parametrize(("board", "cell", "query"), CELLS)
def test_a_query_mentions_only_what_the_sinks_write(board: str, cell: str, query: str) -> None:
    sources = re.findall(r'FROM "(\w+)"\."(\w+)"\."(\w+)"', query)
    own = set(re.findall(r'AS "(\w+)"', query))
    used = set(re.findall(r'"(\w+)"', query)) - {DATABASE, ROOM_DATABASE}

    assert sources, (board, cell)
    for database, policy, measurement in sources:
        assert policy in POLICIES[measurement]
        assert database == (ROOM_DATABASE if policy == ROOMS_KEPT else DATABASE)
        assert used - own - {policy, measurement} <= WRITTEN[measurement]


@pytest.mark.parametrize(("board", "cell", "query"), CELLS)
def test_only_chronograf_s_own_variables_are_used(board: str, cell: str, query: str) -> None:
    variables = set(re.findall(r":\w+:", query))

    assert ":upperDashboardTime:" in variables, (board, cell)
    assert variables <= {":dashboardTime:", ":upperDashboardTime:", ":interval:"}
    assert ":" not in asked(query, from_ms=0, to_ms=1)


def test_compose_hands_them_to_chronograf() -> None:
    service = yaml.safe_load((FOLDER.parent / "compose.yaml").read_text())["services"]["chronograf"]
    place = service["environment"]["RESOURCES_PATH"]

    assert f"./{FOLDER.name}:{place}:ro" in service["volumes"]


def event(at: int, device: str, quality: Quality) -> AcceptedTelemetry:
    return AcceptedTelemetry(
        event_id=f"{device}/{at}",
        site="bleiswijk",
        device=device,
        profile="farm.climate",
        at=at,
        received_at=at,
        tags={},
        position=Position(lat=52.03, lon=4.53),
        readings=tuple(
            AcceptedReading(resource=resource, value=value, quality=quality)
            for resource, value in zip(RESOURCES, (21.5, 60.0, 410.0), strict=True)
        ),
    )


def batch(events: Sequence[AcceptedTelemetry]) -> Columns[AcceptedTelemetry]:
    decoder = ColumnDecoder(AcceptedTelemetry, marker(lambda size: bytes(range(1, size + 1))))
    rows = decoder.decode(Bodies([encode(each) + decoder.marker for each in events])).rows
    return Columns(record=AcceptedTelemetry, rows=rows, origin=origin(len(events)))


def origin(size: int) -> Origin:
    numbers = np.arange(size, dtype=np.int64)
    return Origin(
        topic="readings.accepted.v1", partition=0, offsets=numbers, logged_at=numbers + NOW
    )


def alarm(at: int, device: str, change: str, *, active: int, duration_s: float) -> str:
    level = "critical" if active else "ok"
    tags = f"site=bleiswijk,device={device},resource=temperature,rule=hot,level={level}"
    fields = f"sequence=1i,duration_s={duration_s},active={active}i,value=36.5,openings=1i"
    return f"alarms,{tags},change={change} {fields} {at}"


@pytest.fixture
async def filled(influx_url: str) -> InfluxSettings:
    """Three hours of three devices, some readings flagged, two alarms, one over, and a crowd."""
    store = InfluxSettings(url=influx_url, database=f"test_{uuid4().hex}")
    sink = InfluxSink(store)
    await sink.prepare()
    qualities = (Quality.GOOD, Quality.GOOD, Quality.SPIKE)
    times = range(NOW - 3 * HOUR_MS, NOW - 60_000, 300_000)
    await sink.write(
        batch(
            [
                event(at, f"air-{number}", qualities[(number + at // 300_000) % 3])
                for at in times
                for number in range(3)
            ]
        )
    )
    roller = Roller(store, resources=RESOURCES, name="a")
    await roller.roll(NOW)
    await roller.close()
    ql = InfluxQL(store.url, store.token, timeout_s=10)
    points = (
        alarm(NOW - 2 * HOUR_MS, "air-0", "created", active=1, duration_s=0),
        alarm(NOW - HOUR_MS, "air-0", "cleared", active=0, duration_s=3600),
        alarm(NOW - HOUR_MS, "air-1", "created", active=1, duration_s=0),
    )
    await AlarmPointsSink(store).prepare()
    await ql.write(f"{store.database}/{RETENTION}", "\n".join(points).encode())
    await ql.close()
    await fill_rooms(store, from_ms=NOW - 3 * HOUR_MS, to_ms=NOW - 60_000)
    await fill_crowd(store, now_ms=NOW)
    return store


async def rows(store: InfluxSettings, query: str) -> list[dict[str, Any]]:
    ql = InfluxQL(store.url, store.token, timeout_s=10)
    try:
        return await ql.ask(
            asked(
                query,
                from_ms=NOW - 6 * HOUR_MS,
                to_ms=NOW,
                database=store.database,
                room_database=store.database,
            )
        )
    finally:
        await ql.close()


@pytest.mark.integration
async def test_every_cell_finds_rows_with_values(filled: InfluxSettings) -> None:
    for board, cell, query in CELLS:
        found = await rows(filled, query)
        assert found, (board, cell)
        told = query.split(" FROM ")[0]
        columns = re.findall(r'AS "(\w+)"', told) or re.findall(r'"(\w+)"', told)
        for column in columns:
            assert any(row[column] is not None for row in found), (board, cell, column)


@pytest.mark.integration
async def test_the_figures_in_the_cells_are_right(filled: InfluxSettings) -> None:
    by_cell = {cell: query for _, cell, query in CELLS}

    (count,) = await rows(filled, by_cell["Open alarms"])
    assert 1 == count["open"]
    (open_alarm,) = [
        row
        for cell, query in by_cell.items()
        if cell.startswith("Open alarms:")
        for row in await rows(filled, query)
    ]
    assert ("air-1", "critical") == (open_alarm["device"], open_alarm["level"])
    top = await rows(filled, by_cell["The ten devices with most alarms"])
    assert {("air-0", 1), ("air-1", 1)} == {(row["device"], row["alarms"]) for row in top}
    means = await rows(filled, by_cell["Temperature by device, °C"])
    assert {21.5} == {round(row["temperature"], 9) for row in means}
    flagged = await rows(filled, by_cell["Flagged readings, per 100 values"])
    assert len({row["time"] for row in flagged}) == len(flagged)
    assert any(30 < row["temperature"] < 37 for row in flagged)
    (heard,) = await rows(filled, by_cell["Devices heard"])
    assert 3 == heard["devices"]


@pytest.mark.integration
async def test_the_figures_of_server_rooms_are_right(filled: InfluxSettings) -> None:
    by_cell = {cell: query for board, cell, query in CELLS if board == "Engawa: energy"}

    async def stat(cell: str, figure: str) -> float:
        [row] = await rows(filled, by_cell[cell])
        return float(row[figure])

    assert 21.0 == await stat("Current setpoint, °C", "setpoint")
    assert 6.0 == await stat("Weather", "weather")
    assert 23.75 == await stat("Recommended setpoint, °C", "recommended")
    assert 50.0 == await stat("Readings with stale weather, %", "stale")
    assert 50.0 == await stat("Recommendations by fallback, %", "fallback")
    assert 8 * 178 / 60 == pytest.approx(await stat("Energy for cooling, kWh", "used"))
    temperatures = await rows(filled, by_cell["Indoor and outdoor temperature, °C"])
    assert {(24.0, 10.0)} == {(row["indoor"], row["outdoor"]) for row in temperatures}
    reasons = await rows(filled, by_cell["Latest fallbacks and why"])
    assert {("tower-2", "weather_stale", "no weather yet")} == {
        (row["room"], row["reason"], row["detail"]) for row in reasons
    }
    latest = await rows(filled, by_cell["Latest commands"])
    assert ["acknowledged", "sent"] == [row["state"] for row in latest]


@pytest.mark.integration
async def test_the_cards_of_crowds_count_people_once_a_day(filled: InfluxSettings) -> None:
    by_cell = {cell: query for board, cell, query in CELLS if board == "Engawa: crowd"}
    touched = [day for day in days(NOW) if day.window_end > NOW - 6 * HOUR_MS]
    gendered = [(day.males, day.females) for day in touched if day.males and day.females]

    assert touched
    assert {
        "visitors": sum(day.visitors or 0 for day in touched),
        "returning": sum(men.returning + women.returning for men, women in gendered),
        "new": sum(men.new + women.new for men, women in gendered),
        "males": sum(men.visitors for men, _ in gendered),
        "females": sum(women.visitors for _, women in gendered),
    } == {
        column: row[column]
        for cell, column in (
            ("Total visitors", "visitors"),
            ("Total returning visitors", "returning"),
            ("Total new visitors", "new"),
            ("Total males", "males"),
            ("Total females", "females"),
        )
        for row in await rows(filled, by_cell[cell])
    }


@pytest.mark.integration
async def test_the_windows_of_crowds_are_those_that_were_counted(filled: InfluxSettings) -> None:
    first, second = (query for _, cell, query in CELLS if cell.startswith("Visitors by window"))
    recent = [each for each in hours(NOW) if each.window_start > NOW - 7 * HOUR_MS]

    shown = [(row["time"], row["males"], row["females"]) for row in await rows(filled, first)]
    assert [
        (each.window_start, each.males.visitors, each.females.visitors)
        for each in recent
        if each.males and each.females
    ] == shown
    trend = await rows(filled, second)
    assert [each.window_start for each in recent] == [row["time"] for row in trend]
    # a day's worth of windows has every hour once
    assert {17.5} == {row["trend"] for row in trend}


@pytest.mark.integration
async def test_the_other_figures_of_crowds_are_right(filled: InfluxSettings) -> None:
    by_cell = {cell: query for board, cell, query in CELLS if board == "Engawa: crowd"}
    whole = len(days(NOW)) - 1

    history = await rows(filled, by_cell["New and returning visitors by day"])
    assert [(8, 7 + ago) for ago in reversed(range(whole))] == [
        (row["new"], row["returning"]) for row in history
    ]
    ages = await rows(filled, by_cell["Male ages by day"])
    assert {(1, 3)} == {(row["male_0_to_15"], row["male_30s"]) for row in ages}
    ages = await rows(filled, by_cell["Female ages by day"])
    assert {(2, 3)} == {(row["female_20s"], row["female_60_and_older"]) for row in ages}
    emotions = await rows(filled, by_cell["Emotions shown most, by day"])
    assert {(0, 0, 0, 0, 3, 3, 0, 3)} == {
        tuple(row[emotion] for emotion in EMOTIONS) for row in emotions
    }
    cameras = await rows(filled, by_cell["Visitors by camera and window"])
    assert {("door", 3)} == {(row["camera"], row["visitors"]) for row in cameras}
    present = await rows(filled, by_cell["People present, mean and most at once, by window"])
    assert all(row["mean"] * 2 == row["peak"] for row in present)
    [stays] = await rows(filled, by_cell["How long visits lasted, by camera"])
    assert ("door", 2, 0, 1, 0, 0, 1) == (
        stays["camera"],
        *(stays[f"{name}_min"] for name in STAYS),
    )
    assert sum(STAYS_S) / len(STAYS_S) / 60 == pytest.approx(stays["mean_min"])


@pytest.mark.integration
async def test_hours_and_weekdays_are_the_site_s_own(filled: InfluxSettings) -> None:
    [query] = [query for _, cell, query in CELLS if cell.startswith("Visitors by hour and weekday")]

    table = await rows(filled, query)
    means = {(hour, row[f"{hour:02}"]) for row in table for hour in range(24)}
    assert {(hour, float(hour + 6)) for hour in range(24)} == {
        (hour, mean) for hour, mean in means if mean is not None
    }
    assert len(table) in {3, 4}
    assert 72 == sum(row[f"{hour:02}"] is not None for row in table for hour in range(24))


@pytest.mark.integration
async def test_crowds_say_how_far_they_can_be_trusted(filled: InfluxSettings) -> None:
    by_cell = {cell: query for board, cell, query in CELLS if board == "Engawa: crowd"}

    [unresolved] = await rows(filled, by_cell["Unresolved faces, %"])
    assert 16.0 == unresolved["unresolved"]
    [withheld] = await rows(filled, by_cell["Windows with withheld counts, %"])
    assert 100 / 3 == pytest.approx(withheld["withheld"])
    quality = await rows(filled, by_cell["Unresolved faces by camera and window, per 100"])
    assert {("door", 10.0), ("till", 40.0)} == {
        (row["camera"], row["unresolved"]) for row in quality
    }
    latest = await rows(filled, by_cell["Latest windows: what they rest on"])
    assert {("*", 80, 7, 0), ("door", 80, 8, 0), ("till", 20, 8, 1)} == {
        (row["camera"], row["faces"], row["unresolved"], row["suppressed"]) for row in latest
    }
