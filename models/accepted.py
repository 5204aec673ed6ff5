"""Arrivals and verdicts -> columns of accepted telemetry. What did not change is not copied."""

from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from models.arrays import Bools, Column, Ints, where
from models.arrivals import QUALITIES, Arrivals
from models.quality import Verdicts
from models.rules import BOOLEAN, DOUBLE, FIRST_CONVERSION, NULL, SAME, TEXT, Rules
from schemas.records import Quality

T = TypeVar("T", bound=np.generic)


def accepted(
    arrived: Arrivals, rules: Rules, verdict: Verdicts, kept: Bools, layout: pa.Schema
) -> pa.RecordBatch:
    """The events that are ``kept``, laid out as the contract of accepted telemetry says."""
    events = None if kept.all() else where(kept)
    readings = None if events is None else where(kept[arrived.event])
    made = {
        "received_at": pa.array(_picked(arrived.received_at, events)),
        "readings": _lists(
            _structs(arrived, rules, verdict, readings, layout.field("readings").type.value_type),
            _picked(arrived.readings, events),
            layout.field("readings").type,
        ),
    }
    columns = [made.get(name) or _taken(arrived.rows.column(name), events) for name in layout.names]
    return pa.RecordBatch.from_arrays(columns, schema=layout)


def _structs(
    arrived: Arrivals, rules: Rules, verdict: Verdicts, places: Ints | None, layout: Any
) -> Column:
    """The readings at ``places``, all if None."""
    given = arrived.rows.column("readings").values
    same_units = places is None and bool((arrived.conversion == SAME).all())
    spec, verdict = _picked(arrived.spec, places), _picked(verdict, places)
    children = [
        _taken(given.field("resource"), places),
        _values(arrived, given.field("value"), places, layout.field("value").type),
        given.field("unit") if same_units else rules.specs.unit.take(pa.array(spec)),
        QUALITIES.take(pa.array(verdict)) if verdict.any() else _all_good(len(verdict)),
    ]
    return pa.Array.from_buffers(layout, len(verdict), [None], children=children)


def _values(arrived: Arrivals, given: Column, places: Ints | None, layout: Any) -> Column:
    if places is None and arrived.conversion.max() < FIRST_CONVERSION:
        return given
    kind, value = _picked(arrived.kind, places), _picked(arrived.value, places)
    children = {NULL: pa.nulls(len(kind)), DOUBLE: pa.array(value)}
    for branch in (TEXT, BOOLEAN):
        there = bool((kind == branch).any())
        empty = pa.nulls(len(kind), layout.field(branch).type)
        children[branch] = _taken(given.field(branch), places) if there else empty
    arms = [children[branch] for branch in range(len(children))]
    return pa.Array.from_buffers(layout, len(kind), [None, pa.py_buffer(kind)], children=arms)


def _all_good(size: int) -> Column:
    # several times faster than taking the same word over and over
    word = Quality.GOOD.value.encode()
    ends = np.arange(0, (size + 1) * len(word), len(word), dtype=np.int32)
    return pa.StringArray.from_buffers(size, pa.py_buffer(ends), pa.py_buffer(word * size))


def _lists(readings: Column, sizes: npt.NDArray[np.int32], layout: Any) -> Column:
    bounds = np.zeros(len(sizes) + 1, np.int32)
    np.cumsum(sizes, out=bounds[1:])
    return pa.Array.from_buffers(
        layout, len(sizes), [None, pa.py_buffer(bounds)], children=[readings]
    )


def _taken(column: Column, places: Ints | None) -> Column:
    return column if places is None else column.take(pa.array(places))


def _picked(entries: npt.NDArray[T], places: Ints | None) -> npt.NDArray[T]:
    return entries if places is None else entries[places]
