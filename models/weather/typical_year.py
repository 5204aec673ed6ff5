"""A typical year of hourly weather, and what it was like between two hours."""

from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

HOURS = 8760
HOUR_MS = 3_600_000
CALENDAR_MS = 146_097 * 24 * HOUR_MS
"""After 400 years the Gregorian calendar is the same again."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """The weather at one moment."""

    temperature_c: float
    humidity_percent: float
    pressure_hpa: float
    condition_code: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TypicalYear:
    """Weather by the hour of a year of 365 days; row 0 is midnight at its beginning.

    Each has 8760 values. A code of 0 stands for none.
    """

    temperature_c: Floats
    humidity_percent: Floats
    pressure_hpa: Floats
    condition_code: NDArray[np.int64]

    def at(self, hour: float) -> Moment:
        """Weather so many hours into the year: linear between hours, the sky that of the last.

        The year begins again when it is over.
        """
        before, share = int(hour // 1) % HOURS, hour % 1
        after = (before + 1) % HOURS

        def between(values: Floats) -> float:
            return round(float((1 - share) * values[before] + share * values[after]), 3)

        return Moment(
            temperature_c=between(self.temperature_c),
            humidity_percent=between(self.humidity_percent),
            pressure_hpa=between(self.pressure_hpa),
            condition_code=int(self.condition_code[before]) or None,
        )


def hour_of_year(at_ms: float, longitude: float) -> float:
    """Hours since the year began, on a clock by which the sun is highest at noon on average.

    15 degrees of longitude are an hour. ``at_ms`` is epoch milliseconds UTC, and may be of any
    year; leap years have a day more than 8760 hours.
    """
    sun_ms = (at_ms + longitude / 15 * HOUR_MS) % CALENDAR_MS
    year = datetime.fromtimestamp(sun_ms / 1000, UTC).year
    return (sun_ms - datetime(year, 1, 1, tzinfo=UTC).timestamp() * 1000) / HOUR_MS
