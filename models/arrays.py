"""The kinds of arrays that models compute with."""

from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.intp]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

Column = Any
"""An Arrow array: its published types don't know what arrays of records and lists can do."""


def where(mask: Bools) -> Ints:
    """Where ``mask`` is true: ``np.flatnonzero`` at a fifth of the cost of the call."""
    return mask.nonzero()[0]
