"""What a room has shown of itself: how much warmer its inlet is than its setpoint, by load.

A model knows rooms in general. A room that has been steady for a while tells exactly how warm its
inlet becomes at that load. The worst of the last fourteen days counts: a sensor that begins to
drift downwards contradicts it, and is not believed. ``models.energy.ceiling`` makes use of it.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Annotated

MIN_MS, HOUR_MS, DAY_MS = 60_000, 3_600_000, 86_400_000
BLOCK_MS = 5 * MIN_MS

STEADY, STILL, HEARD, LAG = 8, 6, 4, 4
"""Blocks. So many must the load stay about the same before the inlet has come to rest, and so many
the setpoint; of so many is the inlet averaged; for so many does it remember the load of before."""

LEVEL = 0.02
"""Loads so near to each other are one; a load is the servers' power by rated power, 0 to 1."""

SWAY = 0.04
"""A load that stays within this is steady."""

HOURS, WEEK_H, DAYS = 24, 168, 14
"""How far back go loads, jumps of the load, and what was shown."""

LATELY_H, NEAR_H = 3, 1
"""Jumps count that were this many hours ago, or this near to this time of another day."""

DOUBT_K = 0.7
"""An inlet that is so much cooler than it was at the same load speaks against its sensor."""


@dataclass(slots=True, kw_only=True)
class Block:
    """Five minutes of a room."""

    number: Annotated[int, "Its time by its length, epoch."]
    setpoint_c: Annotated[float, "Setpoint at its begin, degrees Celsius."]
    still: Annotated[bool, "Whether the setpoint stayed there."] = True
    count: Annotated[int, "Windows in it."] = 0
    load_sum: Annotated[float, "Their loads, added up."] = 0.0
    excess_sum_k: Annotated[float, "Inlet less setpoint, added up."] = 0.0

    @property
    def load(self) -> float:
        """The mean load."""
        return self.load_sum / self.count


@dataclass(slots=True, kw_only=True)
class Hour:
    """What an hour's load was like."""

    number: Annotated[int, "Hours since the epoch."]
    load: Annotated[float, "The highest load."] = 0.0
    jump: Annotated[float, "The most that it was above the five minutes before."] = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """How warm it became at a load on a day."""

    level: Annotated[int, "The load in steps."]
    day: Annotated[int, "Days since the epoch."]
    excess_k: Annotated[float, "Inlet less setpoint, at most."]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptExperience:
    """All that is remembered of a room's behaviour."""

    at: Annotated[int, "Time of the last window, epoch milliseconds UTC."] = 0
    load: Annotated[float, "Its load."] = 0.0
    inlet_c: Annotated[float, "Inlet over the last minutes, degrees Celsius."] = 0.0
    setpoint_c: Annotated[float, "Setpoint in the last window, degrees Celsius."] = 0.0
    changed_at: Annotated[int, "Since when it is that, epoch milliseconds UTC."] = 0
    doubt_k: Annotated[float, "How much cooler the inlet is than it used to be."] = 0.0
    blocks: Annotated[tuple[Block, ...], "The last ones, the newest under way."] = ()
    hours: Annotated[tuple[Hour, ...], "Those of a week that had any window."] = ()
    shown: Annotated[tuple[Shown, ...], "What was shown by load and day."] = ()


