"""What can be true of weather and of setpoints; providers and devices say other things, too."""

from models.arrivals import EARLIEST_MS, LATEST_MS
from schemas.shadows import DeviceReport
from schemas.weather import WeatherObserved

OUTDOOR_C = (-90.0, 60.0)
"""Never was it colder than -89.2 °C or warmer than 56.7 °C: World Meteorological Organization,
Weather and Climate Extremes Archive, https://wmo.asu.edu"""

PERCENT = (0.0, 100.0)
WEATHER_STATES = (0, 9)
SETPOINT_C = (5.0, 40.0)
"""No air conditioner of a room can be set to less or more, see ``models.sites``."""


def believable_weather(said: WeatherObserved) -> bool:
    """Whether all that is joined to readings can be true."""
    return (
        _between(OUTDOOR_C, said.temperature_c)
        and _between(PERCENT, said.humidity_percent)
        and _between(WEATHER_STATES, said.weather_state)
        and _between((EARLIEST_MS, LATEST_MS), said.at)
    )


def believable_setpoint(said: DeviceReport) -> bool:
    """Whether the setpoint, if there is one, can be true."""
    setpoint_c = SETPOINT_C[0] if said.setpoint_c is None else said.setpoint_c
    return _between(SETPOINT_C, setpoint_c) and _between((EARLIEST_MS, LATEST_MS), said.at)


def _between(bounds: tuple[float, float], value: float) -> bool:
    # a NaN is not
    return bounds[0] <= value <= bounds[1]
