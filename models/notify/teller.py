"""Notifications from the changes of alarms: who is told is the desk's word, how is said here.

What the log brings and what time brings have windows of their own: a replay of the log cuts the
same windows, so it gives the same messages and digests with the same ids.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid5

from models.alarms.rules import Rule
from models.notify.channels import Channel, lanes
from models.notify.desk import Desk, Page
from models.notify.flood import Flood
from models.notify.notices import Line, digest, message, worst_of
from models.notify.rules import NotifyRules
from schemas.alarms import AlarmChange, Level
from schemas.notifications import Notification, Occasion

NAMESPACE = UUID("59d7eeea-a9fa-4ae3-8c72-72839f145d7b")
"""Fixed for ever: the ids of notifications are made in it."""

QUIET_MS = 5000
"""After so long without a change the log counts as read to its end, and the wall clock counts.
Until then time is what the last change says, so that nobody is reminded of an alarm whose
acknowledgement is still to be read."""

LOG, TIME = "log", "time"
RULES = "rules"
"""Who causes a change that no person does."""


class Teller:
    """Makes the notifications of one partition of changes."""

    def __init__(
        self, rules: Mapping[str, Rule], channels: Mapping[str, Channel], notify: NotifyRules
    ) -> None:
        self._desk = Desk(rules, channels, notify)
        self._channels = channels
        self._lanes = lanes(channels)
        self._floods = {
            source: {channel: Flood(notify.digest) for channel in sorted(channels)}
            for source in (LOG, TIME)
        }
        self._logged_ms = 0
        self._heard = True
        self._quiet_since_ms = 0

    def __len__(self) -> int:
        floods = (flood for source in self._floods.values() for flood in source.values())
        return len(self._desk) + sum(len(flood.held) for flood in floods)

    def take(self, changes: Iterable[tuple[AlarmChange, int]]) -> Iterator[Notification]:
        """What is to be said of changes, each with Kafka's timestamp (epoch ms UTC)."""
        for change, logged_ms in changes:
            self._heard, self._logged_ms = True, logged_ms
            yield from self._ended(LOG, logged_ms)
            for page in self._desk.take(change, logged_ms):
                yield from self._say(page, LOG, logged_ms)

    def tick(self, now_ms: int) -> Iterator[Notification]:
        """What is to be said because time has passed; ``now_ms`` is the wall clock."""
        if self._heard:
            self._heard, self._quiet_since_ms = False, now_ms
        quiet = now_ms - self._quiet_since_ms >= QUIET_MS
        time_ms = now_ms if quiet else min(now_ms, self._logged_ms)
        if time_ms == 0:
            return
        yield from self._ended(LOG, time_ms)
        yield from self._ended(TIME, time_ms)
        for page in self._desk.due(time_ms):
            yield from self._say(page, TIME, time_ms)

    def _ended(self, source: str, now_ms: int) -> Iterator[Notification]:
        """The digests of windows that have ended."""
        for channel, flood in self._floods[source].items():
            if flood.over(now_ms):
                yield from self._digest(channel, flood.end())

    def _say(self, page: Page, source: str, now_ms: int) -> Iterator[Notification]:
        flood, change = self._floods[source][page.channel], page.change
        critical = change.worst_level is Level.CRITICAL
        single = self._single(page, direct=source == LOG)
        if flood.admits(change.alarm_id, now_ms, critical=critical):
            yield single
            return
        line = Line(
            change.alarm_id, page.sequence, page.occasion, change.level, change.at, single.title
        )
        yield from self._digest(page.channel, flood.hold(line))

    def _single(self, page: Page, *, direct: bool) -> Notification:
        change, channel = page.change, page.channel
        rule = self._desk.rule(change)
        said = message(change, page.occasion, channel=self._channels[channel], rule=rule)
        name = f"{change.alarm_id}#{page.sequence}#{page.occasion}#{channel}"
        return Notification(
            notification_id=str(uuid5(NAMESPACE, f"{name}#{page.number}" if page.number else name)),
            channel=channel,
            lane=self._lanes[channel],
            occasion=page.occasion,
            alarm=change.alarm,
            alarm_id=change.alarm_id,
            sequence=page.sequence,
            level=change.level,
            title=said.title,
            text=said.text,
            runbook=rule.runbook if rule else None,
            fields=said.fields,
            at=change.at,
            seen_at=_seen_at(page) if direct else 0,
        )

    def _digest(self, channel: str, lines: Sequence[Line]) -> Iterator[Notification]:
        """Held-back messages as one. Its id is made of what it holds, so none can hide another."""
        if not lines:
            return
        held = sha256("\n".join(line.reference for line in lines).encode()).hexdigest()
        said = digest(lines, channel=self._channels[channel])
        yield Notification(
            notification_id=str(uuid5(NAMESPACE, f"{held}#{Occasion.DIGEST}#{channel}")),
            channel=channel,
            lane=self._lanes[channel],
            occasion=Occasion.DIGEST,
            alarm=None,
            alarm_id=None,
            sequence=None,
            level=worst_of(lines),
            title=said.title,
            text=said.text,
            runbook=None,
            fields=said.fields,
            at=max(line.at for line in lines),
            seen_at=0,
        )

    def save(self) -> dict[str, Any]:
        """The state as JSON data."""
        floods = {
            source: {channel: flood.save() for channel, flood in each.items()}
            for source, each in self._floods.items()
        }
        return {"logged_ms": self._logged_ms, "desk": self._desk.save(), "floods": floods}

    def load(self, data: Mapping[str, Any]) -> None:
        """Put a saved state back; what was held back for a channel that is gone is forgotten."""
        self._logged_ms = data["logged_ms"]
        self._desk.load(data["desk"])
        for source, saved in data["floods"].items():
            for channel, flood in saved.items():
                if channel in self._channels:
                    self._floods[source][channel].load(flood)


def _seen_at(page: Page) -> int:
    """When the reading behind a message was logged; 0 if the message has another cause."""
    decided = page.sequence == page.change.sequence and page.change.by == RULES
    return page.change.seen_at if decided else 0
