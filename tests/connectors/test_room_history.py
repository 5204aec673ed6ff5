"""A room's rows from a real InfluxDB, as analysts and training read them."""

import time
from collections.abc import Sequence
from typing import Any
from uuid import uuid4

import pytest

from connectors.energy_points import (
    EnergyPointsSettings,
    EnrichedPointsSink,
    RecommendationPointsSink,
)
from connectors.influx import HOUR_MS, InfluxSettings
from connectors.influx_query import ask
from connectors.query import Aggregate, Query, QueryError
from connectors.room_history import COLUMNS, WHOLE_ROWS, room_history, whole_rows
from connectors.where import parse
from models.energy.training.history import history
from schemas.energy import EnrichedReading
from schemas.records import Quality
from tests.models.energy_records import batch, reading, recommendation

NOW = time.time_ns() // (HOUR_MS * 1_000_000) * HOUR_MS
MINUTE_MS = 60_000
SITE = ("site", "gwangju")
MEAN = (Aggregate.MEAN,)


def energy() -> EnergyPointsSettings:
    """A database of the test's own."""
    return EnergyPointsSettings(database=f"test_{uuid4().hex}")


def question(**changes: Any) -> Query:
    fields: dict[str, Any] = {"field": WHOLE_ROWS, "tags": (SITE,), "to_ms": NOW}
    return Query(**{"from_ms": NOW - HOUR_MS} | fields | changes)


async def write(
    readings: Sequence[EnrichedReading], influx: InfluxSettings, energy: EnergyPointsSettings
) -> None:
    sink = EnrichedPointsSink(influx, energy)
    await sink.prepare()
    await sink.write(batch(readings))
    await sink.close()


@pytest.mark.integration
async def test_a_room_s_minutes_become_its_history(influx_url: str) -> None:
    influx, own = InfluxSettings(url=influx_url), energy()
    times = range(NOW - 20 * MINUTE_MS, NOW, 10_000)
    others = ({"room": "other"}, {"site": "elsewhere"})
    await write([reading(at) for at in times], influx, own)
    for other in others:
        await write([reading(at, setpoint_c=18.0, **other) for at in times], influx, own)

    span = {"from_ms": NOW - HOUR_MS, "to_ms": NOW}
    rows = await room_history("gwangju", "tower-1", **span, influx=influx, energy=own)
    found = history(rows, rated_it_kw=60.0)

    assert 20 == len(found.setpoint_c)
    assert {22.0} == set(found.setpoint_c.tolist())
    assert found.it_load is not None
    assert [0.5] * 20 == found.it_load.tolist()


@pytest.mark.integration
async def test_a_row_has_all_that_is_known_of_a_time(influx_url: str) -> None:
    influx, own = InfluxSettings(url=influx_url), energy()
    first = NOW - 2 * MINUTE_MS
    stuck = reading(
        first + 20_000, weather_state=3, quality=Quality.STUCK, indoor_temperature_c=27.0
    )
    await write([reading(first, it_power_kw=None), stuck], influx, own)
    sink = RecommendationPointsSink(influx, own)
    await sink.write(batch([recommendation(first + 20_000, setpoint_c=25.5)]))
    await sink.close()

    told = [
        await ask(whole_rows(query, "tower-1", own), influx, now_ms=NOW)
        for query in (question(), question(every_ms=MINUTE_MS, aggregates=MEAN))
    ]

    points, minutes = (answer.rows for answer in told)
    assert ["time", *COLUMNS] == list(points[0]) == list(minutes[0])
    assert [(first, 24.0, None, None, 6, 0), (first + 20_000, 27.0, 30.0, 25.5, 3, 1)] == [
        tuple(row[name] for name in SHOWN) for row in points
    ]
    assert [(first, 25.5, 30.0, 25.5, 3, 1)] == [
        tuple(row[name] for name in SHOWN) for row in minutes
    ]


SHOWN = (
    *("time", "temperature", "it_power_kw", "recommend_temperature", "weather_stat", "suspect"),
)


@pytest.mark.parametrize(
    "changes",
    [
        {"tags": ()},
        {"tags": (("device", "room-1"),)},
        {"tags": (SITE, ("device", "room-1"))},
        {"group": ("device",)},
        {"where": parse("value > 31")},
        {"aggregates": (Aggregate.MAX,)},
    ],
)
def test_what_is_no_question_for_whole_rows_of_one_room_is_refused(changes: Any) -> None:
    with pytest.raises(QueryError, match="a --room needs its --site"):
        whole_rows(question(**changes), "tower-1", EnergyPointsSettings())
