"""A weather file tells the kind of weather of each hour, and can be made hotter."""

import pytest

from tests.evaluation.weather_file import hotter, place, states

HEADER = ["LOCATION,Tampa,FL,USA,TMY3,722110,27.97,-82.53,-5.0,3.0", *["X"] * 7]


def hour(
    at: int,
    *,
    dry_c: float = 20.0,
    dew_c: float = 10.0,
    sky: int = 0,
    km: float = 16.0,
    rain: str = "0.0",
) -> str:
    fields = ["1988", "8", "1", str(at), "0", "?", str(dry_c), str(dew_c), "52"]
    fields += ["0"] * 13 + [str(sky), str(sky), str(km)] + ["9"] * 8 + [rain, "1.0"]
    return ",".join(fields)


def test_the_place_is_in_the_first_line() -> None:
    found = place(HEADER)

    assert (27.97, -82.53, -5.0) == (found.latitude, found.longitude, found.utc_hours)


@pytest.mark.parametrize(
    ("line", "state"),
    [
        (hour(1), 6),
        (hour(1, sky=1), 6),
        (hour(1, sky=2), 7),
        (hour(1, km=0.4), 8),
        (hour(1, rain="1.2"), 3),
        (hour(1, rain="1.2", dry_c=-2.0), 4),
        (hour(1, rain="999.0"), 6),
    ],
)
def test_each_hour_has_a_kind_of_weather(line: str, state: int) -> None:
    assert {(8, 1, 0): state} == states([*HEADER, line])


def test_a_heat_wave_adds_heat_but_no_water() -> None:
    made = hotter([*HEADER, hour(1, dry_c=24.0, dew_c=24.0)], 8.0)[-1].split(",")

    assert ("32.0", "24.0") == (made[6], made[7])
    assert 63 == pytest.approx(float(made[8]), abs=1)


def test_the_header_of_a_heat_wave_is_as_it_was() -> None:
    assert HEADER == hotter(HEADER, 8.0)
