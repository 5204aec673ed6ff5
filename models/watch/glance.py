"""A glance at a batch: which devices need a closer look, because something may have changed.

For all others the new readings are taken in at once, by a few operations on whole arrays.
"""

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from models.arrays import Bools, Floats, Ints, where
from models.watch.condition import NEVER
from models.watch.fleet import Fleet
from models.watch.heard import Heard
from models.watch.judge import MINUTE_MS
from models.watch.watched import Plan
from schemas.alarms import Cause
from schemas.batch import Int64s

T = TypeVar("T", bound=np.generic)


@dataclass(frozen=True, slots=True)
class Lanes:
    """What of the plans is judged for a reading of a resource, as flat arrays.

    ``first`` and ``count`` [plan * resources + resource] say where that stands in the others.
    """

    first: Ints
    count: Ints
    place: Ints
    trusting: Bools
    trouble: Bools
    rate: Bools
    plans: int
    resources: int

    def of(self, plan: Ints, resource: Ints) -> tuple[Ints, Ints]:
        """Readings, each as often as there is something to judge, and where that stands."""
        key = plan * self.resources + resource
        count = self.count[key]
        ends = np.cumsum(count)
        shift = self.first[key] - ends + count
        reading = np.repeat(np.arange(len(key)), count)
        return reading, np.arange(len(reading)) + shift[reading]


def lanes(plans: list[Plan], resources: list[str]) -> Lanes:
    """Lay plans out; the last resource is the one that no plan knows."""
    groups = [plan.judged.get(name, ()) for plan in plans for name in [*resources, ""]]
    count = np.array([len(group) for group in groups], np.intp)
    width = len(resources) + 1
    each = [(n // width, place) for n, group in enumerate(groups) for place in group]
    watched = [plans[plan].conditions[place] for plan, place in each]
    return Lanes(
        first=np.cumsum(count) - count,
        count=count,
        place=np.array([place for _, place in each], np.intp),
        trusting=np.array([one.trusting for one in watched], bool),
        trouble=np.array([one.cause is Cause.TROUBLE for one in watched], bool),
        rate=np.array([one.cause is Cause.RATE for one in watched], bool),
        plans=len(plans),
        resources=width,
    )


def glance(heard: Heard, fleet: Fleet, layout: Lanes, known: Ints, reached: Int64s) -> Bools:
    """Take in what changes nothing; tell which of the distinct names need a closer look.

    ``known`` [name] is the device of each, ``reached`` [event] the newest time so far of all.
    """
    codes, devices = heard.name.codes, fleet.devices
    device = known[codes]
    plan = devices.plan[device]
    odd = np.zeros(len(known), bool)
    strange = heard.skewed | (heard.signature != devices.signature[device])
    odd[codes[where(strange | devices.silent[device])]] = True

    order = _order(codes)
    first = _first(codes[order])
    last = np.append(first[1:], len(order)) - 1
    each = device[order[first]]
    at, deadline = heard.at[order], (heard.at + fleet.silent_ms[plan])[order]
    behind = at < _shifted(at, first, devices.newest[each])
    behind |= reached[order] >= _shifted(deadline, first, devices.deadline[each])
    behind[last] |= deadline[last] <= reached[-1]
    odd[codes[order[where(behind)]]] = True

    rates = _judge(heard, fleet, layout, device, odd)
    calm = where(~odd[codes[order[last]]])
    devices.newest[each[calm]] = at[last[calm]]
    devices.deadline[each[calm]] = deadline[last[calm]]
    rates.keep(fleet, odd)
    _keep_positions(heard, fleet, device, odd)
    return odd


@dataclass(frozen=True, slots=True)
class _Rates:
    """The last readings of the slots in which rates are watched."""

    code: Ints
    slot: Ints
    value: Floats
    at: Int64s

    def keep(self, fleet: Fleet, odd: Bools) -> None:
        calm = where(~odd[self.code])
        fleet.slots.last[self.slot[calm]] = self.value[calm]
        fleet.slots.last_at[self.slot[calm]] = self.at[calm]


def _judge(heard: Heard, fleet: Fleet, layout: Lanes, device: Ints, odd: Bools) -> _Rates:
    """Mark the names of which a reading is not as calm as its condition asks for."""
    plan = fleet.devices.plan[device]
    reading, lane = layout.of(plan[heard.event], heard.resource)
    event = heard.event[reading]
    slot = fleet.devices.base[device][event] + layout.place[lane]
    value, good = heard.value[reading], heard.good[reading]
    judged = (good | layout.trusting[lane]) & ~np.isnan(value)
    rate = where(layout.rate[lane] & judged)
    trouble = layout.trouble[lane]
    judged |= trouble
    value = np.where(trouble, ~good, value)
    code = heard.name.codes[event]
    order = rate[np.argsort(slot[rate], kind="stable")]
    kept, value[order], known = _rates(
        fleet, code[order], slot[order], value[order], heard.at[event[order]]
    )
    judged[order] &= known
    calm = (value >= fleet.slots.low[slot]) & (value <= fleet.slots.high[slot])
    odd[code[where(judged & ~calm)]] = True
    return kept


def _rates(
    fleet: Fleet, code: Ints, slot: Ints, value: Floats, at: Int64s
) -> tuple[_Rates, Floats, Bools]:
    """What to remember of numbers that stand slot by slot, their rates, and which have one."""
    first = _first(slot)
    before = _shifted(at, first, fleet.slots.last_at[slot[first]])
    gap = at - before
    known = (before != NEVER) & (gap > 0)
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        moved = value - _shifted(value, first, fleet.slots.last[slot[first]])
        rate = moved / (gap / MINUTE_MS)
    last = np.append(first[1:], len(slot))[: len(first)] - 1
    return _Rates(code[last], slot[last], value[last], at[last]), rate, known


def _keep_positions(heard: Heard, fleet: Fleet, device: Ints, odd: Bools) -> None:
    position = heard.rows.column("position")
    if position.null_count < len(position):
        there = position.is_valid().to_numpy(zero_copy_only=False)
        calm = where(there & ~odd[heard.name.codes])
        for name in ("lat", "lon"):
            degrees = position.field(name).to_numpy(zero_copy_only=False)
            getattr(fleet.devices, name)[device[calm]] = degrees[calm]


def _order(codes: Ints) -> Ints:
    """Name by name, and within each as it came."""
    # numpy sorts 16-bit numbers by radix, several times faster
    small = len(codes) and codes.max() < 1 << 16
    return np.argsort(codes.astype(np.uint16) if small else codes, kind="stable")


def _first(keys: npt.NDArray[np.integer]) -> Ints:
    """Where each key begins, once in order."""
    new = np.ones(len(keys), bool)
    np.not_equal(keys[1:], keys[:-1], out=new[1:])
    return where(new)


def _shifted(entries: npt.NDArray[T], first: Ints, before: npt.NDArray[T]) -> npt.NDArray[T]:
    """What stands before each entry in its group."""
    shifted = np.empty_like(entries)
    shifted[1:] = entries[:-1]
    shifted[first] = before
    return shifted
