"""The levels of a rule as closed intervals of numbers: which one a value is on."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf, nextafter
from typing import Self

from models.alarms.rules import Bound
from schemas.alarms import Level

LEVELS = list(Level)
"""A level's rank is its place here; 0 is ok."""

Interval = tuple[float, float]
"""Lowest and highest number of it; empty if the first is above the second."""

EVERYTHING: Interval = (-inf, inf)
NOTHING: Interval = (inf, -inf)


@dataclass(frozen=True, slots=True)
class Step:
    """One level."""

    rank: int
    within: Interval
    """Values that do not cross its bound."""

    resets: Interval
    """Values at which it may end; never beyond its bound."""

    limits: tuple[float | None, float | None]
    """As given: below and above."""


@dataclass(frozen=True, slots=True)
class Ladder:
    """Levels, the mildest first."""

    steps: tuple[Step, ...]

    @classmethod
    def of(cls, bounds: Mapping[Level, Bound]) -> Self:
        """The levels that have a bound. Where no reset is given, a level ends within its bound."""
        return cls(tuple(_step(LEVELS.index(lv), bounds[lv]) for lv in LEVELS if lv in bounds))

    def demand(self, value: float) -> int:
        """The highest level whose bound ``value`` crosses, 0 if none."""
        for step in reversed(self.steps):
            if not step.within[0] <= value <= step.within[1]:
                return step.rank
        return 0

    def resets(self, rank: int, value: float) -> bool:
        """Whether ``value`` lets a level end; a level that has no bound any more always does."""
        step = self._step(rank)
        return step is None or step.resets[0] <= value <= step.resets[1]

    def limit(self, rank: int, value: float) -> float | None:
        """The limit of a level that ``value`` crosses."""
        step = self._step(rank)
        if step is None:
            return None
        return step.limits[0] if value < step.within[0] else step.limits[1]

    def calm(self, rank: int, value: float) -> Interval:
        """An interval around ``value``, which stays on level ``rank``, where everything does."""
        low, high = EVERYTHING
        for step in self.steps:
            if step.rank > rank:
                low, high = max(low, step.within[0]), min(high, step.within[1])
        if rank:
            step_here = self._step(rank)
            first, last = step_here.resets if step_here else EVERYTHING
            if first <= last and value > last:
                low = max(low, nextafter(last, inf))
            elif first <= last:
                high = min(high, nextafter(first, -inf))
        return low, high

    def _step(self, rank: int) -> Step | None:
        return next((step for step in self.steps if step.rank == rank), None)


TROUBLE = Ladder((Step(LEVELS.index(Level.WARNING), (0.0, 0.5), (0.0, 0.5), (None, None)),))
"""For how suspect a reading is: 1 if it is, 0 if not."""

NO_LEVELS = Ladder(())


def _step(rank: int, bound: Bound) -> Step:
    low = -inf if bound.below is None else _beside(bound.below, inf, moved=bound.inclusive)
    high = inf if bound.above is None else _beside(bound.above, -inf, moved=bound.inclusive)
    first, last = low, high
    if bound.reset_above is not None:
        first = max(first, _beside(bound.reset_above, inf, moved=True))
    if bound.reset_below is not None:
        last = min(last, _beside(bound.reset_below, -inf, moved=True))
    return Step(rank, (low, high), (first, last), (bound.below, bound.above))


def _beside(limit: float, towards: float, *, moved: bool) -> float:
    return nextafter(limit, towards) if moved else limit
