"""What a contract cannot say in Avro: which events are set aside, and why.

The checks run in the order of ``CHECKS``; the first that objects to an event gives its reason.
Each looks at the whole batch at once, and at single events only where something is wrong.
"""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pyarrow.compute as pc

from models.arrays import Bools, where
from models.arrivals import EARLIEST_MS, Arrivals, plain
from models.names import NAME_LIMIT, fault, faults
from models.rules import DOUBLE, NULL, TEXT, UNKNOWN_RESOURCE, UNKNOWN_UNIT, Rules
from schemas.reasons import DETAIL_LIMIT, Reason, SetAside

READINGS_LIMIT = 64
TAGS_LIMIT = 32
TAG_LIMIT = 256
"""Longest key and value of a tag, in characters."""

TEXT_LIMIT = 1024
"""Longest text value, in characters."""

POLE_DEG = 90.0
DATE_LINE_DEG = 180.0

DAY_MS = 86_400_000
"""How far ahead of the broker an event may be: time zones mistaken for one another, no more."""

Objection = tuple[int, Reason, str]


def refusals(arrived: Arrivals, rules: Rules) -> dict[int, SetAside]:
    """Every event that breaks its contract, by row."""
    refused: dict[int, SetAside] = {}
    for check in CHECKS:
        for row, reason, detail in check(arrived, rules):
            refused.setdefault(row, SetAside(row, reason, detail[:DETAIL_LIMIT]))
    return refused


def shown(told: object) -> str:
    """What a device said, for a message: on one line, quoted, not too long."""
    return repr(told[:100] if isinstance(told, str) else told)


def _names(arrived: Arrivals, _: Rules) -> Iterator[Objection]:
    for place, name, reason in faults(arrived.rows.column("event_id"), NAME_LIMIT):
        yield place, reason, f"event_id: {shown(name)}"
    for field, names in (("site", arrived.site), ("device", arrived.device)):
        for place, name, reason in faults(names.distinct, NAME_LIMIT):
            for row in where(names.codes == place).tolist():
                yield row, reason, f"{field}: {shown(name)}"


def _profiles(arrived: Arrivals, rules: Rules) -> Iterator[Objection]:
    for row in where(arrived.profile == rules.profiles).tolist():
        name = arrived.rows.column("profile")[row].as_py()
        reason = fault(name, NAME_LIMIT) or Reason.UNKNOWN_PROFILE
        yield row, reason, f"profile: {shown(name)}"


def _times(arrived: Arrivals, _: Rules) -> Iterator[Objection]:
    at = arrived.at
    for row in where(at < EARLIEST_MS).tolist():
        yield row, Reason.TIME_TOO_EARLY, f"at: {at[row]} ms is before 2000"
    for row in where(at > arrived.logged_at + DAY_MS).tolist():
        detail = f"at: {at[row]} ms, but it came in at {arrived.logged_at[row]} ms"
        yield row, Reason.TIME_IN_FUTURE, detail


def _positions(arrived: Arrivals, _: Rules) -> Iterator[Objection]:
    position = arrived.rows.column("position")
    if position.null_count == len(position):
        return
    lat, lon = (plain(position.field(axis), np.float64) for axis in ("lat", "lon"))
    given = position.is_valid().to_numpy(zero_copy_only=False)
    # put this way round, NaN is not on earth either
    on_earth = (np.abs(lat) <= POLE_DEG) & (np.abs(lon) <= DATE_LINE_DEG)
    for row in where(given & ~on_earth).tolist():
        yield row, Reason.BAD_POSITION, f"position: lat {lat[row]}, lon {lon[row]}"


