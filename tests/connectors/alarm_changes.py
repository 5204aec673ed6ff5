"""Changes of alarms as sinks are given them."""

from collections.abc import Sequence
from typing import Any

from models.alarms.key import alarm_key
from schemas.alarms import AlarmChange, Cause, Change, Level
from schemas.batch import Records
from schemas.records import Position

AT = 1_780_000_000_000

CLEARED: dict[str, Any] = {
    "change": Change.CLEARED,
    "level": Level.OK,
    "active": False,
    "cleared_at": AT + 2,
}


def change(sequence: int = 1, **fields: Any) -> AlarmChange:
    site, device = fields.get("site", "house"), fields.get("device", "room-1")
    usual: dict[str, Any] = {
        "alarm": alarm_key(site, device, "temperature", "too-warm"),
        "alarm_id": f"id-{fields.get('raised_at', AT)}",
        "change": Change.CREATED,
        "at": AT + sequence,
        "site": site,
        "device": device,
        "profile": "room.climate",
        "resource": "temperature",
        "rule": "too-warm",
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
        "value": 31.5,
        "threshold": 31.0,
        "unit": "Cel",
        "raised_at": AT,
        "cleared_at": None,
        "acknowledged_at": None,
        "acknowledged_by": None,
        "duration_s": 0.0,
        "openings": 1,
        "by": "rules",
        "text": None,
        "judged": sequence,
        "request_id": f"r-{sequence}",
        "position": Position(lat=51.9, lon=4.5),
        "seen_at": AT,
    }
    return AlarmChange(sequence=sequence, **usual | fields)


def batch(changes: Sequence[AlarmChange]) -> Records[AlarmChange]:
    return Records(record=AlarmChange, rows=changes)
