"""The devices of one partition, what is watched on each, and what is remembered of it."""

from collections.abc import Sequence

import numpy as np

from models.arrays import Floats, Ints, where
from models.watch.condition import NEVER, Condition
from models.watch.fleet_arrays import ALWAYS, Devices, Slots, make_room
from models.watch.heard import BETWEEN, Heard
from models.watch.ladder import NOTHING
from models.watch.watched import Plan, Selection, Watched
from schemas.alarms import Cause

Gone = tuple[str, Plan, Watched, Condition]
"""Something wrong that nothing watches any more; first the name of its device, and its plan."""


class Fleet:
    """Devices and conditions by number: of a device, and of the slot of each of its conditions."""

    def __init__(self, selection: Selection, limit: int) -> None:
        self._selection = selection
        self._limit = limit
        self._holes: list[int] = []
        self._rooms: dict[int, list[int]] = {}
        """First slots of what was left, by how many there are."""

        self._slots = 0
        self._numbered: dict[int, int] = {}
        self._calm: list[Floats] = []
        self._asked: object = None
        self._known = np.empty(0, np.intp)
        self.names: list[str] = []
        self.numbers: dict[str, int] = {}
        self.plans: list[Plan] = []
        self.silent_ms = np.empty(0, np.int64)
        """The shortest silence, by plan; half of ALWAYS if there is none."""

        self.devices = Devices(*(np.empty(0, kind) for kind in "qq?qqqdd"))
        self.slots = Slots(*(np.empty(0, kind) for kind in "dddq"))
        self.conditions: dict[int, Condition] = {}
        """By slot; what was never anything but ok is not there."""

        self.floor = 0
        """The highest number of a judgement on what was forgotten: new conditions count on."""

    def __len__(self) -> int:
        """Count the conditions watched."""
        return self._slots - sum(width * len(rooms) for width, rooms in self._rooms.items())

    def fill(self, names: Sequence[str], devices: Devices, plans: Sequence[Plan]) -> None:
        """Take in devices, all at once and with everything ok; nothing was known before."""
        self.names, self.devices = list(names), devices
        self.numbers = {name: number for number, name in enumerate(names)}
        numbers = np.array([self.number_of(plan) for plan in plans], np.int64)
        widths = np.array([len(plan.conditions) for plan in plans], np.int64)
        width = widths[devices.plan]
        devices.plan, devices.base = numbers[devices.plan], np.cumsum(width) - width
        self._slots = int(width.sum())
        make_room(self.slots, self._slots)
        self.slots.last_at[:] = NEVER
        for number in numbers.tolist():
            slots = devices.base[devices.plan == number][:, None] + np.arange(
                len(self.plans[number].conditions)
            )
            self.slots.low[slots], self.slots.high[slots] = self._calm[number]

    def due(self, time: int) -> Ints:
        """Devices of which a silence has begun by ``time``."""
        return where(self.devices.deadline[: len(self.names)] <= time)

    def admit(self, heard: Heard) -> tuple[Ints, list[Gone]]:
        """The device of each distinct name, -1 if no event has it; and what was forgotten."""
        words = heard.name
        if words.distinct is not self._asked:
            self._asked = words.distinct
            known = map(self.numbers.get, words.distinct.to_pylist())
            self._known = np.array([-1 if n is None else n for n in known], np.intp)
        if not (self._known < 0).any():
            return self._known, []
        row = np.full(len(words.distinct), -1)
        row[words.codes[::-1]] = np.arange(len(words.codes))[::-1]
        new = where((self._known < 0) & (row >= 0))
        new = new[np.argsort(row[new])]
        names, signatures = words.words(row[new]), heard.signature[row[new]].tolist()
        plans = [self._plan(*each) for each in zip(names, signatures, strict=True)]
        gone = self._forget(sum(len(plan.conditions) for plan in plans))
        places = zip(new.tolist(), names, signatures, plans, strict=True)
        for code, name, signature, plan in places:
            self._known[code] = self._add(name, signature, plan)
        return self._known, gone

    def select(self, device: int, signature: int) -> list[Gone]:
        """Select the rules of a device anew; tell which conditions are gone."""
        name, old = self.names[device], self.plans[self.devices.plan[device]]
        kept = self._leave(device)
        plan = self._plan(name, signature)
        self._settle(device, signature, plan)
        base = int(self.devices.base[device])
        for slot, watched in enumerate(plan.conditions, base):
            condition = kept.pop((watched.rule, watched.cause), None)
            if condition:
                self.conditions[slot] = condition
                self.slots.low[slot], self.slots.high[slot] = NOTHING
        return self._gone(name, old, kept)

    def number_of(self, plan: Plan) -> int:
        """The number of a plan."""
        if id(plan) not in self._numbered:
            self._numbered[id(plan)] = len(self.plans)
            self.plans.append(plan)
            calm = [watched.ladder.calm(0, 0.0) for watched in plan.conditions]
            self._calm.append(np.array(calm, np.float64).reshape(-1, 2).T)
            silences = [plan.conditions[place].silent_ms for place in plan.silences]
            self.silent_ms = np.append(self.silent_ms, min(silences, default=ALWAYS // 2))
        return self._numbered[id(plan)]

    def _plan(self, name: str, signature: int) -> Plan:
        site, _, device = name.partition(BETWEEN)
        return self._selection.plan(site, device, signature)

    def _add(self, name: str, signature: int, plan: Plan) -> int:
        device = self._holes.pop() if self._holes else len(self.names)
        if device == len(self.names):
            self.names.append(name)
            make_room(self.devices, len(self.names))
        self.names[device] = name
        self.numbers[name] = device
        self.devices.newest[device], self.devices.deadline[device] = NEVER, ALWAYS
        self.devices.silent[device] = False
        self.devices.lat[device] = self.devices.lon[device] = np.nan
        self._settle(device, signature, plan)
        return device

    def _settle(self, device: int, signature: int, plan: Plan) -> None:
        """Give a device its plan, and slots in which everything is ok."""
        width, rooms = len(plan.conditions), self._rooms.get(len(plan.conditions))
        base = rooms.pop() if rooms else self._slots
        if base == self._slots:
            self._slots += width
            make_room(self.slots, self._slots)
        self.devices.signature[device], self.devices.base[device] = signature, base
        self.devices.plan[device] = self.number_of(plan)
        part = slice(base, base + width)
        self.slots.low[part], self.slots.high[part] = self._calm[self.number_of(plan)]
        self.slots.last_at[part] = NEVER

    def _leave(self, device: int) -> dict[tuple[str, Cause], Condition]:
        """Take a device's slots away; what was remembered in them."""
        plan, base = self.plans[self.devices.plan[device]], int(self.devices.base[device])
        if plan.conditions:
            self._rooms.setdefault(len(plan.conditions), []).append(base)
        return {
            (watched.rule, watched.cause): self.conditions.pop(slot)
            for slot, watched in enumerate(plan.conditions, base)
            if slot in self.conditions
        }

    def _gone(self, name: str, plan: Plan, lost: dict[tuple[str, Cause], Condition]) -> list[Gone]:
        # one more, as its end is told as well
        told = [condition.number + 1 for condition in lost.values() if condition.number]
        self.floor = max([self.floor, *told])
        watched = {(each.rule, each.cause): each for each in plan.conditions}
        return [(name, plan, watched[key], lost[key]) for key in lost if lost[key].stands]

    def _forget(self, needed: int) -> list[Gone]:
        """Make room for so many conditions: forget devices that were not heard for longest.

        At least an eighth of them, so that it is rare; first those on which nothing is wrong.
        """
        surplus = len(self) + needed - self._limit
        if surplus <= 0 or not self.numbers:
            return []
        self._asked = None
        spared = set(self._known[self._known >= 0].tolist())
        gone: list[Gone] = []
        for device in self._unheard(spared, max(surplus, self._limit // 8)):
            name, plan = self.names[device], self.plans[self.devices.plan[device]]
            gone += self._gone(name, plan, self._leave(device))
            del self.numbers[name]
            self.devices.deadline[device], self.names[device] = ALWAYS, ""
            self._holes.append(device)
        return gone

    def _unheard(self, spared: set[int], surplus: int) -> list[int]:
        """The devices unheard for longest, with at least ``surplus`` conditions if there are."""
        order = np.array([n for n in self.numbers.values() if n not in spared], np.intp)
        standing = [slot for slot, condition in self.conditions.items() if condition.stands]
        wrong = np.zeros(self._slots + 1, np.intp)
        wrong[np.array(standing, np.intp) + 1] = 1
        so_far, base = np.cumsum(wrong), self.devices.base[order]
        widths = np.array([len(plan.conditions) for plan in self.plans])
        width = widths[self.devices.plan[order]]
        is_wrong = so_far[base + width] > so_far[base]
        ranked = np.lexsort((self.devices.newest[order], is_wrong))
        count = int(np.searchsorted(np.cumsum(width[ranked]), surplus)) + 1
        chosen: list[int] = order[ranked[:count]].tolist()
        return chosen
