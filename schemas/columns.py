"""Avro bodies to Arrow columns and back, a whole batch at a time, by pyruhvro.

pyruhvro (Rust) decodes some thirty times faster than fastavro but does not look as closely: it
takes invalid UTF-8 and bytes after the record. Two guards close that: ``validate(full=True)``,
and a random marker appended to every body and read back as a last field, which only comes out
whole if the record ended exactly where the body did. A body that Rust refuses is judged again by
fastavro, so that one decoder's verdict counts: fastavro's.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar, cast

import numpy as np
import pyarrow as pa
import pyruhvro

from schemas.batch import Int64s
from schemas.codec import UndecodableError, read_body, schema_of, write_body
from schemas.contracts import contract
from schemas.reasons import SetAside
from schemas.unframe import Bodies, verdict

R = TypeVar("R")

MARKER_BYTES = 8
_MARKER_FIELD = "end_marker"
_SMALL = 4
"""At so few bodies fastavro costs less than a call into Rust."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """A decoded batch: row ``i`` of ``rows`` came from message ``kept[i]``."""

    rows: pa.RecordBatch
    kept: list[int] | None
    """Places in the batch; None if every message is there, in order."""

    aside: list[SetAside]


def marker(random: Callable[[int], bytes]) -> bytes:
    """A marker for one process: unguessable, and not to be mistaken for its own beginning.

    ``random`` gives that many random bytes, e.g. ``os.urandom``.
    """
    while True:
        drawn = random(MARKER_BYTES)
        if drawn[0] not in drawn[1:]:
            return drawn


class ColumnDecoder(Generic[R]):
    """Decodes bodies of one record type."""

    def __init__(self, record: type[R], marker: bytes) -> None:
        self._schema = schema_of(record)
        marked = dict(contract(record))
        marked["fields"] = [*marked["fields"], {"name": _MARKER_FIELD, "type": "double"}]
        self._marked = json.dumps(marked)
        self.marker = marker
        self._marker_bits = np.frombuffer(marker, np.int64)[0]
        self._empty: pa.RecordBatch = pyruhvro.deserialize_array([], self._marked)

    def decode(self, bodies: Bodies) -> Decoded:
        """Decode what decodes; every other body is set aside with its reason.

        Every body has this decoder's marker behind it.
        """
        marked = bodies.bodies
        rows = self._decode_all(marked)
        if rows is not None:
            return Decoded(rows.drop_columns([_MARKER_FIELD]), bodies.rows, bodies.aside)
        aside = list(bodies.aside)
        kept: list[int] = []
        good: list[bytes] = []
        for index, body in self._judge(marked, 0):
            if isinstance(body, bytes):
                kept.append(bodies.row(index))
                good.append(body)
            else:
                aside.append(verdict(bodies.row(index), body))
        rows = self._decode_all(good)
        if rows is None:
            raise AssertionError("bodies that decode one by one do not decode together")
        return Decoded(rows.drop_columns([_MARKER_FIELD]), kept, aside)

    def _decode_all(self, marked: list[bytes]) -> pa.RecordBatch | None:
        """The whole batch, or None if anything in it is not as it should be."""
        if not marked:
            return self._empty
        try:
            rows: pa.RecordBatch = pyruhvro.deserialize_array(marked, self._marked)
            rows.validate(full=True)
        except ValueError:  # pyarrow's ArrowInvalid is one too
            return None
        ends: Int64s = rows.column(_MARKER_FIELD).view(pa.int64()).to_numpy()
        whole: bool = (ends == self._marker_bits).all()
        return rows if whole else None

    def _judge(
        self, marked: Sequence[bytes], start: int
    ) -> list[tuple[int, bytes | UndecodableError]]:
        """Halve the batch until the bad bodies stand alone; give each body its verdict."""
        if len(marked) <= _SMALL:
            return [(start + i, self._judge_one(body)) for i, body in enumerate(marked)]
        if self._decode_all(list(marked)) is not None:
            return [(start + i, body) for i, body in enumerate(marked)]
        half = len(marked) // 2
        return [*self._judge(marked[:half], start), *self._judge(marked[half:], start + half)]

    def _judge_one(self, marked: bytes) -> bytes | UndecodableError:
        try:
            value = read_body(marked[:-MARKER_BYTES], self._schema, self._schema)
        except UndecodableError as error:
            return error
        # legal but unusual, e.g. a varint with idle bytes: written anew, Rust takes it
        return write_body(value, self._schema) + self.marker


def encode_columns(rows: pa.RecordBatch, record: type) -> list[bytes]:
    """Encode each row as an Avro body of ``record``.

    ``rows`` is laid out as ``arrow_schema(record)`` says, with unions that are not slices:
    pyruhvro would write wrong values from a union with an offset.

    Raises:
        ValueError: the layout is another, or a required value is null.

    """
    if not rows.num_rows:
        return []
    [encoded] = pyruhvro.serialize_record_batch(rows, schema_of(record).text, 1)
    bodies: list[bytes] = encoded.to_pylist()
    return bodies


def arrow_schema(record: type) -> pa.Schema:
    """The Arrow layout of a record's contract."""
    return cast("pa.Schema", pyruhvro.avro_to_arrow_schema(schema_of(record).text))
