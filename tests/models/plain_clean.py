"""The rules of cleaning, once more: one event after the other, slow and easy to read."""

import math
import re
import struct
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from models.profiles import Kind, Profiles, Resource
from models.units import UNITS, conversion
from schemas.reasons import Reason
from schemas.records import AcceptedReading, AcceptedTelemetry, Quality, Reading, Telemetry
from tests.models.telemetry import DAY, MINUTE, Logged

YEAR_2000 = 946_684_800_000
TYPES = {Kind.NUMBER: float, Kind.TEXT: str, Kind.BOOLEAN: bool}


@dataclass(slots=True)
class Memory:
    """What is remembered of one series."""

    last: float | None = None
    since: int = 0
    newest: float = -math.inf
    good: float | None = None
    good_at: int = 0


@dataclass(slots=True)
class PlainClean:
    """Cleans one event at a time; ``ids`` and ``devices`` are the sizes of a generation."""

    profiles: Profiles
    ids: int
    devices: int
    skew_ms: int = 60_000
    young_ids: dict[str, int] = field(default_factory=dict)
    old_ids: dict[str, int] = field(default_factory=dict)
    ids_seen: int = 0
    young: dict[Any, dict[str, Memory]] = field(default_factory=dict)
    old: dict[Any, dict[str, Memory]] = field(default_factory=dict)

    def __call__(self, entry: Logged) -> AcceptedTelemetry | Reason:
        event = entry.event
        for fault in self.faults(entry):
            return fault
        if self.seen(entry):
            return Reason.DUPLICATE
        received_at = event.received_at or 0
        if not YEAR_2000 <= received_at <= entry.logged_at + self.skew_ms:
            received_at = entry.logged_at
        skewed = event.at > min(received_at, entry.logged_at) + self.skew_ms
        return AcceptedTelemetry(
            event_id=event.event_id,
            site=event.site,
            device=event.device,
            profile=event.profile,
            at=event.at,
            received_at=received_at,
            readings=tuple([self.accepted(event, each, skewed=skewed) for each in event.readings]),
            position=event.position,
            tags=event.tags,
        )

    def faults(self, entry: Logged) -> Iterator[Reason]:
        event, profile = entry.event, self.profiles.root.get(entry.event.profile)
        yield from name_faults(128, event.event_id, event.site, event.device)
        if profile is None:
            yield from name_faults(128, event.profile)
            yield Reason.UNKNOWN_PROFILE
        if event.at < YEAR_2000:
            yield Reason.TIME_TOO_EARLY
        if event.at > entry.logged_at + DAY:
            yield Reason.TIME_IN_FUTURE
        if (place := event.position) and not (abs(place.lat) <= 90 and abs(place.lon) <= 180):
            yield Reason.BAD_POSITION
        if len(event.tags) > 32:
            yield Reason.TOO_MANY_TAGS
        yield from name_faults(256, *event.tags)
        yield from name_faults(256, *filter(None, event.tags.values()))
        if not event.readings:
            yield Reason.NO_READINGS
        if len(event.readings) > 64:
            yield Reason.TOO_MANY_READINGS
        yield from readings_faults(event, profile.resources if profile else {})

    def seen(self, entry: Logged) -> bool:
        known, offset = entry.event.event_id, entry.offset
        firsts = [ids.get(known, offset) for ids in (self.young_ids, self.old_ids)]
        self.young_ids[known] = first = min(offset, *firsts)
        self.ids_seen += 1
        if self.ids_seen % self.ids == 0:
            self.old_ids, self.young_ids = self.young_ids, {}
        return first < offset

    def accepted(self, event: Telemetry, reading: Reading, *, skewed: bool) -> AcceptedReading:
        resource = self.profiles.root[event.profile].resources[reading.resource]
        value = converted(reading, resource)
        verdict = reading.quality or Quality.GOOD
        if verdict is Quality.GOOD and skewed:
            verdict = Quality.CLOCK_SKEW
        if isinstance(value, float):
            low, high = resource.range or (-math.inf, math.inf)
            if verdict is Quality.GOOD and not low <= value <= high:
                verdict = Quality.OUT_OF_RANGE
            if not skewed:
                series = self.series(event).setdefault(reading.resource, Memory())
                verdict = followed(series, event.at, value, resource, verdict)
        if value is None:
            verdict = Quality.MISSING
        return AcceptedReading(
            resource=reading.resource, value=value, unit=resource.unit, quality=verdict
        )

    def series(self, event: Telemetry) -> dict[str, Memory]:
        key = (event.site, event.device, event.profile)
        if key not in self.young:
            if len(self.young) == self.devices:
                self.old, self.young = self.young, {}
            self.young[key] = self.old.get(key, {})
        return self.young[key]


def name_faults(limit: int, *names: str) -> Iterator[Reason]:
    for name in names:
        if not name:
            yield Reason.EMPTY_NAME
        if len(name) > limit:
            yield Reason.NAME_TOO_LONG
        if re.search(r"[\x00-\x1f\x7f-\x9f]", name):
            yield Reason.CONTROL_CHARACTER


def readings_faults(event: Telemetry, resources: dict[str, Resource]) -> Iterator[Reason]:
    if any(reading.resource not in resources for reading in event.readings):
        yield Reason.UNKNOWN_RESOURCE
    if max(Counter(reading.resource for reading in event.readings).values()) > 1:
        yield Reason.REPEATED_RESOURCE
    pairs = [(reading, resources[reading.resource]) for reading in event.readings]
    if any(unit_is_unknown(reading.unit, resource.unit) for reading, resource in pairs):
        yield Reason.UNKNOWN_UNIT
    values = [(converted(reading, resource), resource.type) for reading, resource in pairs]
    if any(value is not None and type(value) is not TYPES[kind] for value, kind in values):
        yield Reason.WRONG_TYPE
    if any(isinstance(value, float) and not math.isfinite(value) for value, _ in values):
        yield Reason.NOT_FINITE
    if any(isinstance(value, str) and len(value) > 1024 for value, _ in values):
        yield Reason.NAME_TOO_LONG


def unit_is_unknown(given: str | None, wanted: str | None) -> bool:
    if not given or given == wanted:
        return False
    return wanted is None or given not in UNITS or conversion(given, wanted) is None


def converted(reading: Reading, resource: Resource) -> Any:
    if not reading.unit or not resource.unit or not isinstance(reading.value, float):
        return reading.value
    how = conversion(reading.unit, resource.unit)
    assert how is not None
    return (
        reading.value
        if how.scale == 1 and not how.shift
        else (reading.value + how.shift) * how.scale
    )


def followed(
    series: Memory, at: int, value: float, resource: Resource, verdict: Quality
) -> Quality:
    """The verdict on a value in the light of those before it."""
    if at <= series.newest:
        return verdict
    stuck_ms = (resource.stuck_after_s or math.inf) * 1000
    same = series.last is not None and struct.pack("d", series.last) == struct.pack("d", value)
    if not same or at - series.newest >= stuck_ms:
        series.since = at
    series.last, series.newest = value, at
    if verdict is Quality.GOOD and at - series.since >= stuck_ms:
        verdict = Quality.STUCK
    if verdict is Quality.GOOD and series.good is not None and resource.max_rate_per_min:
        minutes = max((at - series.good_at) / MINUTE, 1.0)
        if abs(value - series.good) > resource.max_rate_per_min * minutes:
            verdict = Quality.SPIKE
    if verdict is Quality.GOOD:
        series.good, series.good_at = value, at
    return verdict
