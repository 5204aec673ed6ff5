"""What a simulated server room is built like, and rooms drawn at random."""

from collections.abc import Callable
from dataclasses import dataclass, fields

import numpy as np

from models.arrays import Floats

ECONOMIZED = 0.4
"""Share of the rooms drawn that have an economizer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomDesign:
    """Rooms, one element of each array for each; all that is in kW is per kW of rated IT power."""

    air_kj_k: Floats
    """Heat capacity of the air and of what follows it within minutes."""

    mass_kj_k: Floats
    """Heat capacity of walls and racks."""

    mass_kw_k: Floats
    """Heat that passes between air and mass."""

    shell_kw_k: Floats
    """Heat that comes in through the shell."""

    hot_base_k: Floats
    hot_gain_k: Floats
    hot_exponent: Floats
    """The hottest inlet's excess over the room's air is base + gain · load ** exponent …"""

    hot_lag_s: Floats
    """… and goes there with this time constant."""

    control_s: Floats
    """Time constant with which the air goes where the thermostat wants it."""

    error_k: Floats
    """By how much the thermostat misses its setpoint, always."""

    error_load_k: Floats
    """By how much more at full load than at none."""

    error_outdoor: Floats
    """By how much more for each degree outdoors above 20 °C."""

    cycle_k: Floats
    cycle_s: Floats
    """Amplitude and period of the swing that the compressor's cycles give."""

    capacity_kw: Floats
    """Heat that the air conditioner can take away at 35 °C outdoors."""

    carnot: Floats
    """Its efficiency as a part of the ideal one's."""

    lift_k: Floats
    """How much colder than the air its coil is, and its condenser warmer than outdoors."""

    fan_kw: Floats
    """Power of its fans at full speed."""

    fan_fixed: Floats
    """The part of the fans' power that does not follow the cooling."""

    economizer: Floats
    """1 if cool air outdoors is used for cooling, else 0."""

    air_change_h: Floats
    """How often in an hour the room's air is replaced by that outdoors."""

    def map(self, change: Callable[[Floats], Floats]) -> "RoomDesign":
        """The same rooms with every array changed, e.g. to one part of them."""
        return RoomDesign(**{each.name: change(getattr(self, each.name)) for each in fields(self)})

    def __len__(self) -> int:
        """Count the rooms."""
        return len(self.air_kj_k)


def draw_designs(count: int, rng: np.random.Generator) -> RoomDesign:
    """Rooms of all kinds; ranges are wide on purpose, so that what is learnt holds in any."""

    def between(low: float, high: float) -> Floats:
        return rng.uniform(low, high, count)

    return RoomDesign(
        air_kj_k=between(8, 40),
        mass_kj_k=between(80, 500),
        mass_kw_k=between(0.03, 0.25),
        shell_kw_k=between(0.001, 0.02),
        hot_base_k=between(0.0, 1.8),
        hot_gain_k=5.0 * rng.beta(2.2, 1.8, count),
        hot_exponent=between(1.0, 2.0),
        hot_lag_s=60.0 * np.exp(between(np.log(2), np.log(20))),
        control_s=between(50, 300),
        error_k=between(-0.5, 1.5),
        error_load_k=between(-0.3, 0.7),
        error_outdoor=between(-0.01, 0.02),
        cycle_k=np.maximum(0.0, between(-0.2, 0.35)),
        cycle_s=between(240, 1200),
        capacity_kw=between(1.25, 2.0),
        carnot=between(0.3, 0.5),
        lift_k=between(9, 15),
        fan_kw=between(0.03, 0.10),
        fan_fixed=between(0.1, 1.0),
        economizer=(rng.random(count) < ECONOMIZED).astype(float),
        air_change_h=between(0.05, 1.0),
    )


def typical_design() -> RoomDesign:
    """One room in the middle of all that are drawn."""
    many = draw_designs(4001, np.random.default_rng(0))
    return many.map(lambda values: np.median(values, keepdims=True))
