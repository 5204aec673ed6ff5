"""Many events at once to Avro, framed: records -> Arrow columns -> bytes, as fast senders do it."""

from collections.abc import Sequence
from itertools import accumulate
from typing import Any

import pyarrow as pa

from schemas.codec import schema_of, to_data
from schemas.columns import arrow_schema, encode_columns
from schemas.records import Reading, Telemetry

KINDS = (type(None), float, str, bool)
"""Types of a reading's value, in the order of the contract's branches."""


def framed(records: Sequence[Telemetry]) -> list[bytes]:
    """Encode events in Avro single-object encoding, several times faster than one by one."""
    header = schema_of(Telemetry).header
    return [header + body for body in encode_columns(columns(records), Telemetry)]


def columns(records: Sequence[Telemetry]) -> pa.RecordBatch:
    """Events as Arrow columns, laid out as the contract says."""
    layout = arrow_schema(Telemetry)
    made = {
        "readings": _readings(records, layout.field("readings").type),
        "position": pa.array(
            [each.position and to_data(each.position) for each in records],
            layout.field("position").type,
        ),
        "tags": pa.array([list(each.tags.items()) for each in records], layout.field("tags").type),
    }
    return pa.RecordBatch.from_arrays(
        [
            made[field.name]
            if field.name in made
            else pa.array([getattr(each, field.name) for each in records], field.type)
            for field in layout
        ],
        schema=layout,
    )


def _readings(records: Sequence[Telemetry], layout: Any) -> Any:
    """The list column; pyarrow makes no unions of Python values, so it is put together by hand."""
    readings = [reading for each in records for reading in each.readings]
    bounds = pa.array(accumulate((len(each.readings) for each in records), initial=0), pa.int32())
    item = layout.value_type
    texts = {
        name: pa.array([getattr(reading, name) for reading in readings], item.field(name).type)
        for name in ("resource", "unit", "quality")
    }
    children = [
        _values(readings, field.type) if field.name == "value" else texts[field.name]
        for field in item
    ]
    structs = pa.Array.from_buffers(item, len(readings), [None], children=children)
    return pa.Array.from_buffers(
        layout, len(records), [None, bounds.buffers()[1]], children=[structs]
    )


def _values(readings: Sequence[Reading], layout: Any) -> Any:
    values = [reading.value for reading in readings]
    kinds = [KINDS.index(type(value)) for value in values]
    branches = [
        pa.array(
            [value if kind == branch else None for value, kind in zip(values, kinds, strict=True)],
            layout.field(branch).type,
        )
        for branch in range(len(KINDS))
    ]
    return pa.Array.from_buffers(
        layout, len(values), [None, pa.py_buffer(bytes(kinds))], children=branches
    )
