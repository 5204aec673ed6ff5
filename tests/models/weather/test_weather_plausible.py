import math
from typing import Any

import pytest

from models.weather.plausible import degrees_apart, fault
from schemas.weather import WeatherObserved

NOW = 1_780_000_000_000
MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS


def seen(**changes: Any) -> WeatherObserved:
    fields: dict[str, Any] = {
        "site": "gwangju",
        "at": NOW,
        "fetched_at": NOW,
        "provider": "openweathermap",
        "temperature_c": 21.5,
        "humidity_percent": 60.0,
        "pressure_hpa": 1013.0,
    }
    return WeatherObserved(**fields | changes)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"temperature_c": -90.0},
        {"temperature_c": 60.0},
        {"humidity_percent": 0.0},
        {"humidity_percent": 100.0},
        {"pressure_hpa": None},
        {"at": NOW + 10 * MINUTE_MS},
        {"at": NOW - 24 * HOUR_MS},
    ],
)
def test_weather_within_the_bounds_of_the_earth_is_believed(changes: dict[str, Any]) -> None:
    assert None is fault(seen(**changes), NOW)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"temperature_c": -90.1}, "temperature of -90.1 °C is not between -90 and 60"),
        ({"temperature_c": 273.15}, "temperature of 273.15 °C is not between -90 and 60"),
        ({"temperature_c": math.nan}, "temperature of nan °C is not between -90 and 60"),
        ({"humidity_percent": -1.0}, "humidity of -1 % is not between 0 and 100"),
        ({"humidity_percent": 101.0}, "humidity of 101 % is not between 0 and 100"),
        ({"humidity_percent": math.inf}, "humidity of inf % is not between 0 and 100"),
        ({"pressure_hpa": 101_300.0}, "pressure of 101300 hPa is not between 300 and 1100"),
        ({"at": NOW + 25 * MINUTE_MS}, "observed 25 min from now"),
        ({"at": NOW - 49 * HOUR_MS}, "observed 49 h ago"),
    ],
)
def test_what_cannot_be_is_named(changes: dict[str, Any], said: str) -> None:
    assert said == fault(seen(**changes), NOW)


@pytest.mark.parametrize(
    ("one", "other", "apart_deg"),
    [
        ((35.16, 126.85), (35.16, 126.85), 0.0),
        ((35.0, 126.0), (36.0, 126.0), 1.0),
        ((0.0, 179.9), (0.0, -179.9), 0.2),
        ((89.9, 0.0), (89.9, 180.0), 0.2),
        ((60.0, 10.0), (60.0, 11.0), 0.5),
        ((35.16, 126.85), (-35.16, -53.15), 180.0),
    ],
)
def test_places_are_apart_as_on_a_globe(
    one: tuple[float, float], other: tuple[float, float], apart_deg: float
) -> None:
    assert apart_deg == pytest.approx(degrees_apart(one, other), abs=1e-4)
