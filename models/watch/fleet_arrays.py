"""What is remembered of devices, and of what is watched on them, as arrays that grow."""

from dataclasses import dataclass, fields

import numpy as np

from models.arrays import Bools, Floats
from schemas.batch import Int64s

ALWAYS = 1 << 62
"""After all times."""


@dataclass(slots=True)
class Devices:
    """One entry per device; those that are forgotten leave holes."""

    newest: Int64s
    """Time of the newest reading; NEVER before the first."""

    deadline: Int64s
    """When silence begins, or another silence after the first; ALWAYS if none does."""

    silent: Bools
    signature: Int64s
    """See ``Heard``; -1 where rules are to be selected anew."""

    plan: Int64s
    base: Int64s
    """Its first slot."""

    lat: Floats
    """Where it was last, in degrees; NaN if it never said."""

    lon: Floats


@dataclass(slots=True)
class Slots:
    """One entry per condition."""

    low: Floats
    """Readings from here ..."""

    high: Floats
    """... to here leave the condition as it is."""

    last: Floats
    """The last reading, where rates are watched, and its time."""

    last_at: Int64s


def make_room(arrays: Devices | Slots, size: int) -> None:
    """Let every array have at least ``size`` entries."""
    for each in fields(arrays):
        old = getattr(arrays, each.name)
        if len(old) < size:
            larger = np.empty(max(2 * len(old), size, 64), old.dtype)
            larger[: len(old)] = old
            setattr(arrays, each.name, larger)
