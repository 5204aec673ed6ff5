"""Weather without a network: typical years of five climates, or of a file of your own.

A site has its climate's weather of the same day of the year and time of the day, by the sun. How
the files were made, and whose they are: ``data/README.md`` and ``data/NOTICE.md``.
"""

import csv
import gzip
import io
import zlib
from enum import StrEnum
from pathlib import Path

import numpy as np

from models.weather.plausible import HUMIDITY_PERCENT, PRESSURE_HPA, TEMPERATURE_C
from models.weather.state import weather_state
from models.weather.typical_year import HOUR_MS, HOURS, Floats, TypicalYear, hour_of_year
from schemas.weather import WeatherObserved

FILE_BYTES = 4 * 1024 * 1024
"""Unpacked; a year takes 250 kB."""

STEP_MS = 10 * 60_000
"""So often there is a new observation, in the time of the weather."""

COLUMNS = ["at", "temperature_c", "humidity_percent", "pressure_hpa", "condition_code"]
_BOUNDS = (TEMPERATURE_C, HUMIDITY_PERCENT, PRESSURE_HPA, (0.0, 999.0))


class Climate(StrEnum):
    """A typical year that is shipped."""

    CHICAGO = "chicago"
    GOLDEN = "golden"
    NEW_YORK = "new-york"
    TAMPA = "tampa"
    TUCSON = "tucson"

    @property
    def path(self) -> Path:
        """Where it is."""
        return Path(__file__).parent / "data" / f"weather-{self}.csv.gz"


class WeatherFileError(ValueError):
    """The file is no year of weather; the message says what is wrong."""


class WeatherReplay:
    """Replays a typical year; the same arguments and the same moment give the same weather.

    From ``begin_ms`` (epoch milliseconds) on its time runs ``speed`` times as fast as ours;
    ``shift_h`` is how far it is ahead then, in hours, e.g. 4380 for the other season.
    """

    name = "replay"

    def __init__(
        self, year: TypicalYear, *, shift_h: float = 0.0, speed: float = 1.0, begin_ms: int = 0
    ) -> None:
        self._year = year
        self._shift_ms = shift_h * HOUR_MS
        self._speed = speed
        self._begin_ms = begin_ms

    def observe(self, site: str, latitude: float, longitude: float, now_ms: int) -> WeatherObserved:
        """The weather of the last whole step; see ``WeatherProvider``. It never fails."""
        del latitude  # no climate is like another's for being as far north
        step_ms = max(1, round(STEP_MS / self._speed))
        at = now_ms - now_ms % step_ms
        replayed_ms = self._begin_ms + (at - self._begin_ms) * self._speed + self._shift_ms
        moment = self._year.at(hour_of_year(replayed_ms, longitude))
        return WeatherObserved(
            site=site,
            at=at,
            fetched_at=now_ms,
            provider=self.name,
            temperature_c=moment.temperature_c,
            humidity_percent=moment.humidity_percent,
            pressure_hpa=moment.pressure_hpa,
            condition_code=moment.condition_code,
            weather_state=int(weather_state(moment.condition_code)),
        )


def load_year(path: Path) -> TypicalYear:
    """Read a year of weather: gzipped CSV with ``COLUMNS`` and 8760 rows from 1 January, 00:00.

    Raises:
        WeatherFileError: it is no such file.

    """
    try:
        temperature, humidity, pressure, code = _numbers(_text(path))
    except (ValueError, OSError, EOFError, zlib.error, csv.Error) as error:
        raise WeatherFileError(f"{path}: {error}") from None
    for name, values, bounds in zip(
        COLUMNS[1:], (temperature, humidity, pressure, code), _BOUNDS, strict=True
    ):
        _check(path, name, values, bounds)
    return TypicalYear(
        temperature_c=temperature,
        humidity_percent=humidity,
        pressure_hpa=pressure,
        condition_code=code.astype(np.int64),
    )


def _text(path: Path) -> str:
    with gzip.open(path) as file:
        data = file.read(FILE_BYTES + 1)
    if len(data) > FILE_BYTES:
        raise ValueError(f"it is larger than {FILE_BYTES} bytes unpacked")
    return data.decode()


def _numbers(text: str) -> Floats:
    header, *rows = csv.reader(io.StringIO(text))
    if header != COLUMNS or len(rows) != HOURS:
        raise ValueError(f"there must be {HOURS} rows of {','.join(COLUMNS)}")
    return np.array([row[1:] for row in rows], float).T


def _check(path: Path, name: str, values: Floats, bounds: tuple[float, float]) -> None:
    low, high = bounds
    wrong = np.flatnonzero(~((values >= low) & (values <= high)))  # NaN is neither
    if len(wrong):
        row = int(wrong[0])
        raise WeatherFileError(
            f"{path}: row {row + 1}: {name} {values[row]:g} is not between {low:g} and {high:g}"
        )
