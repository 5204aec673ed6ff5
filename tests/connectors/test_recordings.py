"""Recorded readings: whatever tables people have, and what InfluxDB and ``engawa query`` give."""

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from uuid import uuid4

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from connectors.influx import InfluxSettings, InfluxSink
from connectors.influx_query import Answer
from connectors.query import Plan, Query
from connectors.recordings import (
    CHUNK_MS,
    MOST_FILE_BYTES,
    RecordingError,
    by_size,
    from_file,
    from_influx,
)
from models.profiles import load
from schemas.batch import Columns
from schemas.records import AcceptedReading, AcceptedTelemetry, Quality
from streams.answers import as_csv, as_parquet

Events = Callable[..., AcceptedTelemetry]
Batches = Callable[..., Columns[AcceptedTelemetry]]
Write = Callable[[Sequence[Mapping[str, Any]]], Path]

PROFILES = load()
AT = 1_772_366_400_000
"""2026-03-01 at noon UTC."""

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
MINUTE_MS = 60_000


def read(path: Path, *, resource: str | None = None, profile: str = "farm.climate") -> Any:
    return from_file(path, PROFILES, profile=profile, resource=resource)


def values(event: AcceptedTelemetry) -> dict[str, Any]:
    return {each.resource: each.value for each in event.readings}


def complaint(path: Path, **options: Any) -> str:
    with pytest.raises(RecordingError) as caught:
        read(path, **options)
    return str(caught.value).removeprefix(str(path))


@pytest.fixture(params=["csv", "parquet"])
def write(request: pytest.FixtureRequest, tmp_path: Path) -> Write:
    """Write rows as a file of either kind."""

    def write(rows: Sequence[Mapping[str, Any]]) -> Path:
        path = tmp_path / f"readings.{request.param}"
        if request.param == "parquet":
            pq.write_table(pa.Table.from_pylist(list(rows)), path)
            return path
        lines = [
            ",".join("" if each is None else str(each) for each in row.values()) for row in rows
        ]
        path.write_text("\n".join([",".join(rows[0]), *lines]) + "\n")
        return path

    return write


@pytest.fixture
def text(tmp_path: Path) -> Callable[[str], Path]:
    """Write a CSV file as it stands."""

    def write(content: str) -> Path:
        path = tmp_path / "readings.csv"
        path.write_text(content)
        return path

    return write


def test_each_column_that_the_profile_knows_is_a_reading_in_its_unit(write: Write) -> None:
    row = {"time": AT, "site": "b", "device": "air-1", "temperature": 21.5, "humidity": 60, "x": 1}
    (event,) = read(write([row]))

    assert ("b", "air-1", "farm.climate", AT, AT) == (
        event.site,
        event.device,
        event.profile,
        event.at,
        event.received_at,
    )
    assert (
        AcceptedReading(resource="temperature", value=21.5, unit="Cel"),
        AcceptedReading(resource="humidity", value=60.0, unit="%"),
    ) == event.readings


def test_a_file_that_names_no_device_is_of_one(write: Write) -> None:
    events = read(write([{"time": AT + n, "temperature": 20 + n} for n in range(2)]))

    assert {("recorded", "recorded")} == {(event.site, event.device) for event in events}


def test_a_row_may_be_of_a_profile_of_its_own(write: Write) -> None:
    rows: list[dict[str, Any]] = [
        {"time": AT, "temperature": 20, "profile": "room.climate"},
        {"time": AT + 1, "temperature": 20, "profile": None},
    ]

    assert ["room.climate", "farm.climate"] == [event.profile for event in read(write(rows))]


def test_value_is_the_resource_that_was_named_and_quality_its_verdict(write: Write) -> None:
    rows = [
        {"time": AT, "value": 400.0, "quality": "good"},
        {"time": AT + 1, "value": 9000.0, "quality": "spike"},
    ]
    events = read(write(rows), resource="co2")

    assert [{"co2": 400.0}, {"co2": 9000.0}] == [values(event) for event in events]
    assert [Quality.GOOD, Quality.SPIKE] == [event.readings[0].quality for event in events]


