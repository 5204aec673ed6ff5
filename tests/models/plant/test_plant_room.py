"""The simulated room keeps the books of heat, and does what rooms do."""

from dataclasses import replace

import numpy as np
import pytest

from models.plant.design import draw_designs
from models.plant.room import Around, Room, RoomState, hot_target_k, settled, step

ROOMS = 50


def around(load: float = 0.6, outdoor_c: float = 25.0, derate: float = 0.0) -> Around:
    return Around(
        outdoor_c=np.full(ROOMS, outdoor_c),
        outdoor_percent=np.full(ROOMS, 50.0),
        it_load=np.full(ROOMS, load),
        derate=np.full(ROOMS, derate),
        wander_k=np.zeros(ROOMS),
    )


def after(minutes: int, setpoint_c: float, now: Around, start_c: float = 22.0) -> RoomState:
    design = draw_designs(ROOMS, np.random.default_rng(1))
    state = settled(design, np.full(ROOMS, start_c), around())
    for _ in range(minutes * 6):
        state = step(design, state, np.full(ROOMS, setpoint_c), now, 10.0)
    return state


def test_without_cooling_all_heat_stays_in_air_and_mass() -> None:
    design = replace(
        draw_designs(ROOMS, np.random.default_rng(1)),
        capacity_kw=np.full(ROOMS, 1e-9),
        shell_kw_k=np.zeros(ROOMS),
    )
    start = state = settled(design, np.full(ROOMS, 22.0), around())
    for _ in range(60):
        state = step(design, state, np.full(ROOMS, 18.0), around(), 10.0)

    gained_kj = design.air_kj_k * (state.air_c - start.air_c) + design.mass_kj_k * (
        state.mass_c - start.mass_c
    )
    assert np.full(ROOMS, 0.6 * 600) == pytest.approx(gained_kj, rel=1e-6)


def test_a_higher_setpoint_is_warmer_and_takes_less_power() -> None:
    cool, warm = after(240, 20.0, around()), after(240, 25.0, around())

    assert (warm.inlet_c > cool.inlet_c + 4).all()
    assert (warm.hvac_kw < cool.hvac_kw).all()


def test_heat_outdoors_makes_cooling_dearer() -> None:
    mild, hot = after(120, 22.0, around(outdoor_c=22)), after(120, 22.0, around(outdoor_c=38))

    assert (hot.hvac_kw > mild.hvac_kw).all()


def test_a_weak_air_conditioner_lets_the_room_heat_up() -> None:
    sound, weak = after(120, 20.0, around(load=1.0)), after(120, 20.0, around(1.0, derate=0.7))

    assert (weak.inlet_c > sound.inlet_c + 1).all()


def test_hot_spots_follow_the_load_with_a_lag() -> None:
    design = draw_designs(ROOMS, np.random.default_rng(1))
    target = hot_target_k(design, np.full(ROOMS, 1.0))
    soon, late = after(1, 22.0, around(load=1.0)), after(240, 22.0, around(load=1.0))

    assert (soon.hot_k < target).all()
    assert target == pytest.approx(late.hot_k, abs=0.01)


def test_humidity_is_a_percentage_and_falls_with_warmth() -> None:
    state = after(240, 22.0, around())
    warmer = replace(state, air_c=state.air_c + 5)

    assert ((state.humidity_percent > 5) & (state.humidity_percent <= 100)).all()
    assert (warmer.humidity_percent < state.humidity_percent).all()


def test_a_room_of_60_kw_takes_60_times_as_much_as_one_of_1_kw() -> None:
    large, small = Room(rated_it_kw=60), Room(rated_it_kw=1)
    much, little = (room.step(24.0, 0.8, 30.0, 600.0) for room in (large, small))

    assert much.inlet_c == little.inlet_c
    assert 48.0 == pytest.approx(much.it_kw)
    assert much.hvac_kwh == pytest.approx(60 * little.hvac_kwh)


def test_how_a_room_is_stepped_hardly_matters() -> None:
    at_once, often = (Room(rated_it_kw=60, setpoint_c=22.0) for _ in range(2))
    at_once.step(25.0, 0.8, 30.0, 1200.0)
    for _ in range(240):
        often.step(25.0, 0.8, 30.0, 5.0)

    assert at_once.reading().inlet_c == pytest.approx(often.reading().inlet_c, abs=0.05)
    assert at_once.reading().hvac_kwh == pytest.approx(often.reading().hvac_kwh, rel=0.01)


def test_the_same_seed_draws_the_same_rooms() -> None:
    one, same = (draw_designs(5, np.random.default_rng(3)) for _ in range(2))

    assert np.array_equal(one.hot_gain_k, same.hot_gain_k)
