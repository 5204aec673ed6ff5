"""Windows: six sets of one room in a row, in the order of their time, none of them used twice.

- A set counts if it is at most ``lateness_ms`` older than the newest of its room, younger than
  every set of an earlier window, and not within ``apart_ms`` of another set.
- As soon as so many sets as belong to a window are there, the oldest first, no two neighbours more
  than ``gap_ms`` and the first and the last no more than ``span_ms`` apart, they are one.
- If they cannot be any more, because what would belong between them would come too late, those
  before the hole are a window that lacks sets.

- If the log has told nothing of a room for longer than ``silence_ms``, what waits is one too, and
  be it nothing.

So windows depend on the log and its times alone, and not on where batches are cut.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field

from models.energy.settings import EnergySettings

NEVER = -(2**62)
"""Before every time."""

Set = tuple[int, Sequence[float]]
"""When a set was measured, and its values as ``models.energy.inputs`` has them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How sets make a window."""

    sets: int
    gap_ms: float
    span_ms: float
    lateness_ms: float
    apart_ms: float

    patience_ms: float
    """As long as this after a set, others may come that stand with it."""

    silence_ms: float


@dataclass(frozen=True, slots=True)
class Window:
    """Sets in the order of their time; fewer than a model needs if some are missing."""

    at: int
    """Time of its newest set; 1 ms after the window before it, if it has none at all."""

    sets: Sequence[Set]
    full: bool


@dataclass(slots=True)
class Gathering:
    """The sets of one room that are in no window yet."""

    newest: int = NEVER
    """Time of the newest set."""

    done: int = NEVER
    """Time of the last set of the last window."""

    sets: list[Set] = field(default_factory=list)

    @property
    def heard(self) -> bool:
        """Whether there was any set."""
        return self.newest != NEVER

    def take(self, at: int, values: Sequence[float], pace: Pace) -> Sequence[Window]:
        """Take in a set; give the windows that it completes or ends, the oldest first."""
        if at < self._reached(pace) or not self._fits(at, values, pace):
            return ()
        self.newest = max(self.newest, at)
        first, _ = self.sets[0]
        if len(self.sets) < pace.sets and self._reached(pace) <= first + pace.patience_ms:
            return ()  # the common case, told at once
        windows = []
        while window := self._close(pace):
            windows.append(window)
        return windows

    def give_up(self) -> Window:
        """What waits, as a window that lacks sets: the room has fallen silent."""
        sets, self.sets = self.sets, []
        self.done = self.newest
        return Window(self.newest if sets else self.newest + 1, sets, full=False)

    def _reached(self, pace: Pace) -> float:
        """What is older than this comes too late."""
        return self.newest - pace.lateness_ms

    def _fits(self, at: int, values: Sequence[float], pace: Pace) -> bool:
        """Put a set between its neighbours, unless it is too near to one."""
        sets = self.sets
        place = bisect_left(sets, (at,))
        before = sets[place - 1][0] if place else self.done
        if at - before < pace.apart_ms:
            return False
        if place < len(sets) and sets[place][0] - at < pace.apart_ms:
            return False
        sets.insert(place, (at, values))
        return True

    def _close(self, pace: Pace) -> Window | None:
        sets = self.sets
        run = _run(sets, pace)
        if run < pace.sets:
            if run == len(sets):
                return None
            hole_until = min(sets[run - 1][0] + pace.gap_ms, sets[0][0] + pace.span_ms)
            if self._reached(pace) <= hole_until:
                return None
        self.sets = sets[run:]
        self.done = sets[run - 1][0]
        return Window(self.done, sets[:run], run == pace.sets)


def pace(settings: EnergySettings) -> Pace:
    """How sets make a window by these settings."""
    interval_ms = settings.interval_s * 1000
    gap_ms, span_ms = settings.gap_intervals * interval_ms, settings.span_intervals * interval_ms
    return Pace(
        sets=settings.sets,
        gap_ms=gap_ms,
        span_ms=span_ms,
        lateness_ms=settings.lateness_s * 1000,
        apart_ms=interval_ms / 2,
        patience_ms=min(gap_ms, span_ms),
        silence_ms=span_ms + settings.lateness_s * 1000,
    )


def _run(sets: Sequence[Set], pace: Pace) -> int:
    """How many of the first sets stand together, at most as many as make a window."""
    for place in range(1, min(pace.sets, len(sets))):
        at = sets[place][0]
        if at - sets[place - 1][0] > pace.gap_ms or at - sets[0][0] > pace.span_ms:
            return place
    return min(pace.sets, len(sets))
