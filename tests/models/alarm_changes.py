"""Makers of changes of alarms, and of who tells of them."""

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import TypeAdapter

from models.alarms.rules import Rule
from models.notify.channels import Channel
from models.notify.rules import NotifyRules
from models.notify.teller import Teller
from schemas.alarms import AlarmChange, Cause, Change, Level
from schemas.notifications import Notification

NOON = 1_772_366_400_000
"""2026-03-01 12:00 UTC, a Sunday."""

MINUTE = 60_000
RULE: dict[str, Any] = {
    "resource": "temperature",
    "levels": {"warning": {"above": 31}},
    "channels": ("chat",),
}
CHAT = {"kind": "discord", "url_secret": "CHAT_URL"}


def channels(**rows: Any) -> dict[str, Channel]:
    return TypeAdapter(dict[str, Channel]).validate_python(rows or {"chat": CHAT})


def rules(**changes: Any) -> dict[str, Rule]:
    return {"warm": Rule.model_validate(RULE | changes)}


def teller(
    *,
    rule: Mapping[str, Any] | None = None,
    rows: Mapping[str, Any] | None = None,
    notify: Mapping[str, Any] | None = None,
) -> Teller:
    return Teller(
        rules(**(rule or {})), channels(**(rows or {})), NotifyRules.model_validate(notify or {})
    )


def change(kind: Change = Change.CREATED, sequence: int = 1, **changes: Any) -> AlarmChange:
    """A change of an alarm that is active at a warning level, unless ``changes`` say otherwise."""
    device = changes.pop("device", "air-1")
    fields: dict[str, Any] = {
        "alarm": f"bleiswijk/{device}/temperature/warm",
        "alarm_id": f"id-{device}",
        "sequence": sequence,
        "change": kind,
        "at": NOON,
        "site": "bleiswijk",
        "device": device,
        "profile": "farm.climate",
        "resource": "temperature",
        "rule": "warm",
        "cause": Cause.VALUE,
        "level": Level.WARNING,
        "previous_level": Level.OK,
        "worst_level": Level.WARNING,
        "active": True,
        "acknowledged": False,
        "latched": False,
        "flapping": False,
        "inhibited": False,
        "backfilled": False,
        "disabled": False,
        "shelved_until": None,
        "value": 32.4,
        "threshold": 31.0,
        "unit": "Cel",
        "raised_at": NOON,
        "cleared_at": None,
        "acknowledged_at": None,
        "acknowledged_by": None,
        "duration_s": 0.0,
        "openings": 1,
        "by": "rules",
        "text": None,
        "judged": 1,
        "request_id": "r-1",
        "position": None,
        "seen_at": NOON + 20,
    }
    return AlarmChange(**fields | changes)


def cleared(sequence: int = 2, **changes: Any) -> AlarmChange:
    fields = {"level": Level.OK, "previous_level": Level.WARNING, "active": False}
    return change(Change.CLEARED, sequence, **fields | {"duration_s": 754.0} | changes)


def acknowledged(sequence: int = 2, **changes: Any) -> AlarmChange:
    fields = {"acknowledged": True, "acknowledged_by": "jun", "by": "jun"}
    return change(Change.ACKNOWLEDGED, sequence, **fields | changes)


def critical(sequence: int = 2, **changes: Any) -> AlarmChange:
    fields = {"level": Level.CRITICAL, "previous_level": Level.WARNING}
    return change(Change.RAISED, sequence, **fields | {"worst_level": Level.CRITICAL} | changes)


def take(to: Teller, *changes: AlarmChange, at: int = NOON) -> list[Notification]:
    return list(to.take((each, at) for each in changes))


def until(to: Teller, now_ms: int) -> list[Notification]:
    """Let the wall clock count, then tick."""
    before = list(to.tick(now_ms - 5000))
    return before + list(to.tick(now_ms))


def said(notifications: Iterable[Notification]) -> list[tuple[str, str]]:
    """Occasion and channel of each."""
    return [(str(each.occasion), each.channel) for each in notifications]
