"""What is remembered of each series, a resource of a device, to tell stuck values and spikes."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, fields
from typing import Self

import numpy as np
import numpy.typing as npt

from models.places import Places
from models.rules import Floats, Ints

Bools = npt.NDArray[np.bool_]

LAST, SINCE, NEWEST, GOOD, GOOD_AT = range(5)
"""The memory of a series: its last value, since when it has been the same, its newest event time;
the last good value and its time. Times are epoch ms, exact in a float."""

FRESH = (np.nan, 0.0, -np.inf, np.nan, -np.inf)


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """Numbers in the order of their arrival, one entry each."""

    device: Ints
    """Place among the devices, which are numbered in the order of their first entry."""

    column: Ints
    at: Floats
    value: Floats
    able: Bools
    """Nothing else is wrong with it."""

    rate_per_min: Floats
    stuck_after_ms: Floats