class Experience:
    """What one room has shown."""

    def __init__(self, kept: KeptExperience | None = None) -> None:
        kept = kept or KeptExperience()
        self.at, self.load, self.inlet_c = kept.at, kept.load, kept.inlet_c
        self.setpoint_c, self.changed_at, self.doubt_k = (
            *(kept.setpoint_c, kept.changed_at, kept.doubt_k),
        )
        self._blocks, self._hours = list(kept.blocks), list(kept.hours)
        self._shown = {(each.level, each.day): each.excess_k for each in kept.shown}
        self._look()

    def kept(self) -> KeptExperience:
        """All of it."""
        return KeptExperience(
            at=self.at,
            load=self.load,
            inlet_c=self.inlet_c,
            setpoint_c=self.setpoint_c,
            changed_at=self.changed_at,
            doubt_k=self.doubt_k,
            blocks=tuple(self._blocks),
            hours=tuple(self._hours),
            shown=tuple(
                Shown(level=level, day=day, excess_k=excess_k)
                for (level, day), excess_k in self._shown.items()
            ),
        )

    def take(self, at: int, load: float, inlet_c: float, setpoint_c: float) -> None:
        """Learn from a window, in the order of time."""
        if setpoint_c != self.setpoint_c:
            self.changed_at = at
        self.inlet_c = (self.inlet_c + inlet_c) / 2 if self._blocks else inlet_c
        self.at, self.load, self.setpoint_c = at, load, setpoint_c
        if not self._blocks or self._blocks[-1].number != at // BLOCK_MS:
            self._begin()
        block, hour = self._blocks[-1], self._hours[-1]
        block.still &= block.setpoint_c == setpoint_c
        block.count += 1
        block.load_sum += load
        block.excess_sum_k += inlet_c - setpoint_c
        hour.load = max(hour.load, load)
        if len(self._blocks) > 1:
            hour.jump = max(hour.jump, load - self._blocks[-2].load)

    @property
    def lately(self) -> float:
        """The mean load of the last minutes, by which the inlet is as warm as it is."""
        blocks = self._blocks[-LAG:]
        return sum(each.load_sum for each in blocks) / sum(each.count for each in blocks)

    @property
    def still(self) -> bool:
        """Whether the setpoint has been the same for long enough to be learnt from."""
        blocks = self._blocks[-STILL - 1 :]
        return len(blocks) > STILL and len({each.setpoint_c for each in blocks}) == 1

    def highest(self, blocks: int) -> float:
        """The highest load of so many blocks, by their means."""
        return max(each.load for each in self._blocks[-blocks:])

    def coming(self, load: float) -> float | None:
        """What may come suddenly after this load; None as long as no whole day was seen."""
        return min(self._top, load + self._jump) if len(self._hours) >= HOURS else None

    def show(self, load: float, excess_k: float) -> None:
        """Remember how warm the inlet is at a load."""
        place = round(load / LEVEL), self.at // DAY_MS
        self._shown[place] = max(self._shown.get(place, excess_k), excess_k)
        first = place[1] - DAYS
        self._shown = {place: k for place, k in self._shown.items() if place[1] > first}
        self.curve = Curve.over(self._shown.items())

    def _begin(self) -> None:
        """Learn from the blocks before; begin another one."""
        self._learn()
        self._blocks = [
            *self._blocks[-STEADY:],
            Block(number=self.at // BLOCK_MS, setpoint_c=self.setpoint_c),
        ]
        hour = self.at // HOUR_MS
        if not self._hours or self._hours[-1].number != hour:
            first = hour - WEEK_H
            self._hours = [each for each in self._hours if each.number > first]
            self._hours.append(Hour(number=hour))
        self._look()

    def _learn(self) -> None:
        """Learn from the last blocks, if the room was steady."""
        blocks = self._blocks[-STEADY:]
        if len(blocks) < STEADY or any(b.number != a.number + 1 for a, b in pairwise(blocks)):
            return
        loads = [each.load for each in blocks]
        same = all(each.still for each in blocks[-STILL:]) and (
            len({each.setpoint_c for each in blocks[-STILL:]}) == 1
        )
        if not same or max(loads) - min(loads) > SWAY:
            return
        heard = blocks[-HEARD:]
        excess_k = sum(each.excess_sum_k for each in heard) / sum(each.count for each in heard)
        load = sum(loads[-STILL:]) / STILL
        self.show(load, excess_k)
        cooler_k = self.curve.at(load) - excess_k
        self.doubt_k = cooler_k if cooler_k > DOUBT_K else 0.0

    def _look(self) -> None:
        """See what the loads of a week say of this hour."""
        self.curve = Curve.over(self._shown.items())
        now = self._hours[-1].number if self._hours else 0
        self._top = max((each.load for each in self._hours if each.number > now - HOURS), default=0)
        near = (each.jump for each in self._hours if _counts(now - each.number))
        self._jump = max(near, default=0.0)


def _counts(ago_h: int) -> bool:
    return ago_h < LATELY_H or (ago_h + NEAR_H) % HOURS <= 2 * NEAR_H


@dataclass(frozen=True, slots=True)
class Curve:
    """Excess by load, K, as far as it was shown; it never falls with the load."""

    loads: Sequence[float]
    excess_k: Sequence[float]

    @classmethod
    def over(cls, shown: Iterable[tuple[tuple[int, int], float]]) -> "Curve":
        """The worst that was shown at each level."""
        worst: dict[int, float] = {}
        for (level, _), excess_k in shown:
            worst[level] = max(worst.get(level, excess_k), excess_k)
        levels = sorted(worst)
        rising = accumulate((worst[level] for level in levels), max)
        return cls([level * LEVEL for level in levels], list(rising))

    def at(self, load: float) -> float:
        """In proportion between what was shown, beyond as at the end; not of an empty curve."""
        place = bisect_left(self.loads, load)
        if place == 0 or place == len(self.loads):
            return self.excess_k[min(place, len(self.loads) - 1)]
        low, high = self.loads[place - 1], self.loads[place]
        part = (load - low) / (high - low)
        return self.excess_k[place - 1] * (1 - part) + self.excess_k[place] * part
