"""From measured data: the room is found again, and useless data are refused with the reason."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from models.energy.training.history import history
from models.energy.training.identify import Measured, UselessDataError, identify
from models.plant.design import typical_design
from models.plant.room import Room

MINUTES = 2 * 1440


@cache
def measured() -> Measured:
    design = replace(
        typical_design(),
        error_k=np.zeros(1),
        error_load_k=np.zeros(1),
        error_outdoor=np.zeros(1),
        cycle_k=np.zeros(1),
        hot_base_k=np.array([1.0]),
        hot_gain_k=np.array([3.0]),
        hot_exponent=np.array([1.5]),
        hot_lag_s=np.array([480.0]),
        control_s=np.array([180.0]),
    )
    rng = np.random.default_rng(1)
    room, inlet = Room(rated_it_kw=60, design=design), np.empty(MINUTES)
    setpoint = np.repeat(rng.uniform(20, 25, MINUTES // 60), 60)
    load = np.repeat(rng.uniform(0.2, 1.0, MINUTES // 40), 40)
    for minute in range(MINUTES):
        state = room.step(float(setpoint[minute]), float(load[minute]), 25.0, 60.0)
        inlet[minute] = state.inlet_c + 0.1 * rng.standard_normal()
    return Measured(step_s=60.0, setpoint_c=setpoint, inlet_c=inlet, it_load=load)


def test_a_room_is_found_again() -> None:
    found = identify(measured())

    assert 1.0 == pytest.approx(found.base_k, abs=0.3)
    assert 3.0 == pytest.approx(found.gain_k, abs=0.4)
    assert 480 == pytest.approx(found.lag_s, rel=0.4)
    assert found.error_k < 0.3


def test_rooms_are_drawn_around_it() -> None:
    designs = identify(measured()).designs(200, np.random.default_rng(1))

    assert 3.0 == pytest.approx(float(designs.hot_gain_k.mean()), abs=0.4)
    assert designs.carnot.std() > 0.01


def test_a_setpoint_that_never_moved_teaches_nothing() -> None:
    with pytest.raises(UselessDataError, match="setpoint hardly moved"):
        identify(replace(measured(), setpoint_c=np.full(MINUTES, 18.0)))


def test_without_load_hot_spots_cannot_be_learnt() -> None:
    with pytest.raises(UselessDataError, match="no it_load"):
        identify(replace(measured(), it_load=None))
    with pytest.raises(UselessDataError, match="load hardly moved"):
        identify(replace(measured(), it_load=np.full(MINUTES, 0.5)))


def test_a_room_that_does_not_follow_its_setpoint_is_no_room_to_learn_from() -> None:
    rng = np.random.default_rng(1)

    with pytest.raises(UselessDataError, match="something else rules it"):
        identify(replace(measured(), inlet_c=24 + rng.standard_normal(MINUTES)))


def rows(count: int, setpoint: str = "18") -> list[Mapping[str, str]]:
    return [
        {
            "time": f"2026-01-01T{minute // 60 % 24:02}:{minute % 60:02}:00Z",
            "temperature": "24.5",
            "humidity": "40",
            "Aircon_temp": setpoint,
            "ext_temperature": "8",
            "ext_humidity": "60",
            "weather_stat": "7",
        }
        for minute in range(count)
    ]


def test_the_first_export_is_read_and_refused_for_its_constant_setpoint() -> None:
    found = history(rows(600))

    assert found.it_load is None
    with pytest.raises(UselessDataError, match="18 to 18"):
        identify(found)


def test_times_are_read_in_every_way_they_are_written() -> None:
    kinds = ("1767225600", "1767225660000", "2026-01-01T00:02:00+00:00", "26.01.01-00:03:00")
    found = history([{**row, "time": time} for row, time in zip(rows(4), kinds, strict=True)])

    assert 4 == len(found.inlet_c)


def test_the_longest_stretch_without_a_long_gap_is_taken() -> None:
    found = history([*rows(30), *rows(300)[120:]])

    assert 180 == len(found.inlet_c)


def test_power_becomes_load_by_the_rated_power() -> None:
    found = history([{**row, "it_power_kw": "30"} for row in rows(5)], rated_it_kw=60)

    assert found.it_load is not None
    assert [0.5] * 5 == found.it_load.tolist()


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ({"time": "never"}, "row 2"),
        ({"temperature": "warm"}, "row 2"),
        ({"temperature": "inf"}, "infinite"),
        ({"it_power_kw": "30"}, "full load"),
    ],
)
def test_nonsense_is_refused_with_its_place(row: Mapping[str, str], why: str) -> None:
    with pytest.raises(UselessDataError, match=why):
        history([{**rows(1)[0], **row}])


def test_a_missing_column_is_named() -> None:
    with pytest.raises(UselessDataError, match="Aircon_temp or setpoint"):
        history([{"time": "2026-01-01T00:00:00Z", "temperature": "24"}])


def test_no_rows_are_refused() -> None:
    with pytest.raises(UselessDataError, match="there is no row"):
        history([])
