"""A server room in motion: pure steps for many rooms at once, and one room as a device."""

from dataclasses import dataclass, replace

import numpy as np

from models.arrays import Floats
from models.plant.cooling import capacity_kw, electric_kw
from models.plant.design import RoomDesign, typical_design
from models.plant.moisture import relative_humidity_percent, saturation_g_kg

LONGEST_STEP_S = 10.0
"""Steps must be well below the time constant of the room's control."""

DRYNESS_K = 3.0
"""By how much the air that leaves a coil is warmer than the coil."""

DRYING_S = 900.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomState:
    """Rooms at one time, one element of each array for each; kW are per kW of rated IT power."""

    air_c: Floats
    mass_c: Floats
    hot_k: Floats
    """By how much the hottest inlet is warmer than the air."""

    vapour_g_kg: Floats
    clock_s: Floats
    hvac_kw: Floats
    it_kw: Floats

    @property
    def inlet_c(self) -> Floats:
        """Air that the hottest rack takes in."""
        return self.air_c + self.hot_k

    @property
    def humidity_percent(self) -> Floats:
        """Relative humidity at that inlet."""
        return relative_humidity_percent(self.vapour_g_kg, self.inlet_c)


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What acts on rooms from without."""

    outdoor_c: Floats
    outdoor_percent: Floats
    it_load: Floats
    """0 to 1, rarely more: power of the servers per rated power."""

    derate: Floats
    """Part of the cooling capacity that is lost, 0 to 1."""

    wander_k: Floats
    """By how much the thermostat misses its setpoint for other reasons."""


def hot_target_k(design: RoomDesign, it_load: Floats) -> Floats:
    """Where the hottest inlet's excess over the air goes at this load."""
    return np.asarray(design.hot_base_k + design.hot_gain_k * it_load**design.hot_exponent)


def missed_k(design: RoomDesign, around: Around, clock_s: Floats) -> Floats:
    """By how much the thermostat misses its setpoint."""
    swing = design.cycle_k * np.sin(2 * np.pi * clock_s / design.cycle_s)
    slow = design.error_load_k * around.it_load + design.error_outdoor * (around.outdoor_c - 20.0)
    return np.asarray(design.error_k + slow + swing + around.wander_k)


def settled(design: RoomDesign, setpoint_c: Floats, around: Around) -> RoomState:
    """Rooms that have been at this setpoint for long."""
    air_c = setpoint_c + missed_k(design, around, np.zeros(np.shape(setpoint_c)))
    vapour = np.minimum(0.45 * saturation_g_kg(air_c), saturation_g_kg(air_c - 8.0))
    zero = np.zeros(np.shape(air_c))
    hot_k = hot_target_k(design, around.it_load) + zero
    start = RoomState(
        air_c=air_c,
        mass_c=air_c,
        hot_k=hot_k,
        vapour_g_kg=vapour,
        clock_s=zero,
        hvac_kw=zero,
        it_kw=zero,
    )
    return replace(step(design, start, setpoint_c, around, 1.0), clock_s=zero)


def step(
    design: RoomDesign, state: RoomState, setpoint_c: Floats, around: Around, dt_s: float
) -> RoomState:
    """Rooms ``dt_s`` later, at most LONGEST_STEP_S for exact figures, 30 for rough ones."""
    target_c = setpoint_c + missed_k(design, around, state.clock_s)
    to_mass_kw = design.mass_kw_k * (state.air_c - state.mass_c)
    gains_kw = around.it_load + design.shell_kw_k * (around.outdoor_c - state.air_c) - to_mass_kw
    wanted_kw = gains_kw + design.air_kj_k * (state.air_c - target_c) / design.control_s
    most_kw = capacity_kw(design, state.air_c, around.outdoor_c, around.derate)
    cooling_kw = np.clip(wanted_kw, 0.0, most_kw)
    hot_gone = -np.expm1(-dt_s / design.hot_lag_s)
    return RoomState(
        air_c=state.air_c + dt_s * (gains_kw - cooling_kw) / design.air_kj_k,
        mass_c=state.mass_c + dt_s * to_mass_kw / design.mass_kj_k,
        hot_k=state.hot_k + hot_gone * (hot_target_k(design, around.it_load) - state.hot_k),
        vapour_g_kg=_vapour(design, state, around, cooling_kw, dt_s),
        clock_s=state.clock_s + dt_s,
        hvac_kw=electric_kw(design, cooling_kw, state.air_c, around.outdoor_c),
        it_kw=around.it_load + np.zeros(np.shape(state.air_c)),
    )


def _vapour(
    design: RoomDesign, state: RoomState, around: Around, cooling_kw: Floats, dt_s: float
) -> Floats:
    """Outdoor air comes in; what the coil's air cannot hold is left on the coil."""
    outdoors = saturation_g_kg(around.outdoor_c) * around.outdoor_percent / 100.0
    coil = saturation_g_kg(state.air_c - design.lift_k + DRYNESS_K)
    dried = np.where(cooling_kw > 0, np.minimum(coil - state.vapour_g_kg, 0.0), 0.0) / DRYING_S
    brought = design.air_change_h / 3600.0 * (outdoors - state.vapour_g_kg)
    return np.asarray(state.vapour_g_kg + dt_s * (brought + dried))


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomReading:
    """One room, in its own kW."""

    air_c: float
    inlet_c: float
    humidity_percent: float
    hvac_kw: float
    it_kw: float
    hvac_kwh: float
    """Electric energy for cooling since the room began."""


class Room:
    """One simulated server room that a program steps as it likes.

    ``derate`` (0 to 1) may be set at any time: so much of the cooling capacity is lost.
    """

    def __init__(
        self, *, rated_it_kw: float, design: RoomDesign | None = None, setpoint_c: float = 22.0
    ) -> None:
        self.derate = 0.0
        self._rated_kw = rated_it_kw
        self._design = design or typical_design()
        self._state = settled(self._design, np.array([setpoint_c]), self._around(0.5, 20.0, 50.0))
        self._hvac_kwh = 0.0

    def step(
        self,
        setpoint_c: float,
        it_load: float,
        outdoor_temperature_c: float,
        dt_s: float,
        outdoor_humidity_percent: float = 50.0,
    ) -> RoomReading:
        """Let ``dt_s`` seconds pass; ``it_load`` is the servers' power per rated power."""
        around = self._around(it_load, outdoor_temperature_c, outdoor_humidity_percent)
        steps = max(1, int(np.ceil(dt_s / LONGEST_STEP_S)))
        for _ in range(steps):
            self._state = step(
                self._design, self._state, np.array([setpoint_c]), around, dt_s / steps
            )
            self._hvac_kwh += float(self._state.hvac_kw[0]) * self._rated_kw * dt_s / steps / 3600
        return self.reading()

    def reading(self) -> RoomReading:
        """How the room is now."""
        state = self._state
        return RoomReading(
            air_c=float(state.air_c[0]),
            inlet_c=float(state.inlet_c[0]),
            humidity_percent=float(state.humidity_percent[0]),
            hvac_kw=float(state.hvac_kw[0]) * self._rated_kw,
            it_kw=float(state.it_kw[0]) * self._rated_kw,
            hvac_kwh=self._hvac_kwh,
        )

    def _around(self, it_load: float, outdoor_c: float, outdoor_percent: float) -> Around:
        values = (outdoor_c, outdoor_percent, it_load, self.derate, 0.0)
        return Around(**dict(zip(Around.__slots__, map(np.atleast_1d, values), strict=True)))