def test_a_wide_column_has_its_verdict_beside_it(write: Write) -> None:
    rows: list[dict[str, Any]] = [
        {"time": AT, "temperature": 20.0, "temperature_quality": None},
        {"time": AT + 1, "temperature": 70.0, "temperature_quality": "stuck"},
    ]

    assert [Quality.GOOD, Quality.STUCK] == [e.readings[0].quality for e in read(write(rows))]


@pytest.mark.parametrize(
    "moment",
    [
        AT,
        str(AT),
        "2026-03-01T12:00:00Z",
        "2026-03-01T21:00:00+09:00",
        "2026-03-01 12:00:00.000+00:00",
        NOON,
        NOON.astimezone(timezone(timedelta(hours=9))),
    ],
)
def test_a_time_is_a_number_of_milliseconds_or_says_its_zone(write: Write, moment: object) -> None:
    (event,) = read(write([{"time": moment, "temperature": 20.0}]))

    assert AT == event.at


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
@pytest.mark.parametrize("zone", [None, "UTC", "Asia/Seoul"])
def test_a_parquet_timestamp_of_any_precision_is_that_moment(
    tmp_path: Path, unit: str, zone: str | None
) -> None:
    times = pa.array([NOON], pa.timestamp("s", "UTC")).cast(pa.timestamp(unit, zone))
    path = tmp_path / "readings.parquet"
    pq.write_table(pa.table({"time": times, "temperature": [20.0]}), path)

    assert [AT] == [event.at for event in read(path)]


@pytest.mark.parametrize("nothing", [None, float("nan")])
def test_a_missing_cell_is_no_reading_and_a_row_of_them_no_event(
    write: Write, nothing: object
) -> None:
    rows = [
        {"time": AT, "temperature": 20.0, "humidity": nothing},
        {"time": AT + 1, "temperature": nothing, "humidity": nothing},
        {"time": AT + 2, "temperature": nothing, "humidity": 60.0},
    ]

    assert [{"temperature": 20.0}, {"humidity": 60.0}] == [values(e) for e in read(write(rows))]


def test_events_come_in_order_of_time_whatever_that_of_the_rows(write: Write) -> None:
    events = read(write([{"time": AT + n, "temperature": n} for n in (2, 0, 1)]))

    assert [0.0, 1.0, 2.0] == [event.readings[0].value for event in events]
    assert 3 == len({event.event_id for event in events})


def test_the_mark_that_spreadsheets_put_first_is_no_part_of_a_name(
    text: Callable[[str], Path],
) -> None:
    assert [AT] == [e.at for e in read(text(f"\ufefftime,temperature\r\n{AT},20\r\n"))]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("12:00,20", "row 2: Invalid isoformat string: '12:00'"),
        (f"{AT},warm", "row 2: could not convert string to float: 'warm'"),
        (f"{AT},inf", "row 2: inf is no number"),
        (",20", "row 2: it has no time"),
        (f"{AT}000000,20", f"row 2: time {AT}000000 is not between 1970 and 2100"),
        ("1969-12-31T00:00Z,20", "row 2: time 1969-12-31T00:00Z is not between 1970 and 2100"),
    ],
)
def test_what_is_wrong_is_said_with_its_row(
    text: Callable[[str], Path], row: str, said: str
) -> None:
    assert f": {said}" == complaint(text(f"time,temperature\n{AT},20\n{row}\n"))


def test_a_verdict_that_is_none_is_said_with_its_row(write: Write) -> None:
    rows = [{"time": AT, "temperature": 20.0, "temperature_quality": "fine"}]

    assert ": row 1: 'fine' is not a valid Quality" == complaint(write(rows))


def test_a_table_without_times_is_said(write: Write) -> None:
    assert ": row 1: it has no time" == complaint(write([{"temperature": 20.0}]))


def test_a_profile_that_does_not_exist_is_said(write: Write) -> None:
    path = write([{"time": AT, "temperature": 20.0}])

    assert ": row 1: no profile 'farm.moon'" == complaint(path, profile="farm.moon")


