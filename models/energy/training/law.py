"""From what the networks say of a window to a setpoint; ``graph`` says the same in ONNX."""

from dataclasses import dataclass

import numpy as np

from models.arrays import Floats
from models.energy.training.closed_loop import LIMIT_C, Moment, Windows
from models.energy.training.features import LOAD, features
from models.energy.training.network import Network

LOWEST_C, HIGHEST_C = 18.0, 27.0
STAY_K = 0.01
"""So much above the setpoint, for rounding down to come to it."""

T_MEAN, OUTDOOR, SETPOINT, LOAD_MEAN = 0, 2, 5, 7
"""Where these are among the features of LOAD."""

WARM_C, HOT_C = 26.7, 26.9
"""Between these, patience comes to its end."""

TYPICAL = (LOAD_MEAN, OUTDOOR)
ENERGY = (LOAD_MEAN, OUTDOOR, 3, 4)


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadLaw:
    """The model "energy-load".

    The inlet's measured excess over the setpoint says how high the setpoint may be; a network
    corrects it for load, trend, weather and what the planner knows that sensors don't.
    """

    correction: Network
    """All features -> how far the planner goes beyond LIMIT_C less the excess, K."""

    least: Network
    most: Network
    """Load, outdoors -> an excess that few rooms are below; that few are above."""

    energy: Network
    """Load, weather, humidity, setpoint -> kWh in the next hour per rated kW."""

    patience_k: float = 0.35
    """How far the setpoint may be above the safe one before it is lowered; nothing in the heat."""

    least_rise_k: float = 0.5
    flicker_k: float = 5e-4
    """A sensor that moves less within a window is taken for stuck."""

    def __call__(self, windows: Windows) -> tuple[Floats, Floats]:
        """Setpoints, and energies at them."""
        seen = features(windows, LOAD)
        setpoint, safe = seen[:, SETPOINT], self._safe(seen)
        change = safe - setpoint
        room = (HOT_C - seen[:, T_MEAN]) / (HOT_C - WARM_C)
        patience = self.patience_k * np.clip(room, 0.0, 1.0)
        stay = (change >= -patience) & (change < self.least_rise_k)
        wanted = np.clip(np.where(stay, setpoint + STAY_K, safe), LOWEST_C, HIGHEST_C)
        cost = self.energy(np.hstack([seen[:, ENERGY], wanted[:, None]]))
        return wanted, np.maximum(cost, 0.0)

    def _safe(self, seen: Floats) -> Floats:
        """The highest setpoint that is safe, as far as anybody can tell."""
        safe = LIMIT_C - (seen[:, T_MEAN] - seen[:, SETPOINT]) + self.correction(seen)
        safe = np.minimum(safe, LIMIT_C - self.least(seen[:, TYPICAL]))
        cautious = np.minimum(safe, LIMIT_C - self.most(seen[:, TYPICAL]))
        stuck = seen[:, len(LOAD.sums)] < self.flicker_k
        return np.where(stuck, cautious, safe)

    def policy(self, moment: Moment) -> Floats:
        """Decide in closed loop."""
        return self(moment.windows)[0]
