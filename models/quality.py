"""How far each reading can be trusted.

A reading gets one verdict, the first that applies of: missing (it has no value), whatever the
device itself says if that isn't good, clock_skew, out_of_range, stuck, spike; else good.
"""

from collections.abc import Hashable

import numpy as np
import numpy.typing as npt

from models.arrays import Bools, Ints, where
from models.arrivals import Arrivals
from models.rules import DOUBLE, NULL, Rules
from models.series import Series
from models.steadiness import Observed
from schemas.records import Quality

GOOD, OUT_OF_RANGE, CLOCK_SKEW, MISSING = (
    list(Quality).index(quality)
    for quality in (Quality.GOOD, Quality.OUT_OF_RANGE, Quality.CLOCK_SKEW, Quality.MISSING)
)
"""Verdicts are places in ``models.arrivals.QUALITIES``."""

LARGEST_TABLE = 1 << 16

Verdicts = npt.NDArray[np.uint8]


def verdicts(
    arrived: Arrivals, rules: Rules, series: Series, kept: Bools, *, skew_ms: int
) -> Verdicts:
    """The verdict on each reading; those of events not in ``kept`` mean nothing.

    An event is skewed if it is ahead of its arrival by more than ``skew_ms``. Its time orders
    nothing, so it is left out of its series, as are values that are no numbers.
    """
    skewed = arrived.at > np.minimum(arrived.received_at, arrived.logged_at) + skew_ms
    verdict = _alone(arrived, rules, skewed)
    watched = where((arrived.kind == DOUBLE) & (kept & ~skewed)[arrived.event])
    if watched.size:
        found = _in_series(arrived, rules, series, verdict, watched)
        struck = where((found != GOOD) & (verdict[watched] == GOOD))
        verdict[watched[struck]] = found[struck]
    verdict[arrived.kind == NULL] = MISSING
    return verdict


def _alone(arrived: Arrivals, rules: Rules, skewed: Bools) -> Verdicts:
    """What can be said of each reading by itself."""
    low, high = rules.specs.low[arrived.spec], rules.specs.high[arrived.spec]
    verdict = arrived.told.copy()
    if skewed.any():
        verdict[skewed[arrived.event] & (verdict == GOOD)] = CLOCK_SKEW
    outside = (arrived.kind == DOUBLE) & ((arrived.value < low) | (arrived.value > high))
    if outside.any():
        verdict[outside & (verdict == GOOD)] = OUT_OF_RANGE
    return verdict


def _in_series(
    arrived: Arrivals, rules: Rules, series: Series, verdict: Verdicts, watched: Ints
) -> Verdicts:
    """Stuck or spike, or GOOD, for each of the readings at the places ``watched``."""
    places = slice(None) if watched.size == arrived.spec.size else watched
    specs, spec, event = rules.specs, arrived.spec[places], arrived.event[places]
    keys, device = _devices(arrived, rules, event)
    observed = Observed(
        at=arrived.at.astype(np.float64)[event],
        value=arrived.value[places],
        innocent=verdict[places] == GOOD,
        rate_per_min=specs.rate_per_min[spec],
        stuck_after_ms=specs.stuck_after_ms[spec],
    )
    return series.judge(keys, device, specs.column[spec], observed)


def _devices(arrived: Arrivals, rules: Rules, event: Ints) -> tuple[list[Hashable], Ints]:
    """The devices of some events, each (site, device, profile) once; then which one each has.

    A device that changes its profile is another device: its readings mean something else.
    """
    present = np.zeros(arrived.rows.num_rows, bool)
    present[event] = True
    rows = where(present)
    site, device, profile = arrived.site, arrived.device, arrived.profile
    pair = site.codes * len(device.distinct) + device.codes
    first, number = _numbered((pair * (rules.profiles + 1) + profile)[rows])
    chosen = rows[first]
    names = zip(site.words(chosen), device.words(chosen), profile[chosen].tolist(), strict=True)
    of_event = np.empty(len(present), np.intp)
    of_event[rows] = number
    return list(names), of_event[event]


def _numbered(keys: Ints) -> tuple[Ints, Ints]:
    """Where each key is for the first time, and every key's number in that order."""
    if keys.max() > LARGEST_TABLE:
        keys = np.unique(keys, return_inverse=True)[1]
    table = np.empty(keys.max() + 1, np.intp)
    every = np.arange(len(keys))
    # written from the end, so that the first place of each key is the one that stays
    table[keys[::-1]] = every[::-1]
    [first] = np.nonzero(table[keys] == every)
    table[keys[first]] = np.arange(len(first))
    return first, table[keys]
