"""A fleet as bytes: numpy's own format of arrays, which runs no code when it is read."""

import io
import json
from collections.abc import Mapping
from dataclasses import fields
from math import isnan
from typing import Any

import numpy as np

from models.arrays import Ints, where
from models.watch.condition import NEVER, Condition
from models.watch.fleet import Fleet
from models.watch.fleet_arrays import Devices
from models.watch.watched import Plan, Selection, Watched, plan_of
from schemas.alarms import Cause

VERSION = 1
BETWEEN_NAMES = "\x1e"
"""Names have no control characters."""

HELD = ("held_1", "held_2", "held_3")
PLAIN = [each.name for each in fields(Condition) if each.name != "held"]
PER_DEVICE = [each.name for each in fields(Devices) if each.name != "base"]

Arrays = Mapping[str, Any]


def saved(fleet: Fleet, fingerprint: str, more: Mapping[str, int]) -> bytes:
    """Everything that a fleet knows; ``more`` numbers are kept beside it."""
    alive = np.array(list(fleet.numbers.values()), np.intp)
    header = {
        "version": VERSION,
        "fingerprint": fingerprint,
        "floor": fleet.floor,
        "plans": [_plain(plan) for plan in fleet.plans],
        "more": dict(more),
    }
    arrays = {name: getattr(fleet.devices, name)[alive] for name in PER_DEVICE}
    arrays |= _conditions(fleet, alive)
    arrays["header"] = _text(json.dumps(header))
    arrays["names"] = _text(BETWEEN_NAMES.join(fleet.numbers))
    target = io.BytesIO()
    np.savez(target, **arrays)
    return target.getvalue()


def restore(fleet: Fleet, selection: Selection, data: bytes) -> dict[str, int]:
    """Let a new fleet know what another knew; give what was kept beside it.

    If the rules have changed, they are selected anew at each device's next reading.

    Raises:
        ValueError: the bytes are of another version, or broken.

    """
    arrays = np.load(io.BytesIO(data), allow_pickle=False)
    header = json.loads(arrays["header"].tobytes())
    if header["version"] != VERSION:
        raise ValueError(f"saved by version {header['version']}, this is version {VERSION}")
    names = arrays["names"].tobytes().decode().split(BETWEEN_NAMES)
    devices = Devices(base=np.empty(0, np.int64), **{name: arrays[name] for name in PER_DEVICE})
    if header["fingerprint"] == selection.fingerprint:
        plans = [selection.plan_by(each["rules"], each["profile"]) for each in header["plans"]]
    else:
        plans = [_past(each) for each in header["plans"]]
        devices.signature[:] = -1
    fleet.fill(names if len(devices.plan) else [], devices, plans)
    fleet.floor = header["floor"]
    _restore_conditions(fleet, arrays)
    more: dict[str, int] = header["more"]
    return more


def _conditions(fleet: Fleet, alive: Ints) -> dict[str, Any]:
    """What is known of conditions, each by its slot as if there were no holes."""
    widths = np.array([len(plan.conditions) for plan in fleet.plans], np.intp)
    width, base = widths[fleet.devices.plan[alive]], fleet.devices.base[alive]
    dense = np.full(len(fleet.slots.low), -1)
    slots = np.arange(width.sum()) + np.repeat(base - np.cumsum(width) + width, width)
    dense[slots] = np.arange(len(slots))
    known = list(fleet.conditions.values())
    arrays: dict[str, Any] = {
        name: np.array([getattr(each, name) for each in known], _kind(name)) for name in PLAIN
    }
    held = np.array([each.held for each in known], np.int64).reshape(-1, len(HELD))
    rated = where(fleet.slots.last_at[slots] != NEVER)
    return (
        {f"condition.{name}": each for name, each in arrays.items()}
        | {f"condition.{name}": held[:, place] for place, name in enumerate(HELD)}
        | {
            "condition.slot": dense[np.array(list(fleet.conditions), np.intp)],
            "rate.slot": rated,
            "rate.last": fleet.slots.last[slots[rated]],
            "rate.last_at": fleet.slots.last_at[slots[rated]],
        }
    )


def _restore_conditions(fleet: Fleet, arrays: Arrays) -> None:
    rated, slots = arrays["rate.slot"], arrays["condition.slot"]
    fleet.slots.last[rated] = arrays["rate.last"]
    fleet.slots.last_at[rated] = arrays["rate.last_at"]
    # nothing is calm until the next reading has been looked at
    fleet.slots.low[slots], fleet.slots.high[slots] = np.inf, -np.inf
    columns = [arrays[f"condition.{name}"].tolist() for name in PLAIN]
    held = zip(*(arrays[f"condition.{name}"].tolist() for name in HELD), strict=True)
    rows = zip(slots.tolist(), held, *columns, strict=True)
    for slot, since, *values in rows:
        known = dict(zip(PLAIN, map(_or_none, values), strict=True))
        fleet.conditions[slot] = Condition(held=list(since), **known)


def _kind(name: str) -> type:
    return {"threshold": np.float64, "value": np.float64, "flapping": np.bool_}.get(name, np.int64)


def _or_none(value: Any) -> Any:
    return None if isinstance(value, float) and isnan(value) else value


def _text(text: str) -> Any:
    return np.frombuffer(text.encode(), np.uint8)


def _plain(plan: Plan) -> dict[str, Any]:
    """What is kept of a plan: by its rules it can be made again, as long as they are the same."""
    kept = [field.name for field in fields(Watched) if field.name != "ladder"]
    conditions = [{name: getattr(each, name) for name in kept} for each in plan.conditions]
    return {"profile": plan.profile, "rules": plan.rules, "conditions": conditions}


def _past(plan: dict[str, Any]) -> Plan:
    """A plan of rules that may be no more: only its names and its silences are of use."""
    conditions = [
        Watched(**(each | {"cause": Cause(each["cause"])})) for each in plan["conditions"]
    ]
    return plan_of(plan["profile"], plan["rules"], conditions)
