"""The constrained planner: the setpoint of least cooling energy that keeps the inlets cool.

It tries each setpoint on a simulated room whose next hour is known, or on an ensemble of them.
It is the teacher of the models, and the upper bound of what any of them can save.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields

import numpy as np

from models.arrays import Floats
from models.plant.design import RoomDesign
from models.plant.room import Around, RoomState, step

STEP_S = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Planner:
    """How far it looks and what it takes for safe."""

    lowest_c: float = 18.0
    highest_c: float = 27.0
    step_c: float = 0.5
    limit_c: float = 27.0
    margin_k: float = 0.2
    horizon_min: float = 60.0
    """Over how long energy counts."""

    react_min: float = 2.0
    """Until when nothing can be changed any more: the air needs its time."""

    watch_min: float = 12.0
    """Until when an inlet must stay cool: afterwards the setpoint can be lowered in time."""

    quantile: float = 0.95
    """Of the ensemble's peaks, the one that counts."""

    @property
    def setpoints_c(self) -> Floats:
        """All that are tried."""
        count = round((self.highest_c - self.lowest_c) / self.step_c) + 1
        return np.asarray(np.linspace(self.lowest_c, self.highest_c, count))

    def plan(
        self,
        design: RoomDesign,
        state: RoomState,
        future: Callable[[float], Around],
        *,
        members: int = 1,
    ) -> "Plan":
        """Plan for rooms; ``future`` tells what acts on them so many minutes from now.

        With several ``members``, so many rows after each other are guesses of the same room.
        """
        tried, energy, peak = self.setpoints_c, *self._try(design, state, future)
        peak = np.quantile(peak.reshape(-1, members, len(tried)), self.quantile, axis=1)
        energy = energy.reshape(-1, members, len(tried)).mean(axis=1)
        safe = peak <= self.limit_c - self.margin_k
        cost = np.where(safe, energy, np.inf)
        best = np.where(safe.any(axis=1), cost.argmin(axis=1), 0)
        return Plan(
            setpoint_c=tried[best],
            ceiling_c=self._ceiling(tried, peak),
            energy_kwh=energy[np.arange(len(best)), best],
            peak_c=peak[np.arange(len(best)), best],
        )

    def _try(
        self, design: RoomDesign, state: RoomState, future: Callable[[float], Around]
    ) -> tuple[Floats, Floats]:
        """Energy, in kWh per rated kW, and peak of each room (rows) at each setpoint (columns)."""
        tried = self.setpoints_c[None, :]
        design = design.map(lambda values: values[:, None])
        state = RoomState(**{f.name: getattr(state, f.name)[:, None] for f in fields(state)})
        energy: Floats = np.zeros((1, 1))
        peak: Floats = np.full((1, 1), -np.inf)
        for tick in range(1, round(self.horizon_min * 60 / STEP_S) + 1):
            now_min = tick * STEP_S / 60
            around = future(now_min)
            columns = {f.name: getattr(around, f.name)[:, None] for f in fields(around)}
            state = step(design, state, tried, Around(**columns), STEP_S)
            energy = energy + state.hvac_kw * STEP_S / 3600
            if self.react_min <= now_min <= self.watch_min:
                peak = np.maximum(peak, state.inlet_c)
        return energy, peak

    def _ceiling(self, tried: Floats, peak: Floats) -> Floats:
        """The highest safe setpoint between those that were tried."""
        limit = self.limit_c - self.margin_k
        above = np.argmax(peak > limit, axis=1)
        rows, below = np.arange(len(peak)), np.maximum(above - 1, 0)
        rise = np.maximum(peak[rows, above] - peak[rows, below], 1e-9)
        part = np.clip((limit - peak[rows, below]) / rise, 0.0, 1.0)
        between = tried[below] + part * (tried[above] - tried[below])
        never, always = ~(peak > limit).any(axis=1), peak[:, 0] > limit
        return np.asarray(np.where(never, tried[-1], np.where(always, tried[0], between)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What had best be done, one element of each array for each room."""

    setpoint_c: Floats
    """Of least energy among the safe ones; the lowest if none is safe."""

    ceiling_c: Floats
    """The highest safe setpoint if they could be of any fineness."""

    energy_kwh: Floats
    """Cooling energy over the horizon at ``setpoint_c``, per kW of rated IT power."""

    peak_c: Floats
    """The warmest inlet while it is watched."""
