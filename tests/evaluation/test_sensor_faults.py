"""Faults begin after a day; until then everything arrives as it was measured."""

from dataclasses import replace

import pytest

from schemas.records import Quality
from tests.evaluation.cases import STRESSES
from tests.evaluation.faults import FROM_MIN, Drift, Late, Stuck, WeatherOutage, drop_out
from tests.evaluation.samples import MILD, reading


@pytest.mark.parametrize("stress", list(STRESSES))
def test_on_the_first_day_nothing_goes_wrong(stress: str) -> None:
    fault = STRESSES[stress].fault()

    for minute in range(0, FROM_MIN, 100):
        assert [reading(minute)] == list(fault(minute, [reading(minute)]))


def test_a_stuck_sensor_repeats_itself_and_is_found_out_after_an_hour() -> None:
    fault = Stuck()
    fault(FROM_MIN - 1, [reading(FROM_MIN - 1, 24.0)])

    early, late, well = (
        fault(at, [reading(at, 26.0)])[0] for at in (FROM_MIN, FROM_MIN + 60, FROM_MIN + 720)
    )

    assert (24.0, Quality.GOOD) == (early.inlet_c, early.quality)
    assert (24.0, Quality.STUCK) == (late.inlet_c, late.quality)
    assert (26.0, Quality.GOOD) == (well.inlet_c, well.quality)


def test_a_sensor_drifts_for_half_a_day_and_stays_wrong() -> None:
    fault = Drift(2.0)

    said = [fault(at, [reading(at)])[0].inlet_c for at in (FROM_MIN + 360, FROM_MIN + 5000)]

    assert [26.0, 27.0] == said


def test_now_and_then_nothing_arrives_for_half_an_hour() -> None:
    arrived = [bool(drop_out(FROM_MIN + at, [reading(at)])) for at in range(480)]

    assert 2 * 30 == arrived.count(False)
    assert [False] * 30 + [True] * 210 == arrived[:240]


def test_late_readings_arrive_five_minutes_late() -> None:
    fault = Late()

    arrived = [fault(FROM_MIN + at, [reading(at)]) for at in range(7)]

    assert [[], [], [], [], [], [reading(0)], [reading(1)]] == [list(each) for each in arrived]


def test_without_weather_the_last_one_grows_old() -> None:
    fault = WeatherOutage()
    before = reading(FROM_MIN - 1)
    fault(FROM_MIN - 1, [before])
    warmer = replace(MILD, temperature_c=30.0)

    young, old = (
        fault(at, [reading(at, weather=warmer)])[0].weather for at in (FROM_MIN, FROM_MIN + 60)
    )

    assert (20.0, 60.0, False) == (young.temperature_c, young.age_s, young.stale)
    assert old.stale
