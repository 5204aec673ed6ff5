import gzip
from datetime import datetime
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from connectors.weather_replay import (
    COLUMNS,
    FILE_BYTES,
    Climate,
    WeatherFileError,
    WeatherReplay,
    load_year,
)
from models.weather.state import WeatherState, weather_state
from schemas.weather import WeatherObserved

EAST = 127.5
HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
GOOD = "01-01T00:00,20.0,50,1013,800"

year = cache(load_year)


def ms(moment: str) -> int:
    return round(datetime.fromisoformat(moment).timestamp() * 1000)


def new_year_ms() -> int:
    """When the new year comes by the sun at ``EAST``."""
    return ms("2026-01-01T00:00Z") - round(EAST / 15 * HOUR_MS)


def observe(
    now_ms: int,
    *,
    climate: Climate = Climate.NEW_YORK,
    longitude: float = EAST,
    shift_h: float = 0.0,
    speed: float = 1.0,
    begin_ms: int = 0,
) -> WeatherObserved:
    replay = WeatherReplay(year(climate.path), shift_h=shift_h, speed=speed, begin_ms=begin_ms)
    return replay.observe("gwangju", 35.2, longitude, now_ms)


@pytest.fixture
def complaint(tmp_path: Path) -> "type[Complaint]":
    Complaint.path = tmp_path / "year.csv.gz"
    return Complaint


class Complaint:
    path = Path()

    @classmethod
    def about(cls, data: bytes) -> str:
        """What is said of a file with these bytes, after its path."""
        cls.path.write_bytes(data)
        with pytest.raises(WeatherFileError) as caught:
            load_year(cls.path)
        return str(caught.value).removeprefix(f"{cls.path}: ")


def packed(*rows: str, header: str = ",".join(COLUMNS)) -> bytes:
    return gzip.compress("\n".join([header, *rows, ""]).encode(), 1, mtime=0)


@pytest.mark.parametrize("climate", list(Climate))
def test_every_shipped_year_is_whole_and_small(climate: Climate) -> None:
    assert 8760 == len(year(climate.path).temperature_c)
    assert climate.path.stat().st_size < 100_000


def test_the_climates_are_those_of_their_places() -> None:
    means = {
        climate.value: (
            round(float(year(climate.path).temperature_c.mean()), 1),
            round(float(year(climate.path).humidity_percent.mean())),
        )
        for climate in Climate
    }

    assert {
        "chicago": (10.0, 70),
        "golden": (9.8, 54),
        "new-york": (12.6, 69),
        "tampa": (22.3, 75),
        "tucson": (21.7, 35),
    } == means


@pytest.mark.parametrize("climate", list(Climate))
def test_a_sky_is_clear_cloudy_misty_hazy_or_gives_rain_or_snow(climate: Climate) -> None:
    states = {weather_state(int(code)) for code in np.unique(year(climate.path).condition_code)}

    assert states <= {
        WeatherState.RAIN,
        WeatherState.SNOW,
        WeatherState.ATMOSPHERE,
        WeatherState.CLEAR,
        WeatherState.CLOUDS,
        WeatherState.MIST,
        WeatherState.HAZE,
    }
    assert {WeatherState.CLEAR, WeatherState.CLOUDS} < states


def test_the_same_moment_has_the_same_weather() -> None:
    now_ms = ms("2026-07-03T06:12:34Z")

    assert observe(now_ms) == observe(now_ms)


def test_the_first_row_is_midnight_of_the_new_year_by_the_sun() -> None:
    weather = observe(new_year_ms())

    expected = WeatherObserved(
        site="gwangju",
        at=new_year_ms(),
        fetched_at=new_year_ms(),
        provider="replay",
        temperature_c=-8.3,
        humidity_percent=38.0,
        pressure_hpa=1025.0,
        condition_code=801,
        weather_state=7,
    )
    assert expected == weather


