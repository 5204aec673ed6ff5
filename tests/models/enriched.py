"""Enriched readings, and batches of them, as tests need them."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from models.sites import SiteSettings
from schemas.batch import Columns, Origin
from schemas.codec import to_data
from schemas.columns import arrow_schema
from schemas.energy import EnrichedReading
from schemas.records import Quality

START = 1_700_000_040_000
SECOND = 1000
INTERVAL = 10 * SECOND

READING = EnrichedReading(
    event_id="event",
    site="gwangju",
    device="room-1",
    room="tower-1",
    at=START,
    indoor_temperature_c=24.0,
    indoor_humidity_percent=50.0,
    it_power_kw=30.0,
    quality=Quality.GOOD,
    dew_point_c=12.9,
    outdoor_temperature_c=10.0,
    outdoor_humidity_percent=60.0,
    weather_state=6,
    weather_age_s=300.0,
    weather_stale=False,
    setpoint_c=22.0,
    setpoint_age_s=60.0,
)
"""The first of the shipped book's rooms, with all there is to know."""


def reading(number: int = 0, **fields: Any) -> EnrichedReading:
    """A reading, so many intervals after the first."""
    return replace(READING, **{"at": START + number * INTERVAL} | fields)


def readings(first: int, count: int, **fields: Any) -> list[EnrichedReading]:
    """Readings one interval apart."""
    return [reading(number, **fields) for number in range(first, first + count)]


def batch(
    rows: Sequence[EnrichedReading], logged_at: Sequence[int] | None = None
) -> Columns[EnrichedReading]:
    """A batch of them, with an origin if it is said when each was logged."""
    made = pa.RecordBatch.from_pylist(
        [to_data(row) for row in rows], schema=arrow_schema(EnrichedReading)
    )
    if logged_at is None:
        return Columns(record=EnrichedReading, rows=made)
    origin = Origin(
        topic="energy.enriched.v1",
        partition=0,
        offsets=np.arange(len(rows)),
        logged_at=np.array(logged_at, np.int64),
    )
    return Columns(record=EnrichedReading, rows=made, origin=origin)


def site_book(folder: Path, limits: str = "{}", rated_it_kw: float = 60.0) -> SiteSettings:
    """The shipped book's two rooms with these limits, and a third where time zones move."""
    file = folder / "sites.yaml"
    room = f"rated_it_kw: {rated_it_kw}, setpoint: {limits}"
    file.write_text(
        "gwangju:\n  latitude: 35\n  longitude: 126\n  time_zone: Asia/Seoul\n  rooms:\n"
        f"    tower-1: {{sensor: room-1, air_conditioner: aircon-1, {room}}}\n"
        f"    tower-2: {{sensor: room-2, {room}}}\n"
        "tampa:\n  latitude: 28\n  longitude: -82\n  time_zone: America/New_York\n  rooms:\n"
        f"    hall: {{sensor: room-1, {room}}}\n"
    )
    return SiteSettings(sites_file=file)
