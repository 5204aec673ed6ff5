import math

import numpy as np
import pytest

from models.psychrometrics import dew_point_c


def dew(temperature: float, humidity: float) -> float:
    return float(dew_point_c(np.array([temperature]), np.array([humidity]))[0])


@pytest.mark.parametrize(
    ("temperature", "humidity", "expected"),
    [
        # the examples of M. G. Lawrence, Bull. Amer. Meteor. Soc. 86 (2005) 225-233: about 1 °C
        # less for every 5 % below saturation
        (20.0, 100.0, 20.0),
        (20.0, 95.0, 19.2),
        # psychrometric tables, e.g. https://bmcnoldy.earth.miami.edu/Humidity.html
        (25.0, 50.0, 13.9),
        (24.0, 45.0, 11.3),
        (0.0, 50.0, -9.2),
        (35.0, 20.0, 8.7),
    ],
)
def test_it_agrees_with_tables(temperature: float, humidity: float, expected: float) -> None:
    assert expected == pytest.approx(dew(temperature, humidity), abs=0.06)


def test_saturated_air_is_at_its_dew_point_wherever_the_formula_holds() -> None:
    warm = np.linspace(-40, 50, 91)
    assert warm == pytest.approx(dew_point_c(warm, np.full(91, 100.0)), abs=1e-9)


def test_it_rises_with_temperature_and_with_humidity() -> None:
    warm, moist = np.meshgrid(np.linspace(-40, 50, 31), np.linspace(1, 100, 34))
    dew_points = dew_point_c(warm, moist)
    assert (np.diff(dew_points, axis=0) > 0).all()
    assert (np.diff(dew_points, axis=1) > 0).all()
    assert (dew_points <= warm + 1e-9).all()


@pytest.mark.parametrize(
    ("temperature", "humidity"),
    [
        (20.0, 0.0),
        (20.0, -1.0),
        (20.0, 100.1),
        (20.0, math.nan),
        (math.nan, 50.0),
        (50.1, 50.0),
        (-40.1, 50.0),
        (-243.04, 50.0),
        (1e300, 50.0),
        (math.inf, 50.0),
    ],
)
def test_what_cannot_be_known_is_not(temperature: float, humidity: float) -> None:
    assert math.isnan(dew(temperature, humidity))
