"""Readings that were recorded, in a file or in InfluxDB, as accepted telemetry in order of time."""

import csv
import math
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from connectors.influx import RAW, InfluxSettings
from connectors.influxql import InfluxQL, quoted
from connectors.line_protocol import MEASUREMENT, QUALITY_SUFFIX
from models.profiles import Kind, Profiles
from schemas.records import AcceptedReading, AcceptedTelemetry, Quality

TIMEOUT_S = 120.0
CHUNK_MS = 6 * 3_600_000
MOST_FILE_BYTES = 256 * 1024 * 1024
MOST_MS = 4_102_444_800_000
"""The year 2100: what lies beyond is in another unit than milliseconds."""

SITE = "recorded"

Row = Mapping[str, Any]


class RecordingError(ValueError):
    """The file is no recording; the message says what is wrong."""


def from_file(
    path: Path, profiles: Profiles, *, profile: str, resource: str | None
) -> list[AcceptedTelemetry]:
    """Events of a CSV or Parquet file, oldest first.

    It has a column ``time`` (ISO with its zone, or epoch milliseconds) and one for each resource,
    or ``value`` and perhaps ``quality`` for the one ``resource``; perhaps ``site``, ``device``,
    ``profile``, ``<resource>_quality``. So is what ``engawa query`` writes of points, and any
    table with such headings. A cell that is empty, or NaN, is no reading.

    Raises:
        RecordingError: it is no such file.

    """
    if path.stat().st_size > MOST_FILE_BYTES:
        raise RecordingError(f"{path} is larger than {MOST_FILE_BYTES >> 20} MiB")
    events = []
    for number, row in enumerate(_rows(path), 1):
        try:
            event = _event(_known(row, profile, resource), profiles, number)
        except (ValueError, TypeError) as error:
            raise RecordingError(f"{path}: row {number}: {error}") from None
        if event.readings:
            events.append(event)
    if not events:
        raise RecordingError(f"{path} has no value of a resource that {profile} knows")
    return sorted(events, key=lambda event: event.at)


async def from_influx(
    settings: InfluxSettings, profiles: Profiles, *, from_ms: int, to_ms: int
) -> Iterator[AcceptedTelemetry]:
    """Events of InfluxDB's raw points, oldest first; their ids are made up.

    Points of a profile that there is no more are left out: no rule can watch them.

    Raises:
        UnavailableError: InfluxDB is away.

    """
    ql = InfluxQL(settings.url, settings.token, timeout_s=TIMEOUT_S)
    table = ".".join(map(quoted, (settings.database, RAW, MEASUREMENT)))
    rows: list[Row] = []
    try:
        for start in range(from_ms, to_ms, CHUNK_MS):
            span = f"time >= {start}ms AND time < {min(start + CHUNK_MS, to_ms)}ms"
            rows += await ql.ask(
                f"SELECT * FROM {table} WHERE {span} GROUP BY site, device, profile"  # noqa: S608  # names are quoted, times are numbers
            )
    finally:
        await ql.close()
    rows = [row for row in rows if row["profile"] in profiles.root]
    rows.sort(key=lambda row: int(row["time"]))
    return (_event(row, profiles, number) for number, row in enumerate(rows, 1))


def by_size(events: Iterable[AcceptedTelemetry], size: int) -> Iterator[list[AcceptedTelemetry]]:
    """Events in runs of ``size``."""
    for _, run in groupby(enumerate(events), key=lambda numbered: numbered[0] // size):
        yield [event for _, event in run]


def _rows(path: Path) -> Iterator[Row]:
    try:
        yield from _parquet(path) if path.suffix == ".parquet" else _csv(path)
    except (ValueError, csv.Error, pa.ArrowException) as error:
        raise RecordingError(f"{path} cannot be read: {error}") from None


def _csv(path: Path) -> Iterator[Row]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file)


def _parquet(path: Path) -> Iterator[Row]:
    for batch in pq.ParquetFile(path).iter_batches():
        yield from batch.to_pylist()


def _known(row: Row, profile: str, resource: str | None) -> Row:
    """A file's row as InfluxDB would give it."""
    if row.get("time") in (None, ""):
        raise ValueError("it has no time")
    named = {**row, "profile": row.get("profile") or profile}
    if resource is not None:
        if "value" not in row:
            raise ValueError(f"it has no column 'value' for {resource}")
        named |= {resource: row.get("value"), f"{resource}{QUALITY_SUFFIX}": row.get("quality")}
    return named


def _event(row: Row, profiles: Profiles, number: int) -> AcceptedTelemetry:
    profile = str(row["profile"])
    if profile not in profiles.root:
        raise ValueError(f"no profile {profile!r}")
    at = _at(row["time"])
    readings = [
        AcceptedReading(
            resource=name,
            value=value,
            unit=resource.unit,
            quality=Quality(row.get(f"{name}{QUALITY_SUFFIX}") or Quality.GOOD),
        )
        for name, resource in profiles.root[profile].resources.items()
        if resource.type is Kind.NUMBER and (value := _number(row.get(name))) is not None
    ]
    return AcceptedTelemetry(
        event_id=f"{number}",
        site=str(row.get("site") or SITE),
        device=str(row.get("device") or SITE),
        profile=profile,
        at=at,
        received_at=at,
        readings=tuple(readings),
        tags={},
    )


def _number(cell: Any) -> float | None:
    """What a cell says; nothing if it is empty or NaN, which tables write for nothing."""
    value = math.nan if cell in (None, "") else float(cell)
    if math.isinf(value):
        raise ValueError(f"{cell} is no number")
    return None if math.isnan(value) else value


def _at(time: Any) -> int:
    """Epoch milliseconds of what stands in the column ``time``."""
    at = time if isinstance(time, int) else _parsed(time)
    if not 0 <= at < MOST_MS:
        raise ValueError(f"time {time} is not between 1970 and 2100")
    return at


def _parsed(time: Any) -> int:
    text = str(time)
    if text.isdecimal():
        return int(text)
    when = time if isinstance(time, datetime) else datetime.fromisoformat(text)
    return round((when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp() * 1000)
