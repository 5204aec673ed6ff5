"""Moist air: the dew point from temperature and relative humidity."""

import numpy as np

from models.arrays import Floats

A, B_C = 17.625, 243.04
"""Magnus' formula with the coefficients of O. A. Alduchov and R. E. Eskridge, "Improved Magnus form
approximation of saturation vapor pressure", Journal of Applied Meteorology 35 (1996) 601-609,
https://doi.org/10.1175/1520-0450(1996)035<0601:IMFAOS>2.0.CO;2, equation 21: over water."""

COLDEST_C, HOTTEST_C = -40.0, 50.0
"""Between these its vapour pressure is wrong by less than 0.4 %."""

SATURATED_PERCENT = 100.0


def dew_point_c(temperature_c: Floats, humidity_percent: Floats) -> Floats:
    """The dew point in degrees Celsius.

    NaN where it cannot be known: no humidity or none at all, more than 100 %, or a temperature
    that the formula does not hold for.
    """
    known = (
        (temperature_c >= COLDEST_C)
        & (temperature_c <= HOTTEST_C)
        & (humidity_percent > 0)
        & (humidity_percent <= SATURATED_PERCENT)
    )
    warm = np.where(known, temperature_c, np.nan)
    moist = np.log(np.where(known, humidity_percent, np.nan) / SATURATED_PERCENT)
    exponent = moist + A * warm / (B_C + warm)
    dew: Floats = B_C * exponent / (A - exponent)
    return dew
