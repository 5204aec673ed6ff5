"""The law of the model "energy": five values that tell neither the setpoint nor the load."""

from dataclasses import dataclass

import numpy as np

from models.arrays import Floats
from models.energy.training.closed_loop import Moment, Windows
from models.energy.training.features import FIVE, features
from models.energy.training.law import HIGHEST_C, LOWEST_C
from models.energy.training.network import Network

T_MEAN = 0
MIDDLE_C = 22.5


@dataclass(frozen=True, slots=True, kw_only=True)
class FiveLaw:
    """The cooler the inlet, the higher the setpoint, along a line between two bounds.

    A law that sees no setpoint cannot know how far the inlet is above it; but in closed loop the
    inlet settles where the line meets the room, and a hot spot that grows is answered in part.
    """

    anchor_c: float
    """The inlet temperature at which the setpoint is ``MIDDLE_C``."""

    slope: float
    """By how much the setpoint falls per degree at the inlet."""

    highest_c: float
    """The highest setpoint that is ever answered."""

    stuck_c: float
    """The highest if the sensor does not even flicker."""

    energy: Network
    """Weather, humidity, inlet, setpoint -> kWh in the next hour per rated kW."""

    flicker_k: float = 5e-4

    def __call__(self, windows: Windows) -> tuple[Floats, Floats]:
        """Setpoints, and energies at them."""
        seen = features(windows, FIVE)
        setpoint = self._setpoint(seen)
        return setpoint, np.maximum(self.energy(np.hstack([seen, setpoint[:, None]])), 0.0)

    def policy(self, moment: Moment) -> Floats:
        """Decide in closed loop."""
        return self._setpoint(features(moment.windows, FIVE))

    def _setpoint(self, seen: Floats) -> Floats:
        line = MIDDLE_C - self.slope * (seen[:, T_MEAN] - self.anchor_c)
        stuck = seen[:, len(FIVE.sums)] < self.flicker_k
        bounded = np.minimum(line, np.where(stuck, self.stuck_c, self.highest_c))
        return np.clip(bounded, LOWEST_C, HIGHEST_C)