def test_a_file_with_nothing_for_the_profile_is_said(write: Write) -> None:
    path = write([{"time": AT, "value": 1000.0}])

    assert " has no value of a resource that farm.climate knows" == complaint(path)
    assert " has no value of a resource that farm.climate knows" == complaint(path, resource="flow")


def test_a_resource_is_named_for_a_column_value_only(write: Write) -> None:
    path = write([{"time": AT, "temperature": 20.0}])

    assert ": row 1: it has no column 'value' for temperature" == complaint(
        path, resource="temperature"
    )


@pytest.mark.parametrize("content", ["", "time,temperature\n"])
def test_an_empty_file_is_said(text: Callable[[str], Path], content: str) -> None:
    assert " has no value of a resource that farm.climate knows" == complaint(text(content))


@pytest.mark.parametrize("name", ["readings.csv", "readings.parquet"])
@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"time\n" + b"x" * 200_000])
def test_a_file_of_another_kind_is_said(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)

    assert complaint(path).startswith(" cannot be read: ")


def test_a_file_that_is_too_large_is_not_even_opened(tmp_path: Path) -> None:
    path = tmp_path / "readings.csv"
    with path.open("wb") as file:
        file.truncate(MOST_FILE_BYTES + 1)

    assert " is larger than 256 MiB" == complaint(path)


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_what_a_query_wrote_is_read_back(tmp_path: Path, kind: str) -> None:
    names = {"site": "b", "device": "air-1", "profile": "farm.climate"}
    rows = [
        {"time": AT + n * 500, **names, "value": 20.0 + n, "quality": quality}
        for n, quality in enumerate(("good", "spike"))
    ]
    query = Query(field="temperature", from_ms=AT, to_ms=AT + 1000, zone="Asia/Seoul")
    plan = Plan(policy="raw", from_ms=AT, to_ms=AT + 1000, buckets=0)
    answer = Answer(query=query, plan=plan, rows=rows)
    path = tmp_path / f"answer.{kind}"
    path.write_bytes(as_csv(answer).encode() if kind == "csv" else as_parquet(answer))

    events = read(path, resource="temperature")

    assert [(AT, 20.0, "good"), (AT + 500, 21.0, "spike")] == [
        (event.at, event.readings[0].value, event.readings[0].quality) for event in events
    ]
    assert {("b", "air-1", "farm.climate")} == {(e.site, e.device, e.profile) for e in events}


def test_runs_are_of_one_size_but_for_the_last(event: Events) -> None:
    events = [event(event_id=str(number)) for number in range(5)]

    assert [events[:2], events[2:4], events[4:]] == list(by_size(iter(events), 2))
    assert [] == list(by_size([], 2))


@pytest.mark.integration
async def test_points_of_influxdb_are_events_again_oldest_first(
    influx_url: str, event: Events, columns: Batches
) -> None:
    settings = InfluxSettings(url=influx_url, database=f"test_{uuid4().hex}")
    now = time.time_ns() // 1_000_000
    start = now - CHUNK_MS - 10 * MINUTE_MS
    spike = AcceptedReading(resource="temperature", value=70.0, unit="Cel", quality=Quality.SPIKE)
    good = AcceptedReading(resource="temperature", value=20.0, unit="Cel")
    said = [
        event(device="air-1", at=start, readings=(good,)),
        event(device="air-2", at=start + 1, readings=(spike,)),
        event(device="air-1", at=start + CHUNK_MS, readings=(good,)),
        event(device="air-1", at=start + CHUNK_MS + 1, profile="farm.moon", readings=(good,)),
        event(device="air-1", at=now - MINUTE_MS, readings=(good,)),
    ]
    sink = InfluxSink(settings)
    await sink.prepare()
    await sink.write(columns(*said))
    await sink.close()

    found = await from_influx(settings, PROFILES, from_ms=start, to_ms=now - MINUTE_MS)

    assert [(each.device, each.at, each.readings) for each in said[:3]] == [
        (each.device, each.at, each.readings) for each in found
    ]
