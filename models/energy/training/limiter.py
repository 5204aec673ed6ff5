"""The limits on setpoints that hold at run time, for many simulated rooms at once."""

import numpy as np

from models.arrays import Bools, Floats
from models.sites import SetpointLimits


class Limiter:
    """Keeps each room's setpoint within its bounds, and its rise slow."""

    def __init__(self, setpoint_c: Floats, limits: SetpointLimits) -> None:
        self._limits = limits
        self._past = np.tile(setpoint_c, (max(1, round(limits.rise_s / 60)), 1))
        self._held_min = np.full(len(setpoint_c), np.inf)

    @property
    def setpoint_c(self) -> Floats:
        """What the rooms are set to."""
        return np.asarray(self._past[-1])

    def __call__(self, wanted_c: Floats) -> Floats:
        """A minute later: the setpoints that the wishes come to, a step down if between two."""
        limits, now = self._limits, self._past[-1]
        highest = np.minimum(limits.max_c, self._past.min(axis=0) + limits.rise_c)
        bounded = np.clip(wanted_c, limits.min_c, np.maximum(highest, now))
        stepped = np.floor(bounded / limits.step_c + 1e-6) * limits.step_c
        may_rise: Bools = self._held_min * 60 >= limits.hold_s
        setpoint = np.where((stepped > now) & ~may_rise, now, stepped)
        self._held_min = np.where(setpoint == now, self._held_min + 1, 1)
        self._past = np.vstack([self._past[1:], setpoint])
        return np.asarray(setpoint)
