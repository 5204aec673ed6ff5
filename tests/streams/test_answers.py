"""Answers as documents and columns: times with their offset, types, and no rows at all."""

import csv
import io
import json
from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from connectors.influx_query import Answer
from connectors.query import Aggregate, Plan, Query
from streams.answers import as_csv, as_json, as_parquet, iso

START = 1_792_886_400_000
"""2026-10-25 at midnight UTC: an hour later the clocks of Europe go back."""


def answer(rows: Sequence[dict[str, Any]], **changes: Any) -> Answer:
    fields: dict[str, Any] = {"field": "temperature", "zone": "Europe/Amsterdam"}
    query = Query(**fields | {"from_ms": START, "to_ms": START + 7_200_000} | changes)
    plan = Plan(policy="hour", from_ms=query.from_ms, to_ms=query.to_ms, buckets=2)
    return Answer(query=query, plan=plan, rows=list(rows))


def point(value: object, **changes: object) -> dict[str, Any]:
    names = {"time": START, "device": "a", "profile": "p", "site": "s"}
    return {**names, "value": value, "quality": "good", **changes}


def read(given: Answer) -> pa.Table:
    return pq.read_table(pa.BufferReader(as_parquet(given)))


def test_the_hour_that_comes_twice_is_told_apart_by_its_offset() -> None:
    assert "2026-10-25T02:00:00+02:00" == iso(START, "Europe/Amsterdam")
    assert "2026-10-25T02:00:00+01:00" == iso(START + 3_600_000, "Europe/Amsterdam")
    assert "2026-10-25T00:00:00.007+00:00" == iso(START + 7, "UTC")


def test_a_document_says_what_was_read_beside_its_rows() -> None:
    document = json.loads(as_json(answer([point(21.5)])))

    assert {
        "measurement": "readings",
        "field": "temperature",
        "policy": "hour",
        "from": "2026-10-25T02:00:00+02:00",
        "to": "2026-10-25T03:00:00+01:00",
        "zone": "Europe/Amsterdam",
        "rows": [point(21.5, time="2026-10-25T02:00:00+02:00")],
    } == document


def test_csv_quotes_what_needs_it_and_leaves_out_what_is_not_there() -> None:
    text = as_csv(answer([point(None, device='the "big", one')]))

    assert '"the ""big"", one"' in text
    (row,) = csv.DictReader(io.StringIO(text, newline=""))
    assert ("", 'the "big", one') == (row["value"], row["device"])


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([21.5, None, 3], pa.float64()),
        ([True, None, False], pa.bool_()),
        (["auto", None, "off"], pa.string()),
        ([21.5, "auto", True], pa.string()),
        ([None, None, None], pa.float64()),
    ],
)
def test_values_of_one_kind_keep_it_in_parquet(values: list[object], kind: pa.DataType) -> None:
    table = read(answer([point(value) for value in values]))

    assert kind == table.schema.field("value").type
    assert [value is None for value in values] == [
        each is None for each in table["value"].to_pylist()
    ]


def test_parquet_says_what_was_read_and_keeps_moments() -> None:
    table = read(answer([point(21.5)]))

    assert b"hour" == table.schema.metadata[b"engawa.policy"]
    assert pa.timestamp("ms", "Europe/Amsterdam") == table.schema.field("time").type
    assert START == table["time"].cast(pa.int64())[0].as_py()
    assert ["a"] == table["device"].to_pylist()


def test_no_rows_have_columns_all_the_same() -> None:
    grouped = {"aggregates": (Aggregate.MEAN, Aggregate.COUNT), "group": ("device",)}

    assert "time,device,profile,site,value,quality\r\n" == as_csv(answer([]))
    assert "time,device,mean,count\r\n" == as_csv(answer([], **grouped))
    assert "time,value\r\n" == as_csv(answer([], measurement="alarms", field="duration_s"))
    assert pa.int64() == read(answer([], **grouped)).schema.field("count").type
