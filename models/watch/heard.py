"""A batch of accepted telemetry as flat arrays: one entry per event, or one per reading."""

from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from models.arrays import Bools, Column, Floats, Ints, where
from models.arrivals import plain
from models.rules import DOUBLE
from models.watch.watched import Selection
from models.words import Vocabulary, Words
from schemas.batch import Columns, Int64s
from schemas.records import AcceptedTelemetry, Quality

BETWEEN = "\x1f"
"""Stands between site and device; accepted names have no control characters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What came in."""

    rows: pa.RecordBatch
    logged_at: Int64s

    # per event
    name: Words
    """Site and device."""

    signature: Ints
    """What rules may select by besides the name, see ``Selection.plan``."""

    at: Int64s
    skewed: Bools
    """Its clock is ahead, so its time orders nothing."""

    first: Ints
    """Where its readings begin; one more for the end."""

    # per reading
    event: Ints
    resource: Ints
    """Place in ``Selection.resources``; one more for what no rule watches."""

    value: Floats
    """NaN if it is no number."""

    good: Bools


class Ear:
    """Lays batches open. A clock may be ahead of an event's arrival by ``skew_ms``."""

    def __init__(self, selection: Selection, skew_ms: int) -> None:
        self._skew_ms = skew_ms
        self._tag_patterns = selection.tag_patterns
        self._width = selection.width
        self._profile = Vocabulary(pa.array(selection.profiles, pa.string()))
        self._resource = Vocabulary(pa.array(selection.resources, pa.string()))
        self._name = Vocabulary()

    def __call__(self, batch: Columns[AcceptedTelemetry]) -> Heard:
        """Lay a batch open.

        Raises:
            ValueError: the batch does not say where it came from.

        """
        if batch.origin is None:
            raise ValueError("telemetry to be watched needs an origin")
        rows = _unsliced(batch.rows)
        first = rows.column("readings").offsets.to_numpy().astype(np.intp)
        event = np.repeat(np.arange(rows.num_rows), np.diff(first))
        readings = rows.column("readings").values
        quality = readings.field("quality")
        good = _is(quality, Quality.GOOD)
        kind = readings.field("value").type_codes.to_numpy()
        value: Floats = plain(readings.field("value").field(DOUBLE), np.float64)
        number = (kind == DOUBLE) & np.isfinite(value)
        at = rows.column("at").to_numpy()
        arrived = np.minimum(rows.column("received_at").to_numpy(), batch.origin.logged_at)
        skewed = at > arrived + self._skew_ms
        if not good.all():
            skewed[event[_is(quality, Quality.CLOCK_SKEW)]] = True
        named = pc.binary_join_element_wise(rows.column("site"), rows.column("device"), BETWEEN)
        return Heard(
            rows=rows,
            logged_at=batch.origin.logged_at,
            name=self._name(named),
            signature=self._signature(rows),
            at=at,
            skewed=skewed,
            first=first,
            event=event,
            resource=self._resource(readings.field("resource")).codes,
            value=value if number.all() else np.where(number, value, np.nan),
            good=good & (number | (kind > DOUBLE)),
        )

    def _signature(self, rows: pa.RecordBatch) -> Ints:
        signature = self._profile(rows.column("profile")).codes
        if self._tag_patterns:
            matched = _matched(rows.column("tags"), self._tag_patterns)
            signature = signature + matched * self._width
        return signature


def _matched(tags: Column, patterns: Sequence[tuple[str, str]]) -> Ints:
    """Which of the patterns each event's tags match, by bits."""
    bits = np.zeros(len(tags), np.intp)
    event = np.repeat(np.arange(len(tags)), np.diff(tags.offsets.to_numpy()))
    for name in dict.fromkeys(name for name, _ in patterns):
        there = where(_is(tags.keys, name))
        if not there.size:
            continue
        values = tags.items.take(pa.array(there)).dictionary_encode()
        words = values.dictionary.to_pylist()
        for place, (_, pattern) in [p for p in enumerate(patterns) if p[1][0] == name]:
            match = np.array([fnmatchcase(word, pattern) for word in words], bool)
            bits[event[there[match[values.indices.to_numpy()]]]] |= 1 << place
    return bits


def _is(texts: Column, word: str) -> Bools:
    same: Bools = pc.equal(texts, word).to_numpy(zero_copy_only=False)
    return same


def _unsliced(rows: pa.RecordBatch) -> pa.RecordBatch:
    """The same rows without offsets into larger buffers: type codes of a union ignore them."""
    sliced = any(column.offset for column in rows.columns)
    return rows.take(pa.array(np.arange(rows.num_rows))) if sliced else rows
