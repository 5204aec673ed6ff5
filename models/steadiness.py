"""Stuck values and spikes, from how the numbers of a series follow one another.

A value is *stuck* once it has been the same, to the bit, for as long as its profile allows. A
silence as long as that begins a new run: what nobody watched is not held against the sensor.

A value is a *spike* if it moved from the last good value by more than its profile's rate allows;
for less than a minute, a minute's worth is allowed. As time passes more is allowed, so a real
step is believed in the end. What is not good itself never serves for comparison.
"""

from dataclasses import dataclass
from typing import Self, TypeVar

import numpy as np
import numpy.typing as npt

from models.arrays import Bools, Floats, Ints, where

T = TypeVar("T", bound=np.generic)

LAST, SINCE, NEWEST, GOOD, GOOD_AT = range(5)
"""What is remembered of a series: the last value, since when it has been the same and its event
time; the last good value and its event time. Times are epoch milliseconds, exact in a float."""

NOTHING = (np.nan, 0.0, -np.inf, np.nan, -np.inf)
"""The memory of a series that was never seen."""

MINUTE_MS = 60_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """Numbers of several series, one entry each."""

    at: Floats
    value: Floats
    innocent: Bools
    """Nothing else is wrong with it."""

    rate_per_min: Floats
    stuck_after_ms: Floats

    def pick(self, places: Ints | slice) -> Self:
        """Some of the entries."""
        return type(self)(
            at=self.at[places],
            value=self.value[places],
            innocent=self.innocent[places],
            rate_per_min=self.rate_per_min[places],
            stuck_after_ms=self.stuck_after_ms[places],
        )


def late(at: Floats, first: Ints, newest: Floats) -> Bools | None:
    """Which entries are not newer than all before them; None if all are.

    Entries stand series by series; ``first`` [series] says where each begins and ``newest``
    [series] what was newest before.
    """
    if (at > _shifted(at, first, newest)).all():
        return None
    # the series end to end on one axis: what one has reached says nothing about the next
    start = at.min()
    span = int(at.max() - start) + 2
    axis = np.repeat(np.arange(len(first)) * span, np.diff(first, append=len(at)))
    place = axis + (at - start + 1).astype(np.int64)
    floor = axis[first] + np.clip(newest - start + 1, 0, span - 1).astype(np.int64)
    reached = place.copy()
    reached[first] = np.maximum(place[first], floor)
    behind: Bools = place <= _shifted(np.maximum.accumulate(reached), first, floor)
    return behind


def judge(seen: Observed, first: Ints, before: Floats) -> tuple[Bools, Bools, Floats]:
    """Tell which entries are stuck and which are spikes, and what to remember.

    Entries stand series by series, ascending in time; ``first`` [series] says where each begins.
    ``before`` [series, 5] is what was remembered.
    """
    since = _since(seen, first, before)
    stuck = seen.at - since >= seen.stuck_after_ms
    able = seen.innocent & ~stuck
    spike = _spikes(seen, able, first, before)
    last = _ends(first, len(since)) - 1
    after = np.empty_like(before)
    after[:, LAST] = seen.value[last]
    after[:, SINCE] = since[last]
    after[:, NEWEST] = seen.at[last]
    after[:, GOOD:] = _last_good(seen, able & ~spike, first, last, before)
    return stuck, spike, after


def _since(seen: Observed, first: Ints, before: Floats) -> Floats:
    """Since when each value has been the same."""
    bits = seen.value.view(np.int64)
    gap = seen.at - _shifted(seen.at, first, before[:, NEWEST])
    same = bits == _shifted(bits, first, before[:, LAST].copy().view(np.int64))
    same &= gap < seen.stuck_after_ms
    if not same.any():
        return seen.at
    begun = np.where(same, 0, np.arange(len(bits)))
    begun[first] = first
    time = seen.at.copy()
    time[first] = np.where(same[first], before[:, SINCE], time[first])
    since: Floats = time[np.maximum.accumulate(begun)]
    return since


def _spikes(seen: Observed, able: Bools, first: Ints, before: Floats) -> Bools:
    """Spikes among the ``able``."""
    good = _shifted(seen.value, first, before[:, GOOD])
    good_at = _shifted(seen.at, first, before[:, GOOD_AT])
    if not able.all():
        usable = _shifted(able, first, np.True_)
        source = np.maximum.accumulate(np.where(usable, np.arange(len(able)), 0))
        good, good_at = good[source], good_at[source]
    with np.errstate(over="ignore", invalid="ignore"):
        minutes = np.maximum((seen.at - good_at) / MINUTE_MS, 1.0)
        spike: Bools = able & (np.abs(seen.value - good) > seen.rate_per_min * minutes)
    # what follows the first spike of a series was compared with that spike, so look again
    struck = np.unique(np.searchsorted(first, where(spike), "right") - 1)
    ends = _ends(first, len(able))
    for series in struck.tolist():
        part = slice(first[series], ends[series])
        spike[part] = _walk(seen.pick(part), able[part], *before[series, GOOD:].tolist())
    return spike


def _walk(seen: Observed, able: Bools, good: float, good_at: float) -> list[bool]:
    """Spikes of one series, one entry after the other."""
    spikes = []
    columns = (seen.value, seen.at, seen.rate_per_min, able)
    for value, at, rate, is_able in zip(*(each.tolist() for each in columns), strict=True):
        spike = is_able and abs(value - good) > rate * max((at - good_at) / MINUTE_MS, 1.0)
        spikes.append(spike)
        if is_able and not spike:
            good, good_at = value, at
    return spikes


def _last_good(seen: Observed, good: Bools, first: Ints, last: Ints, before: Floats) -> Floats:
    """The last good value of each series and its time, [series, 2]."""
    if not good.all():
        known = np.maximum.accumulate(np.where(good, np.arange(len(good)), -1))[last]
        found = (known >= first)[:, None]
        return np.where(
            found, np.column_stack((seen.value[known], seen.at[known])), before[:, GOOD:]
        )
    return np.column_stack((seen.value[last], seen.at[last]))


def _ends(first: Ints, size: int) -> Ints:
    ends = np.empty_like(first)
    ends[:-1], ends[-1] = first[1:], size
    return ends


def _shifted(entries: npt.NDArray[T], first: Ints, before: T | npt.NDArray[T]) -> npt.NDArray[T]:
    """What stands before each entry in its series."""
    shifted = np.empty_like(entries)
    shifted[1:] = entries[:-1]
    shifted[first] = before
    return shifted
