"""Judgements as requests to the alarm book."""

from collections.abc import Iterator
from math import isnan
from typing import Any

from models.alarms.key import alarm_key
from models.watch.condition import Condition
from models.watch.fleet import Fleet, Gone
from models.watch.heard import BETWEEN
from models.watch.ladder import LEVELS
from models.watch.watched import Watched
from schemas.alarms import Action, AlarmRequest, Cause, Judgement
from schemas.records import Position


def told(
    fleet: Fleet, device: int, condition: Condition, watched: Watched, at: int, **more: Any
) -> AlarmRequest:
    """What is to be told of a condition; ``more`` are fields of the judgement that differ."""
    plan = fleet.plans[fleet.devices.plan[device]]
    silent = bool(fleet.devices.silent[device]) and watched.cause is not Cause.SILENCE
    fields: dict[str, Any] = {
        "level": LEVELS[condition.told],
        "value": condition.value,
        "threshold": condition.threshold,
        "since": condition.since,
        "flapping": condition.flapping,
        "inhibited": silent and condition.stands,
        "profile": plan.profile,
        "position": _position(fleet, device),
    }
    condition.number = (condition.number or fleet.floor) + 1
    return _request(fleet.names[device], watched, condition.number, at, fields | more)


def gone(lost: list[Gone], at: int, seen_at: int) -> Iterator[AlarmRequest]:
    """Tell that conditions are not watched any more, so that none stands for ever."""
    for name, plan, watched, condition in lost:
        fields = {
            "level": LEVELS[0],
            "value": None,
            "threshold": None,
            "since": at,
            "profile": plan.profile,
            "seen_at": seen_at,
        }
        yield _request(name, watched, condition.number + 1, at, fields)


def _request(
    name: str, watched: Watched, number: int, at: int, fields: dict[str, Any]
) -> AlarmRequest:
    site, _, device = name.partition(BETWEEN)
    key = alarm_key(site, device, watched.resource, watched.name)
    return AlarmRequest(
        request_id=f"{key}#{number}",
        alarm=key,
        action=Action.JUDGE,
        at=at,
        by="rules",
        judgement=Judgement(number=number, cause=watched.cause, unit=watched.unit, **fields),
    )


def _position(fleet: Fleet, device: int) -> Position | None:
    lat, lon = float(fleet.devices.lat[device]), float(fleet.devices.lon[device])
    return None if isnan(lat) else Position(lat=lat, lon=lon)
