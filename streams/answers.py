"""An answer from InfluxDB as people and programs want it: times in its zone, columns with types."""

import csv
import io
import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq

from connectors.influx_query import Answer
from connectors.line_protocol import MEASUREMENT, TAGS
from connectors.query import Aggregate
from streams.instants import EPOCH

Row = dict[str, Any]

_COUNTS = frozenset({Aggregate.COUNT.value, Aggregate.FLAGGED.value})
_FIGURES = frozenset(Aggregate) | {"value"}


def source(answer: Answer) -> dict[str, Any]:
    """What was read, over which range."""
    query, plan = answer.query, answer.plan
    return {
        "measurement": query.measurement,
        "field": query.field,
        "policy": plan.policy,
        "from": iso(plan.from_ms, query.zone),
        "to": iso(plan.to_ms, query.zone),
        "zone": query.zone,
    }


def flat(answer: Answer) -> list[Row]:
    """The rows, with their times in ISO, as the clocks of the zone say them."""
    zone = answer.query.zone
    return [row | {"time": iso(row["time"], zone)} for row in answer.rows]


def as_json(answer: Answer) -> str:
    """One document: what was read, and its rows."""
    return json.dumps(source(answer) | {"rows": flat(answer)}, indent=2) + "\n"


def as_csv(answer: Answer) -> str:
    """The rows after RFC 4180, the names of the columns first; nothing where there is no value.

    https://www.rfc-editor.org/rfc/rfc4180
    """
    text = io.StringIO()
    writer = csv.DictWriter(text, _columns(answer))
    writer.writeheader()
    writer.writerows(flat(answer))
    return text.getvalue()


def as_parquet(answer: Answer) -> bytes:
    """The rows as columns: times in their zone, tags as dictionaries, what was read as metadata."""
    columns = {name: _array(name, answer) for name in _columns(answer)}
    about = {f"engawa.{name}": str(value) for name, value in source(answer).items()}
    file = io.BytesIO()
    pq.write_table(pa.table(columns).replace_schema_metadata(about), file, compression="zstd")
    return file.getvalue()


def iso(at_ms: int, zone: str) -> str:
    """Epoch milliseconds as ISO time with the zone's offset, to the second if it is a whole one."""
    return local(at_ms, zone).isoformat(timespec="milliseconds" if at_ms % 1000 else "seconds")


def local(at_ms: int, zone: str) -> datetime:
    """Epoch milliseconds as the clocks of a zone say them."""
    return (EPOCH + timedelta(milliseconds=at_ms)).astimezone(ZoneInfo(zone))


def numbers(row: Mapping[str, Any]) -> dict[str, float]:
    """The figures of a row that can be drawn."""
    return {
        name: value
        for name, value in row.items()
        if name in _FIGURES and isinstance(value, int | float) and not isinstance(value, bool)
    }


def _columns(answer: Answer) -> list[str]:
    """The names, also where there are no rows."""
    if answer.rows:
        return list(answer.rows[0])
    query = answer.query
    if query.aggregates:
        return ["time", *query.group, *query.aggregates]
    readings = query.measurement == MEASUREMENT
    return ["time", *sorted(TAGS), "value", "quality"] if readings else ["time", "value"]


def _array(name: str, answer: Answer) -> pa.Array:
    values = [row[name] for row in answer.rows]
    if name == "time":
        return pa.array(values, pa.timestamp("ms", answer.query.zone))
    if name in _COUNTS:
        return pa.array(values, pa.int64())
    if name not in _FIGURES:
        return pa.array(values, pa.string()).dictionary_encode()
    return pa.array(*_typed(values))


def _typed(values: Iterable[Any]) -> tuple[list[Any], pa.DataType]:
    """Values of one type: switches, numbers, or texts for whatever else there is."""
    found = list(values)
    kinds = {type(value) for value in found if value is not None}
    if kinds == {bool}:
        return found, pa.bool_()
    if kinds <= {int, float}:
        return [None if value is None else float(value) for value in found], pa.float64()
    return [None if value is None else str(value) for value in found], pa.string()
