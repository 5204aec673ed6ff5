from datetime import datetime

import numpy as np
import pytest

from models.weather.typical_year import HOURS, Moment, TypicalYear, hour_of_year


def ms(moment: str) -> float:
    return datetime.fromisoformat(moment).timestamp() * 1000


def year() -> TypicalYear:
    hours = np.arange(HOURS, dtype=np.float64)
    return TypicalYear(
        temperature_c=hours % 24,
        humidity_percent=hours % 24 + 50,
        pressure_hpa=hours % 24 + 1000,
        condition_code=np.where(hours % 2, 500, 0).astype(np.int64),
    )


def test_between_two_hours_the_air_is_linear_and_the_sky_that_of_the_last() -> None:
    assert Moment(
        temperature_c=13.25, humidity_percent=63.25, pressure_hpa=1013.25, condition_code=500
    ) == year().at(24 * 7 + 13.25)


def test_a_code_of_zero_is_none() -> None:
    assert None is year().at(2.0).condition_code


@pytest.mark.parametrize("hour", [HOURS - 0.5, -0.5, 3 * HOURS - 0.5])
def test_the_year_begins_again_when_it_is_over(hour: float) -> None:
    assert 11.5 == year().at(hour).temperature_c


@pytest.mark.parametrize(
    ("moment", "longitude", "hour"),
    [
        ("2026-01-01T00:00Z", 0.0, 0.0),
        ("2026-07-01T12:00Z", 0.0, 181 * 24 + 12.0),
        ("2025-12-31T15:00Z", 135.0, 0.0),
        ("2026-01-01T05:00Z", -75.0, 0.0),
        ("2024-12-31T12:00Z", 0.0, 365 * 24 + 12.0),
    ],
)
def test_a_moment_is_an_hour_of_its_year_by_the_sun(
    moment: str, longitude: float, hour: float
) -> None:
    assert hour == hour_of_year(ms(moment), longitude)


@pytest.mark.parametrize("at_ms", [-1e15, 0.0, 1e18])
def test_a_moment_of_any_year_is_some_hour(at_ms: float) -> None:
    assert 0 <= hour_of_year(at_ms, 127.0) < 366 * 24
