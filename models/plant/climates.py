"""Weather made up for training, and weather that was measured, as the simulation takes it."""

from dataclasses import dataclass

import numpy as np

from models.arrays import Floats, Ints
from models.weather.state import WeatherState

DAY_MIN = 1440
WETTER_PERCENT = (92.0, 85.0, 80.0, 55.0)
"""Above these, rain or snow falls, or drizzle, or it is misty, or cloudy; else the sky is clear."""

ANY_SHARE = 0.5
LASTING_MIN = 120
"""In half of the rooms the state is any, for so long: services differ, and none may surprise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weather:
    """Weather at rooms, minute by minute: each array is (rooms, minutes + 1)."""

    temperature_c: Floats
    humidity_percent: Floats
    state: Ints


def draw_weather(
    rooms: int, minutes: int, rng: np.random.Generator, *, mean_c: tuple[float, float] = (-5, 34)
) -> Weather:
    """A day of any season in any climate for each room; ``mean_c``: the range of its mean."""
    hour = np.arange(minutes + 1) / 60.0
    swing_k = rng.uniform(1.0, 8.0, (rooms, 1))
    front_k = rng.uniform(-5, 5, (rooms, 1)) * np.sin(hour / 24 + rng.uniform(0, 6, (rooms, 1)))
    daily = np.cos(2 * np.pi * (hour - rng.uniform(13, 17, (rooms, 1))) / 24)
    temperature = rng.uniform(*mean_c, (rooms, 1)) + swing_k * daily + front_k
    humidity = rng.uniform(20, 95, (rooms, 1)) - 2.5 * swing_k * daily + 2 * front_k
    humidity = np.clip(humidity, 3, 100)
    state = _states(temperature, humidity)
    told = rng.random((rooms, 1))
    any_state = np.repeat(
        rng.integers(0, len(WeatherState), (rooms, 1 + minutes // LASTING_MIN)), LASTING_MIN, axis=1
    )
    return Weather(
        temperature_c=temperature,
        humidity_percent=humidity,
        state=np.where(told < ANY_SHARE, any_state[:, : minutes + 1], state),
    )


def measured_weather(
    measured: tuple[Floats, Floats],
    rooms: int,
    minutes: int,
    rng: np.random.Generator,
    *,
    every_min: float = 60.0,
) -> Weather:
    """A stretch of measured temperature and humidity for each room, beginning at a random time.

    Raises:
        ValueError: what was measured is shorter than that.

    """
    temperature_c, humidity_percent = measured
    length = len(temperature_c) * every_min - minutes
    if length <= 0:
        raise ValueError(f"the measured weather is shorter than {minutes} minutes")
    since = rng.uniform(0, length, (rooms, 1))
    at = (since + np.arange(minutes + 1)) / every_min
    index = np.arange(len(temperature_c))
    temperature = np.interp(at, index, temperature_c)
    humidity = np.interp(at, index, humidity_percent)
    return Weather(
        temperature_c=temperature,
        humidity_percent=humidity,
        state=_states(temperature, humidity),
    )


def _states(temperature_c: Floats, humidity_percent: Floats) -> Ints:
    """A guess, as good as temperature and humidity allow."""
    falling = np.where(temperature_c < 0, WeatherState.SNOW, WeatherState.RAIN)
    kinds = (falling, WeatherState.DRIZZLE, WeatherState.MIST, WeatherState.CLOUDS)
    wetter = [humidity_percent > percent for percent in WETTER_PERCENT]
    return np.select(wetter, kinds, WeatherState.CLEAR)
