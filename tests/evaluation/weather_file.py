"""Weather files of EnergyPlus (EPW): which kind of weather each hour has, and a heat wave in one.

Columns as EnergyPlus' Auxiliary Programs document, chapter "EnergyPlus Weather File (EPW) Data
Dictionary", has them.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

HEADER_LINES = 8
MONTH, DAY, HOUR, DRY_BULB, DEW_POINT, HUMIDITY = 1, 2, 3, 6, 7, 8
SKY_COVER, VISIBILITY, RAIN_DEPTH = 22, 24, 33
RAIN_MISSING_MM = 999.0
RAIN, SNOW, CLEAR, CLOUDS, MIST = 3, 4, 6, 7, 8
"""The kinds of weather as the records' ``weather_state`` numbers them."""

CLOUDY_TENTHS = 2.0
"""OpenWeatherMap speaks of clouds from 11 % of the sky on; the file has whole tenths."""

MIST_KM = 2.0
SNOW_C = 0.5

Hour = tuple[int, int, int]
"""Month, day and hour 0 to 23."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a weather file was observed."""

    latitude: float
    longitude: float
    utc_hours: float


def place(lines: Sequence[str]) -> Place:
    """Read the place from the file's first line."""
    fields = lines[0].split(",")
    return Place(latitude=float(fields[6]), longitude=float(fields[7]), utc_hours=float(fields[8]))


def states(lines: Iterable[str]) -> dict[Hour, int]:
    """The kind of weather of each hour of the year; the file's hour 1 ends at one o'clock."""
    found = {}
    for line in list(lines)[HEADER_LINES:]:
        fields = line.split(",")
        hour = int(fields[MONTH]), int(fields[DAY]), int(fields[HOUR]) - 1
        found[hour] = _state(fields)
    return found


def _state(fields: Sequence[str]) -> int:
    rain_mm = float(fields[RAIN_DEPTH]) if len(fields) > RAIN_DEPTH else RAIN_MISSING_MM
    if 0 < rain_mm < RAIN_MISSING_MM:
        return SNOW if float(fields[DRY_BULB]) < SNOW_C else RAIN
    if float(fields[VISIBILITY]) < MIST_KM:
        return MIST
    return CLOUDS if float(fields[SKY_COVER]) >= CLOUDY_TENTHS else CLEAR


def hotter(lines: Sequence[str], by_c: float) -> list[str]:
    """The same year with its air hotter and as much water in it: a heat wave."""
    return [*lines[:HEADER_LINES], *(_hotter(line, by_c) for line in lines[HEADER_LINES:])]


def _hotter(line: str, by_c: float) -> str:
    fields = line.split(",")
    dry_bulb_c = float(fields[DRY_BULB]) + by_c
    share = _vapour_hpa(float(fields[DEW_POINT])) / _vapour_hpa(dry_bulb_c)
    fields[DRY_BULB] = f"{dry_bulb_c:.1f}"
    fields[HUMIDITY] = f"{min(100.0, 100.0 * share):.0f}"
    return ",".join(fields)


def _vapour_hpa(temperature_c: float) -> float:
    """Saturation vapour pressure by Magnus' formula (WMO Guide No. 8, annex 4.B)."""
    return 6.112 * math.exp(17.62 * temperature_c / (243.12 + temperature_c))