def _tags(arrived: Arrivals, _: Rules) -> Iterator[Objection]:
    tags = arrived.rows.column("tags")
    first = tags.offsets.to_numpy()
    counts = first[1:] - first[:-1]
    for row in where(counts > TAGS_LIMIT).tolist():
        yield row, Reason.TOO_MANY_TAGS, f"tags: {counts[row]}, at most {TAGS_LIMIT}"
    for what, texts, shortest in (("key", tags.keys, 1), ("value", tags.items, 0)):
        for place, text, reason in faults(texts, TAG_LIMIT, shortest=shortest):
            row = int(np.searchsorted(first, place, "right")) - 1
            yield row, reason, f"{what} in tags: {shown(text)}"


def _counts(arrived: Arrivals, _: Rules) -> Iterator[Objection]:
    counts = arrived.readings
    for row in where(counts == 0).tolist():
        yield row, Reason.NO_READINGS, "readings: none"
    for row in where(counts > READINGS_LIMIT).tolist():
        yield row, Reason.TOO_MANY_READINGS, f"readings: {counts[row]}, at most {READINGS_LIMIT}"


def _resources(arrived: Arrivals, _: Rules) -> Iterator[Objection]:
    unknown = arrived.spec == UNKNOWN_RESOURCE
    return _objections(arrived, unknown, Reason.UNKNOWN_RESOURCE, "is not in the profile")


def _repeats(arrived: Arrivals, rules: Rules) -> Iterator[Objection]:
    pair = arrived.event * rules.width + rules.specs.column[arrived.spec]
    seen = np.zeros(arrived.rows.num_rows * rules.width, bool)
    seen[pair] = True
    if np.count_nonzero(seen) == len(pair):
        return
    repeated = np.ones(len(pair), bool)
    repeated[np.unique(pair, return_index=True)[1]] = False
    yield from _objections(arrived, repeated, Reason.REPEATED_RESOURCE, "is there twice")


def _units(arrived: Arrivals, _: Rules) -> Iterator[Objection]:
    unknown = arrived.conversion == UNKNOWN_UNIT
    units = arrived.rows.column("readings").values.field("unit")
    return _objections(arrived, unknown, Reason.UNKNOWN_UNIT, "is in {}", units)


def _types(arrived: Arrivals, rules: Rules) -> Iterator[Objection]:
    wrong = (arrived.kind != rules.specs.kind[arrived.spec]) & (arrived.kind != NULL)
    values = arrived.rows.column("readings").values.field("value")
    return _objections(arrived, wrong, Reason.WRONG_TYPE, "is {}", values)


def _numbers(arrived: Arrivals, _: Rules) -> Iterator[Objection]:
    wild = (arrived.kind == DOUBLE) & ~np.isfinite(arrived.value)
    return _objections(arrived, wild, Reason.NOT_FINITE, "is no finite number")


def _texts(arrived: Arrivals, _: Rules) -> Iterator[Objection]:
    is_text = arrived.kind == TEXT
    if not is_text.any():
        return
    values = arrived.rows.column("readings").values.field("value")
    length = pc.utf8_length(values.field(TEXT)).fill_null(0).to_numpy()
    long = is_text & (length > TEXT_LIMIT)
    yield from _objections(arrived, long, Reason.NAME_TOO_LONG, f"is over {TEXT_LIMIT} characters")


def _objections(
    arrived: Arrivals, wrong: Bools, reason: Reason, problem: str, told: Any = None
) -> Iterator[Objection]:
    """One objection for each wrong reading; ``told`` has what the problem has to quote."""
    if not wrong.any():
        return
    resources = arrived.rows.column("readings").values.field("resource")
    for place in where(wrong).tolist():
        quoted = problem.format(shown(told[place].as_py())) if told is not None else problem
        yield int(arrived.event[place]), reason, f"{shown(resources[place].as_py())} {quoted}"


CHECKS: tuple[Callable[[Arrivals, Rules], Iterator[Objection]], ...] = (
    _names,
    _profiles,
    _times,
    _positions,
    _tags,
    _counts,
    _resources,
    _repeats,
    _units,
    _types,
    _numbers,
    _texts,
)
