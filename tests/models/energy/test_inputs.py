from datetime import datetime
from math import cos, pi, sin
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from models.arrays import Floats
from models.energy.inputs import FIRST, NAMES, PLACE, STALE, SUSPECT, WIDTH, Inputs, skewed
from models.sites import SiteBook, load_sites
from schemas.energy import EnrichedReading
from schemas.records import Quality
from tests.models.energy_models import ENERGY
from tests.models.enriched import READING, batch, reading

HOUR = 3_600_000


def table(*rows: EnrichedReading, book: SiteBook | None = None) -> Floats:
    found = Inputs(book or load_sites()).table(batch(rows).rows, np.zeros(len(rows), np.intp))
    assert (len(rows), WIDTH) == found.shape
    return found


def test_the_first_five_are_the_originals_in_its_order() -> None:
    assert ENERGY == FIRST == NAMES[:5]
    assert [60, 10, 50, 24, 6] == table(READING)[0, :5].tolist()


def test_everything_else_stands_under_its_name() -> None:
    [row] = table(reading(it_power_kw=45.0, setpoint_c=21.5, setpoint_age_s=90.0))
    assert (0.75, 21.5, 1.5) == tuple(
        row[PLACE[name]] for name in ("it_load", "setpoint", "setpoint_age_min")
    )


def test_what_is_missing_is_no_number() -> None:
    fields: dict[str, Any] = {
        name: None for name in EnrichedReading.__slots__ if name.endswith(("_c", "_percent"))
    }
    [row] = table(reading(it_power_kw=None, setpoint_age_s=None, weather_state=0, **fields))
    assert {"weather_state", "hour_sin", "hour_cos"} == {
        name for name, place in PLACE.items() if not np.isnan(row[place])
    }


@pytest.mark.parametrize(
    ("quality", "suspect"),
    [
        (Quality.GOOD, 0),
        (Quality.MISSING, 0),
        (Quality.STUCK, 1),
        (Quality.OUT_OF_RANGE, 1),
        (Quality.SPIKE, 1),
        (Quality.SUSPECT, 1),
    ],
)
def test_a_suspect_sensor_is_marked_and_a_missing_value_speaks_for_itself(
    quality: Quality, suspect: int
) -> None:
    assert suspect == table(reading(quality=quality))[0, SUSPECT]


def test_old_weather_is_marked() -> None:
    assert [0, 1] == table(READING, reading(weather_stale=True))[:, STALE].tolist()


def test_a_wrong_clock_is_told() -> None:
    rows = batch([READING, reading(quality=Quality.CLOCK_SKEW)]).rows
    assert [False, True] == skewed(rows).tolist()


@pytest.mark.parametrize("zone", ["Asia/Seoul", "America/New_York", "Asia/Kathmandu", "UTC"])
def test_the_time_of_day_is_that_of_the_site(zone: str) -> None:
    book = SiteBook.model_validate(
        {
            "gwangju": {
                "latitude": 0,
                "longitude": 0,
                "time_zone": zone,
                "rooms": {"tower-1": {"sensor": "room-1", "rated_it_kw": 60}},
            }
        }
    )
    # around the night in which New York's clocks went back, and far from it
    times = [1_762_056_000_000 + n * HOUR // 2 + n for n in range(20)] + [0, 1_750_000_000_123]
    found = table(*(reading(at=at) for at in times), book=book)
    for at, row in zip(times, found, strict=True):
        local = datetime.fromtimestamp(at / 1000, ZoneInfo(zone))
        hour = local.hour + local.minute / 60 + local.second / 3600 + local.microsecond / 3.6e9
        expected = pytest.approx([sin(hour * pi / 12), cos(hour * pi / 12)], abs=1e-9)
        assert expected == [row[PLACE["hour_sin"]], row[PLACE["hour_cos"]]]


def test_no_readings_make_no_rows() -> None:
    assert (0, WIDTH) == table().shape
