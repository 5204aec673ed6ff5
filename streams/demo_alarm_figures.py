"""What the alarms of a demonstration come to, counted where they lie."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow.compute as pc

from connectors.message_log import MessageLog
from connectors.webhook_receiver import WebhookReceiver
from schemas.alarms import AlarmChange, Cause, Change
from schemas.batch import Columns, Records
from schemas.notifications import Ending
from schemas.topics import (
    ALARMS_CHANGED,
    NOTIFICATIONS_REQUESTED,
    NOTIFICATIONS_SENT,
    READINGS_ACCEPTED,
)
from streams import audit
from streams.demo_alarms import ACKNOWLEDGED

ORIGINAL_LIMITS = {"temperature": 31.0, "humidity": 85.0, "co2": 410.0}
"""Above which the student project's function posts, at each reading; see farm-team-d.yaml."""

DAY_MS = 86_400_000

Check = tuple[str, int, int]


@dataclass(frozen=True, slots=True)
class AlarmFigures:
    """What the alarms came to, counted in the topics and at the receiver."""

    events: int
    devices: int
    days: float
    """Between the first and the last reading."""

    original_posts: int
    """What the original's rule would have posted on the same readings."""

    changes: Mapping[str, int]
    openings: int
    gaps: int
    """Sequence numbers that are missing."""

    acknowledged: int
    documents: int
    keys: int
    wanted: int
    """Notifications asked for."""

    delivered: int
    received: int
    to_alarm_ms: Mapping[str, float]
    to_delivery_ms: Mapping[str, float]

    def checks(self) -> list[Check]:
        """Sums that have to come out: what, expected, found."""
        return [
            ("alarm changes without a gap in their sequence", 0, self.gaps),
            ("alarms with changes = in MongoDB", self.keys, self.documents),
            ("alarms asked to be acknowledged = acknowledged", ACKNOWLEDGED, self.acknowledged),
            ("notifications wanted = delivered", self.wanted, self.delivered),
            ("notifications delivered = at the receiver", self.delivered, self.received),
        ]

    def document(self) -> dict[str, Any]:
        """As ``build/demo.json`` holds them."""
        return {
            "changes": dict(self.changes),
            "openings": self.openings,
            "acknowledged": self.acknowledged,
            "notifications": self.delivered,
            "posts_per_reading": self.delivered / self.events,
            "original_posts_per_reading": self.original_posts / self.events,
            "alarms_per_device_and_day": self.openings / self.devices / self.days,
            "reading_to_alarm_ms": dict(self.to_alarm_ms),
            "reading_to_delivery_ms": dict(self.to_delivery_ms),
        }


def alarm_figures(
    log: MessageLog,
    webhook: WebhookReceiver,
    *,
    acknowledged: int,
    documents: int,
    since_ms: int,
) -> AlarmFigures:
    """Count everything where it lies; readings since then tell how long their alarms took."""
    air = _air(log)
    found: dict[tuple[str, int], AlarmChange] = {}
    to_alarm: list[int] = []
    for batch in audit.batches(log, ALARMS_CHANGED, Records):
        for change, logged_at in zip(batch.rows, batch.origin.logged_at.tolist(), strict=True):
            again = (change.alarm, change.sequence) in found
            if change.seen_at >= since_ms and _by_a_reading(change) and not again:
                to_alarm.append(logged_at - change.seen_at)
            found[change.alarm, change.sequence] = change
    last: dict[str, int] = {}
    for alarm, sequence in found:
        last[alarm] = max(sequence, last.get(alarm, 0))
    wanted = {each.notification_id for each in _records(log, NOTIFICATIONS_REQUESTED)}
    sent = {
        each.notification_id: each
        for each in _records(log, NOTIFICATIONS_SENT)
        if each.ending is Ending.DELIVERED
    }
    to_delivery = [each.at - each.seen_at for each in sent.values() if each.seen_at >= since_ms]
    kinds = [change.change for change in found.values()]
    return AlarmFigures(
        **air,
        changes={kind.value: kinds.count(kind) for kind in Change if kind in kinds},
        openings=kinds.count(Change.CREATED),
        gaps=sum(last.values()) - len(found),
        acknowledged=acknowledged,
        documents=documents,
        keys=len(last),
        wanted=len(wanted),
        delivered=len(sent),
        received=len(webhook.received),
        to_alarm_ms=_percentiles(to_alarm),
        to_delivery_ms=_percentiles(to_delivery),
    )


def _air(log: MessageLog) -> dict[str, Any]:
    """The readings, and what the original would have made of them."""
    events = posts = 0
    devices: set[str] = set()
    times: list[int] = []
    for batch in audit.batches(log, READINGS_ACCEPTED, Columns):
        rows = batch.rows
        events += rows.num_rows
        devices.update(rows.column("device").unique().to_pylist())
        times += pc.min_max(rows.column("at")).as_py().values()
        readings = rows.column("readings").flatten()
        value = readings.field("value").field(1).to_numpy(zero_copy_only=False)
        resource = readings.field("resource")
        for name, limit in ORIGINAL_LIMITS.items():
            named = pc.equal(resource, name).to_numpy(zero_copy_only=False)
            posts += int((value[named] > limit).sum())
    return {
        "events": events,
        "devices": len(devices),
        "days": (max(times) - min(times)) / DAY_MS,
        "original_posts": posts,
    }


def _by_a_reading(change: AlarmChange) -> bool:
    followed = (Change.CREATED, Change.RAISED, Change.LOWERED, Change.CLEARED)
    return change.seen_at > 0 and change.cause is not Cause.SILENCE and change.change in followed


def _records(log: MessageLog, topic: Any) -> Iterable[Any]:
    for batch in audit.batches(log, topic, Records):
        yield from batch.rows


def _percentiles(values: list[int]) -> dict[str, float]:
    return {f"p{p}": float(np.percentile(values, p)) for p in (50, 95, 99)} if values else {}
