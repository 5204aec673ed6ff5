"""What a room has shown of itself: how much warmer its inlet is than its setpoint, by load.

A model knows rooms in general. A room that has been steady for a while tells exactly how warm its
inlet becomes at that load. The worst of the last fourteen days counts: a sensor that begins to
drift downwards contradicts it, and is not believed. ``models.energy.ceiling`` makes use of it.

It is taken for granted that the air conditioner regulates by what is near the inlet: where the
inlet is below the setpoint, it does not, and nothing is learnt.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from models.energy.shown import LEVEL, Block, Curve, KeptExperience, Shown

MIN_MS, HOUR_MS, DAY_MS = 60_000, 3_600_000, 86_400_000
BLOCK_MS = 5 * MIN_MS

STEADY, STILL, HEARD, LAG = 8, 6, 4, 4
"""Blocks. So many must the load stay about the same before the inlet has come to rest, and so many
the setpoint; of so many is the inlet averaged; for so many does it remember the load of before.
These and the constants below were chosen on the development ground of ``tests/evaluation``."""

SWAY = 0.04
"""A load that stays within this is steady."""

HOURS, WEEK_H, DAYS = 24, 168, 14
"""How far back go loads, in hours that were heard, jumps of the load, and what was shown."""

LATELY_H, NEAR_H = 3, 1
"""Jumps count that were this many hours ago, or this near to this time of another day."""

DOUBT_K = 0.7
"""An inlet that is so much cooler than it was at the same load speaks against its sensor."""


class Experience:
    """What one room has shown, at loads that are all known or all unknown."""

    def __init__(self, kept: KeptExperience | None = None) -> None:
        """Go on from what was kept, or from nothing."""
        kept = kept or KeptExperience()
        self.at, self.load, self.inlet_c = kept.at, kept.load, kept.inlet_c
        self.setpoint_c, self.changed_at, self.doubt_k = (
            *(kept.setpoint_c, kept.changed_at, kept.doubt_k),
        )
        self._blocks = [replace(each) for each in kept.blocks]
        self._hours, self._loads, self._jumps = list(kept.hours), list(kept.loads), list(kept.jumps)
        self._shown = kept.shown
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
            blocks=tuple(replace(each) for each in self._blocks),
            hours=tuple(self._hours),
            loads=tuple(self._loads),
            jumps=tuple(self._jumps),
            shown=self._shown,
        )

    def take(self, at: int, load: float, inlet_c: float, setpoint_c: float) -> None:
        """Learn from a window, in the order of time."""
        if setpoint_c != self.setpoint_c:
            self.changed_at = at
        self.inlet_c = (self.inlet_c + inlet_c) / 2 if self._blocks else inlet_c
        self.at, self.load, self.setpoint_c = at, load, setpoint_c
        number = at // BLOCK_MS
        if not self._blocks or self._blocks[-1].number != number:
            self._begin(number)
        block = self._blocks[-1]
        block.still &= block.setpoint_c == setpoint_c
        block.count += 1
        block.load_sum += load
        block.excess_sum_k += inlet_c - setpoint_c
        self._loads[-1] = max(self._loads[-1], load)
        if len(self._blocks) > 1 and self._blocks[-2].number == number - 1:
            self._jumps[-1] = max(self._jumps[-1], load - self._blocks[-2].load)

    def startled(self) -> None:
        """Learn that the inlet is as warm as it is, unless the load has just moved."""
        if abs(self.load - self.lately) < SWAY:
            self._show(self.lately, self.inlet_c - self.setpoint_c, self.at)

    @property
    def lately(self) -> float:
        """The mean load of the last minutes, by which the inlet is as warm as it is."""
        blocks = self._blocks[-LAG:]
        return sum(each.load_sum for each in blocks) / sum(each.count for each in blocks)

    @property
    def still(self) -> bool:
        """Whether the setpoint has been the same for long enough to be learnt from."""
        return _still(self._blocks[-STILL - 1 :], STILL + 1)

    def highest(self, blocks: int) -> float:
        """The highest load of so many blocks, by their means."""
        return max(each.load for each in self._blocks[-blocks:])

    def coming(self, load: float) -> float | None:
        """What may come suddenly after this load; None as long as no whole day was seen."""
        return min(self._top, load + self._jump) if len(self._hours) >= HOURS else None

    def _begin(self, number: int) -> None:
        """Learn from the blocks before; begin another one."""
        self._learn()
        block = Block(number=number, setpoint_c=self.setpoint_c)
        self._blocks = [*self._blocks[-STEADY:], block]
        hour, first_day = self.at // HOUR_MS, self.at // DAY_MS - DAYS
        if not self._hours or self._hours[-1] != hour:
            past = sum(each <= hour - WEEK_H for each in self._hours)
            self._hours = [*self._hours[past:], hour]
            self._loads = [*self._loads[past:], 0.0]
            self._jumps = [*self._jumps[past:], 0.0]
            self._shown = tuple(each for each in self._shown if each.day > first_day)
        self._look()

    def _learn(self) -> None:
        """Learn from the last blocks, if the room was steady."""
        blocks = self._blocks[-STEADY:]
        if not (_follow(blocks, STEADY) and _still(blocks[-STILL:], STILL)):
            return
        loads = [each.load for each in blocks]
        if max(loads) - min(loads) > SWAY:
            return
        heard = blocks[-HEARD:]
        excess_k = sum(each.excess_sum_k for each in heard) / sum(each.count for each in heard)
        load = sum(loads[-STILL:]) / STILL
        if excess_k > 0:
            self._show(load, excess_k, blocks[-1].number * BLOCK_MS)
            cooler_k = self.curve.at(load) - excess_k
            self.doubt_k = cooler_k if cooler_k > DOUBT_K else 0.0

    def _show(self, load: float, excess_k: float, at: int) -> None:
        """Remember how warm the inlet was at a load; what it outlasts need not be remembered."""
        new = Shown(level=round(load / LEVEL), day=at // DAY_MS, excess_k=excess_k)
        same = [each for each in self._shown if each.level == new.level]
        if any(each.day >= new.day and each.excess_k >= excess_k for each in same):
            return
        kept = (each for each in self._shown if each not in same or each.excess_k > excess_k)
        self._shown = (*kept, new)
        self.curve = Curve.over(self._shown)

    def _look(self) -> None:
        """See what the loads of a week say of this hour."""
        self.curve = Curve.over(self._shown)
        self._top = max(self._loads[-HOURS:], default=0.0)
        ago = [self._hours[-1] - each for each in self._hours]
        near = (jump for jump, hours in zip(self._jumps, ago, strict=True) if _counts(hours))
        self._jump = max(near, default=0.0)


def _follow(blocks: Sequence[Block], count: int) -> bool:
    """Whether there are so many blocks, without a gap between them."""
    return len(blocks) == count and all(b.number == a.number + 1 for a, b in pairwise(blocks))


def _still(blocks: Sequence[Block], count: int) -> bool:
    """Whether there are so many blocks, and the setpoint never moved in them."""
    setpoints = {each.setpoint_c for each in blocks}
    return _follow(blocks, count) and len(setpoints) == 1 and all(each.still for each in blocks)


def _counts(ago_h: int) -> bool:
    return ago_h < LATELY_H or (ago_h + NEAR_H) % HOURS <= 2 * NEAR_H
