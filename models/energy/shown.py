"""What a room has shown, as it is kept, and the curve that comes of it."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Annotated

LEVEL = 0.02
"""Loads so near to each other are one; a load is the servers' power by rated power, 0 to 1."""


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
    hours: Annotated[tuple[int, ...], "Those of a week that had any window, since the epoch."] = ()
    loads: Annotated[tuple[float, ...], "The highest load of each of these hours."] = ()
    jumps: Annotated[tuple[float, ...], "The most that it rose above the minutes before."] = ()
    shown: Annotated[tuple[Shown, ...], "What was shown by load and day, the oldest first."] = ()


@dataclass(frozen=True, slots=True)
class Curve:
    """Excess by load, K, as far as it was shown; it never falls with the load."""

    loads: Sequence[float]
    excess_k: Sequence[float]

    @classmethod
    def over(cls, shown: Iterable[Shown]) -> "Curve":
        """The worst that was shown at each level."""
        worst: dict[int, float] = {}
        for each in shown:
            worst[each.level] = max(worst.get(each.level, each.excess_k), each.excess_k)
        levels = sorted(worst)
        rising = accumulate((worst[level] for level in levels), max)
        return cls([level * LEVEL for level in levels], list(rising))

    def at(self, load: float) -> float:
        """In proportion between what was shown, beyond as at the end; not of an empty curve."""
        place = bisect_left(self.loads, load)
        if place in (0, len(self.loads)):
            return self.excess_k[min(place, len(self.loads) - 1)]
        low, high = self.loads[place - 1], self.loads[place]
        part = (load - low) / (high - low)
        return self.excess_k[place - 1] * (1 - part) + self.excess_k[place] * part
