"""How far each reading can be trusted.

A reading gets one verdict, the first that applies of: missing (it has no value), whatever the
device itself says if that isn't good, clock_skew, out_of_range, stuck, spike; else good.
"""

from collections.abc import Hashable

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from models.arrivals import Arrivals
from models.rules import DOUBLE, NULL, Bools, Rules
from models.series import Series
from models.steadiness import Observed
from models.words import Ints, Words
from schemas.records import Quality

GOOD, OUT_OF_RANGE, CLOCK_SKEW, MISSING = (
    list(Quality).index(quality)
    for quality in (Quality.GOOD, Quality.OUT_OF_RANGE, Quality.CLOCK_SKEW, Quality.MISSING)
)
"""Verdicts are places in ``models.arrivals.QUALITIES``."""

Verdicts = npt.NDArray[np.uint8]


def verdicts(
    arrived: Arrivals, rules: Rules, series: Series, kept: Bools, *, skew_ms: int
) -> Verdicts:
    """The verdict on each reading; those of events not in ``kept`` mean nothing.

    An event is skewed if it is ahead of its arrival by more than ``skew_ms``. Its time orders
    nothing, so it is left out of its series, as are values that are no numbers.
    """
    specs, spec, value = rules.specs, arrived.spec, arrived.value
    number = arrived.kind == DOUBLE
    skewed = arrived.at > np.minimum(arrived.received_at, arrived.logged_at) + skew_ms
    verdict = arrived.told.copy()
    if skewed.any():
        verdict[skewed[arrived.event] & (verdict == GOOD)] = CLOCK_SKEW
    outside = number & ((value < specs.low[spec]) | (value > specs.high[spec]))
    if outside.any():
        verdict[outside & (verdict == GOOD)] = OUT_OF_RANGE
    watched = number & (kept & ~skewed)[arrived.event]
    places = np.flatnonzero(watched)
    if places.size:
        everything = places.size == watched.size
        found = _unsteady(arrived, rules, series, verdict, slice(None) if everything else places)
        struck = np.flatnonzero(found)
        if struck.size:
            struck = struck[verdict[places[struck]] == GOOD]
            verdict[places[struck]] = found[struck]
    verdict[arrived.kind == NULL] = MISSING
    return verdict


def _unsteady(
    arrived: Arrivals, rules: Rules, series: Series, verdict: Verdicts, places: Ints | slice
) -> Verdicts:
    """Stuck or spike, or 0, for each of the readings at ``places``."""
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
    rows = np.flatnonzero(present)
    devices, profiles = len(arrived.device.distinct), rules.profiles + 1
    triple = (arrived.site.codes * devices + arrived.device.codes) * profiles + arrived.profile
    encoded = pa.array(triple[rows]).dictionary_encode()
    number = np.empty(len(present), np.intp)
    number[rows] = encoded.indices.to_numpy()
    pair, profile = np.divmod(encoded.dictionary.to_numpy(), profiles)
    site, device = np.divmod(pair, devices)
    names = zip(
        _words(arrived.site, site), _words(arrived.device, device), profile.tolist(), strict=True
    )
    return list(names), number[event]


def _words(words: Words, codes: Ints) -> list[str]:
    texts: list[str] = words.distinct.take(pa.array(codes)).to_pylist()
    return texts
