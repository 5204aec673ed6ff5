"""Changes of alarms as sinks are given them."""

from collections.abc import Sequence
from typing import Any

from models.alarms.key import alarm_key
from schemas.alarms import AlarmChange, Change, Level
from schemas.batch import Records
from schemas.records import Position
from tests.models import alarm_changes

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
        "at": AT + sequence,
        "site": site,
        "device": device,
        "profile": "room.climate",
        "rule": "too-warm",
        "value": 31.5,
        "raised_at": AT,
        "judged": sequence,
        "request_id": f"r-{sequence}",
        "position": Position(lat=51.9, lon=4.5),
        "seen_at": AT,
    }
    return alarm_changes.change(sequence=sequence, **usual | fields)


def batch(changes: Sequence[AlarmChange]) -> Records[AlarmChange]:
    return Records(record=AlarmChange, rows=changes)
