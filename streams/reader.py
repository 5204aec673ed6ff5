"""Messages of one topic to the batch that an agent or a sink asks for."""

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from schemas.batch import Batch, Columns, Origin, Raw, Records
from schemas.codec import UndecodableError, decode, schema_of
from schemas.columns import ColumnDecoder
from schemas.reasons import SetAside
from schemas.topic import Topic
from schemas.unframe import Bodies, Known, unframe, verdict


@dataclass(frozen=True, slots=True)
class Read:
    """A decoded batch; ``rows`` gives each record's place among the messages (None: all)."""

    batch: Batch
    size: int
    rows: list[int] | None
    aside: list[SetAside]

    def in_messages(self, aside: SetAside) -> SetAside:
        """The same, with its row counted among the messages instead of the decoded records."""
        if self.rows is None:
            return aside
        return SetAside(self.rows[aside.row], aside.reason, aside.detail)


class Reader(Protocol):
    """Decodes a batch of messages."""

    def __call__(self, raw: Raw) -> Read:
        """Decode what decodes."""
        ...


def reader(topic: Topic[Any], shape: Any, *, marker: bytes, known: Known) -> Reader:
    """The reader of ``topic`` for those who ask for ``Columns``, ``Records`` or ``Raw``."""
    if shape is Raw:
        return _untouched
    if shape is Columns:
        return _ColumnReader(topic, marker, known)
    return _RecordReader(topic, known)


def _untouched(raw: Raw) -> Read:
    return Read(raw, len(raw.values), None, [])


class _ColumnReader:
    def __init__(self, topic: Topic[Any], marker: bytes, known: Known) -> None:
        self._topic, self._known = topic, known
        self._decoder = ColumnDecoder(topic.record, marker)

    def __call__(self, raw: Raw) -> Read:
        decoded = self._decoder.decode(_bodies(self._topic, raw, self._known, self._decoder.marker))
        origin = _picked(raw.origin, decoded.kept)
        batch = Columns(record=self._topic.record, rows=decoded.rows, origin=origin)
        return Read(batch, decoded.rows.num_rows, decoded.kept, decoded.aside)


class _RecordReader:
    def __init__(self, topic: Topic[Any], known: Known) -> None:
        self._topic, self._known = topic, known

    def __call__(self, raw: Raw) -> Read:
        bodies = _bodies(self._topic, raw, self._known)
        records, kept, aside = [], [], list(bodies.aside)
        for index, body in enumerate(bodies.bodies):
            row = bodies.row(index)
            try:
                records.append(decode(body, self._topic.record))
                kept.append(row)
            except UndecodableError as error:
                aside.append(verdict(row, error))
        origin = _picked(raw.origin, kept)
        batch = Records(record=self._topic.record, rows=records, origin=origin)
        return Read(batch, len(records), kept, aside)


def _bodies(topic: Topic[Any], raw: Raw, known: Known, tail: bytes = b"") -> Bodies:
    limit = topic.max_message_bytes
    return unframe(raw.values, schema_of(topic.record), known, max_bytes=limit, tail=tail)


def _picked(origin: Origin, rows: list[int] | None) -> Origin:
    if rows is None:
        return origin
    places = np.asarray(rows, np.int64)
    return Origin(
        topic=origin.topic,
        partition=origin.partition,
        offsets=origin.offsets[places],
        logged_at=origin.logged_at[places],
    )
