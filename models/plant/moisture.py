"""Moist air at sea level: how much vapour it holds.

Magnus' formula with the constants of Alduchov and Eskridge (1996), good to 0.4 % from -40 to 50 °C:
https://doi.org/10.1175/1520-0450(1996)035<0601:IMFAOS>2.0.CO;2
"""

import numpy as np

from models.arrays import Floats

PRESSURE_HPA = 1013.25
GRAMS = 622.0
"""Ratio of the molar masses of water and dry air, in g/kg."""


def saturation_g_kg(temperature_c: Floats) -> Floats:
    """Vapour in saturated air, g per kg of dry air."""
    vapour_hpa = 6.1094 * np.exp(17.625 * temperature_c / (temperature_c + 243.04))
    return np.asarray(GRAMS * vapour_hpa / (PRESSURE_HPA - vapour_hpa))


def relative_humidity_percent(vapour_g_kg: Floats, temperature_c: Floats) -> Floats:
    """How near air is to saturation, 0 to 100."""
    return np.clip(100.0 * vapour_g_kg / saturation_g_kg(temperature_c), 0.0, 100.0)
