"""What an air conditioner can take away, and the electric power that it needs for that."""

import numpy as np

from models.arrays import Floats
from models.plant.design import RoomDesign

KELVIN = 273.15
COLDEST_CONDENSER_C = 22.0
"""Condenser fans slow down in the cold, so that the refrigerant keeps its pressure."""


def capacity_kw(design: RoomDesign, air_c: Floats, outdoor_c: Floats, derate: Floats) -> Floats:
    """Most heat it takes away: less on hot days, and as much less as ``derate`` (0 to 1) says."""
    weather = np.clip(1.0 - 0.008 * (outdoor_c - 35.0), 0.5, 1.3)
    room = np.clip(1.0 + 0.02 * (air_c - 24.0), 0.6, 1.4)
    return np.asarray(design.capacity_kw * weather * room * (1.0 - derate))


def performance(design: RoomDesign, air_c: Floats, outdoor_c: Floats) -> Floats:
    """Heat moved per electric power by the compressor: a part of Carnot's limit, at most 12."""
    coil_c = air_c - design.lift_k
    condenser_c = np.maximum(outdoor_c + design.lift_k, COLDEST_CONDENSER_C)
    lift_k = np.maximum(condenser_c - coil_c, 5.0)
    return np.minimum(design.carnot * (coil_c + KELVIN) / lift_k, 12.0)


def electric_kw(design: RoomDesign, cooling_kw: Floats, air_c: Floats, outdoor_c: Floats) -> Floats:
    """Power of compressor and fans; an economizer spares the compressor on cool days."""
    free = design.economizer * np.clip((air_c - 2.0 - outdoor_c) / 10.0, 0.0, 0.95)
    part = np.clip(cooling_kw / design.capacity_kw, 0.0, 1.0)
    fans_kw = design.fan_kw * (design.fan_fixed + (1.0 - design.fan_fixed) * part**2)
    return np.asarray(cooling_kw * (1.0 - free) / performance(design, air_c, outdoor_c) + fans_kw)