def test_between_two_hours_weather_is_linear_in_steps_of_ten_minutes() -> None:
    start = new_year_ms()
    times = [start + minutes * 60_000 for minutes in (0, 9, 10, 30, 59, 60)]
    seen = [observe(at) for at in times]

    assert [0, 0, 10, 30, 50, 60] == [(each.at - start) // 60_000 for each in seen]
    assert [-8.3, -8.3, -7.65, -6.35, -5.05, -4.4] == [each.temperature_c for each in seen]
    assert times == [each.fetched_at for each in seen]


def test_summer_afternoons_are_the_warmest_wherever_the_site_is() -> None:
    for longitude, noon in ((127.5, "03:30"), (0.0, "12:00"), (-74.0, "16:56")):
        noon_ms = ms(f"2026-07-15T{noon}Z")
        hours = [observe(noon_ms + h * HOUR_MS, longitude=longitude) for h in range(-12, 12)]
        warmest = max(range(24), key=lambda hour: hours[hour].temperature_c)
        assert 12 <= warmest <= 17


def test_the_day_that_a_leap_year_has_more_is_the_first_again() -> None:
    leap_day = new_year_ms() - DAY_MS + (ms("2029-01-01T00:00Z") - ms("2026-01-01T00:00Z"))
    again = observe(leap_day + 7 * HOUR_MS)

    assert observe(new_year_ms() + 7 * HOUR_MS).temperature_c == again.temperature_c


def test_a_shift_is_ahead_of_the_calendar() -> None:
    now_ms = ms("2026-01-15T06:00Z")

    assert observe(now_ms + 181 * DAY_MS).temperature_c == (
        observe(now_ms, shift_h=181 * 24).temperature_c
    )


def test_a_replay_at_speed_shows_an_hour_in_seconds() -> None:
    begin = new_year_ms()
    seen = [
        observe(begin + seconds * 1000, speed=600.0, begin_ms=begin) for seconds in (0, 1, 3, 6)
    ]

    assert [-8.3, -7.65, -6.35, -4.4] == [each.temperature_c for each in seen]
    assert [0, 1, 3, 6] == [(each.at - begin) // 1000 for each in seen]


@pytest.mark.parametrize("speed", [1e-6, 0.5, 1e5])
def test_any_speed_has_weather_at_any_time(speed: float) -> None:
    for now_ms in (0, ms("2026-07-03T06:12:34Z"), ms("2099-12-31T23:59:59Z")):
        assert -30 < observe(now_ms, speed=speed).temperature_c < 45


def test_a_file_of_another_shape_is_refused(complaint: type[Complaint]) -> None:
    shape = f"there must be 8760 rows of {','.join(COLUMNS)}"

    assert shape == complaint.about(packed(*[GOOD] * 8759))
    assert shape == complaint.about(packed(*[GOOD] * 8760, header="time,t,h,p,c"))
    assert complaint.about(packed(*[GOOD + ",1"] + [GOOD] * 8759))
    assert complaint.about(packed(*[GOOD] * 8759, "01-01T00:00,warm,50,1013,800"))


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("x,99.0,50,1013,800", "row 3: temperature_c 99 is not between -90 and 60"),
        ("x,20.0,nan,1013,800", "row 3: humidity_percent nan is not between 0 and 100"),
        ("x,20.0,50,101300,800", "row 3: pressure_hpa 101300 is not between 300 and 1100"),
        ("x,20.0,50,1013,-1", "row 3: condition_code -1 is not between 0 and 999"),
    ],
)
def test_a_value_that_cannot_be_is_refused_with_its_row(
    complaint: type[Complaint], row: str, said: str
) -> None:
    assert said == complaint.about(packed(GOOD, GOOD, row, *[GOOD] * 8757))


@pytest.mark.parametrize("data", [b"", b"plain text", packed(GOOD)[:-12]])
def test_a_file_that_is_no_gzip_is_refused(complaint: type[Complaint], data: bytes) -> None:
    assert complaint.about(data)


def test_a_file_that_swells_is_not_unpacked_whole(complaint: type[Complaint]) -> None:
    bomb = gzip.compress(b"0" * (FILE_BYTES * 4), 9, mtime=0)

    assert "it is larger than 4194304 bytes unpacked" == complaint.about(bomb)
