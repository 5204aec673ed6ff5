"""The kind of weather as a number from 0 to 9, by the code of its condition.

Codes are OpenWeatherMap's (openweathermap.org/weather-conditions): the hundred is the group. Mist
and haze, of the group 7xx, have states of their own. States are names, not magnitudes.
"""

from enum import IntEnum


class WeatherState(IntEnum):
    """One kind of weather."""

    UNKNOWN = 0
    THUNDERSTORM = 1
    DRIZZLE = 2
    RAIN = 3
    SNOW = 4
    ATMOSPHERE = 5
    """Smoke, dust, fog, sand, ash, squall, tornado."""

    CLEAR = 6
    CLOUDS = 7
    MIST = 8
    HAZE = 9


_BY_CODE = {701: WeatherState.MIST, 721: WeatherState.HAZE, 800: WeatherState.CLEAR}
_BY_TEN = {80: WeatherState.CLOUDS}
_BY_HUNDRED = {
    2: WeatherState.THUNDERSTORM,
    3: WeatherState.DRIZZLE,
    5: WeatherState.RAIN,
    6: WeatherState.SNOW,
    7: WeatherState.ATMOSPHERE,
}


def weather_state(code: int | None) -> WeatherState:
    """The state of a condition's code; unknown if there is none, or it is of no group."""
    if code is None:
        return WeatherState.UNKNOWN
    groups = _BY_CODE.get(code), _BY_TEN.get(code // 10), _BY_HUNDRED.get(code // 100)
    return next((state for state in groups if state is not None), WeatherState.UNKNOWN)
