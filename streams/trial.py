"""Alarm rules on recorded data: what they would have raised, and whom they would have told."""

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from agents.alarm import Alarm
from agents.notify import Notify
from agents.watch import Watch
from connectors.recordings import by_size
from schemas.alarms import AlarmChange, Change, Level
from schemas.batch import Columns, Origin, Raw, Records
from schemas.codec import encode_framed
from schemas.columns import marker
from schemas.notifications import Notification
from schemas.records import AcceptedTelemetry
from schemas.releases import released
from schemas.topics import READINGS_ACCEPTED
from streams.reader import reader
from streams.writers import Writers

BATCH = 5_000
MINUTE_MS, DAY_MS = 60_000, 86_400_000
LEVELS = list(Level)


@dataclass(slots=True)
class Trial:
    """What came of it."""

    events: int = 0
    devices: set[tuple[str, str]] = field(default_factory=set)
    first_ms: int = 0
    last_ms: int = 0
    changes: list[AlarmChange] = field(default_factory=list)
    posts: list[Notification] = field(default_factory=list)

    def openings(self) -> list[AlarmChange]:
        """The last change of every opening."""
        return list({change.alarm_id: change for change in self.changes}.values())

    def lasted_s(self, opening: AlarmChange) -> float:
        """How long an opening lasted; one that stands, until the last reading."""
        standing_s = (self.last_ms - opening.raised_at) / 1000
        return max(0.0, standing_s) if opening.active else opening.duration_s

    def per_device_and_day(self) -> float:
        """Alarms per device and day."""
        days = max(1.0, (self.last_ms - self.first_ms) / DAY_MS)
        return len(self.openings()) / max(1, len(self.devices)) / days

    def by_rule(self) -> list[Mapping[str, Any]]:
        """A row for each rule that raised something, the noisiest first."""
        openings = self.openings()
        counts = Counter(each.rule for each in openings)
        return [
            self._row(rule, [o for o in openings if o.rule == rule])
            for rule, _ in counts.most_common()
        ]

    def _row(self, rule: str, openings: list[AlarmChange]) -> Mapping[str, Any]:
        standing = [each for each in openings if each.active]
        return {
            "rule": rule,
            "alarms": len(openings),
            "devices": len({(each.site, each.device) for each in openings}),
            "worst": max((each.worst_level for each in openings), key=LEVELS.index).value,
            "hours in alarm": round(sum(map(self.lasted_s, openings)) / 3600, 1),
            "still standing": len(standing),
            "flapping": sum(c.change is Change.FLAPPING and c.rule == rule for c in self.changes),
            "posts": sum((post.alarm or "").endswith(f"/{rule}") for post in self.posts),
        }


def run(watch: Watch, alarm: Alarm, notify: Notify, events: Iterable[AcceptedTelemetry]) -> Trial:
    """Fold events, oldest first, through the agents, with event time as the clock."""
    found = Trial()
    read = reader(
        READINGS_ACCEPTED, Columns, marker=marker(os.urandom), known=Writers(released(), None).known
    )
    for batch in by_size(events, BATCH):
        before_ms, found.last_ms = found.last_ms or batch[0].at, batch[-1].at
        found.first_ms = found.first_ms or before_ms
        found.devices |= {(event.site, event.device) for event in batch}
        columns: Any = read(_raw(batch, found.events)).batch
        requests = list(watch(columns))
        found.events += len(batch)
        changes = [
            change for change in alarm(_records(requests)) if isinstance(change, AlarmChange)
        ]
        found.changes += changes
        found.posts += _told(notify, changes, before_ms, found.last_ms)
    return found


def _told(
    notify: Notify, changes: list[AlarmChange], now_ms: int, until_ms: int
) -> Iterator[Notification]:
    """What is said of changes, and as the clock goes on between them, minute by minute."""
    for change in changes:
        yield from _passing(notify, now_ms, change.at)
        now_ms = max(now_ms, change.at)
        yield from notify(replace(_records([change]), origin=_origin(0, np.array([now_ms]))))
    yield from _passing(notify, now_ms, until_ms)


def _passing(notify: Notify, now_ms: int, until_ms: int) -> Iterator[Notification]:
    for minute_ms in range(now_ms, until_ms + 1, MINUTE_MS) if notify.entries else ():
        yield from notify.tick(minute_ms)


def _raw(batch: list[AcceptedTelemetry], first: int) -> Raw:
    origin = _origin(first, np.array([event.at for event in batch], np.int64))
    return Raw(origin=origin, keys=[None] * len(batch), values=list(map(encode_framed, batch)))


def _records(rows: list[Any]) -> Records[Any]:
    at = np.array([row.at for row in rows], np.int64)
    return Records(record=type(rows[0]) if rows else object, rows=rows, origin=_origin(0, at))


def _origin(first: int, at: Any) -> Origin:
    offsets = np.arange(first, first + len(at), dtype=np.int64)
    return Origin(topic=READINGS_ACCEPTED.name, partition=0, offsets=offsets, logged_at=at)
