"""Whether weather can be believed: bounds that the earth keeps, and where and when it was seen."""

import math

from schemas.weather import WeatherObserved

TEMPERATURE_C = (-90.0, 60.0)
"""The records of the World Meteorological Organization are -89.2 and 56.7 °C (wmo.int)."""

HUMIDITY_PERCENT = (0.0, 100.0)
PRESSURE_HPA = (300.0, 1100.0)
"""The summit of Everest has about 330 hPa, the record at sea level is 1085 hPa."""

AHEAD_MS = 10 * 60_000
BEHIND_MS = 24 * 3_600_000
"""Older than this no reading is joined with it."""

APART_DEG = 0.5
"""Farther away, about 55 km, it is the weather of another place."""


def fault(weather: WeatherObserved, now_ms: int) -> str | None:
    """What cannot be believed of an observation, if anything."""
    for name, value, unit, (low, high) in (
        ("temperature", weather.temperature_c, "°C", TEMPERATURE_C),
        ("humidity", weather.humidity_percent, "%", HUMIDITY_PERCENT),
        ("pressure", weather.pressure_hpa, "hPa", PRESSURE_HPA),
    ):
        if value is not None and not low <= value <= high:  # neither is NaN
            return f"{name} of {value:g} {unit} is not between {low:g} and {high:g}"
    ahead_ms = weather.at - now_ms
    if ahead_ms > AHEAD_MS:
        return f"observed {ahead_ms // 60_000} min from now"
    if -ahead_ms > BEHIND_MS:
        return f"observed {-ahead_ms // 3_600_000} h ago"
    return None


def degrees_apart(one: tuple[float, float], other: tuple[float, float]) -> float:
    """The angle between two places, each latitude and longitude in degrees, along the earth."""
    (north, east), (other_north, other_east) = (map(math.radians, place) for place in (one, other))
    # the haversine formula, which is exact for small angles too
    half = (
        math.sin((north - other_north) / 2) ** 2
        + math.cos(north) * math.cos(other_north) * math.sin((east - other_east) / 2) ** 2
    )
    return math.degrees(2 * math.asin(min(1.0, math.sqrt(half))))
