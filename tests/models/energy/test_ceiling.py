from collections.abc import Iterable, Sequence

import pytest

from models.energy.ceiling import LIMIT_C, RESERVE, TOLERANCE_K, allowed_c
from models.energy.experience import Experience
from tests.models.energy.rooms_that_learn import MINUTE, START, law, lived

STEP_C = 0.5
DAY = 24 * 60


def stepped(wish_c: float) -> float:
    """As limits do it."""
    return int(wish_c / STEP_C + 1e-6) * STEP_C


def steered(
    room: Experience,
    loads: Iterable[float],
    *,
    raw_c: float = 22.0,
    setpoint_c: float = 22.0,
    start: int = START,
    error_k: float = 0.0,
) -> list[float]:
    """Setpoints, minute by minute, of a room that obeys at once."""
    found = []
    for number, load in enumerate(loads):
        at = start + number * MINUTE
        room.take(at, load, setpoint_c + law(load) + error_k, setpoint_c)
        setpoint_c = stepped(allowed_c(room, raw_c, STEP_C))
        found.append(setpoint_c)
    return found


def after_a_day(loads: Sequence[float]) -> Experience:
    """A room that has lived through such days."""
    room = Experience()
    lived(room, [*loads, *loads])
    return room


def test_a_load_that_never_moves_gets_the_warmest_safe_setpoint_and_no_other() -> None:
    setpoints = steered(Experience(), [0.6] * (3 * DAY))
    best_c = stepped(LIMIT_C - TOLERANCE_K - law(0.6))
    assert {best_c} == set(setpoints[DAY:])
    assert setpoints == sorted(setpoints)


def test_until_a_room_has_shown_itself_it_is_left_alone() -> None:
    assert {22.0} == set(steered(Experience(), [0.6] * 30, raw_c=25.0))


def test_unless_the_model_is_afraid() -> None:
    assert 19.0 >= steered(Experience(), [1.0], raw_c=19.0)[0]


def test_a_load_that_jumps_every_day_is_awaited_with_a_reserve() -> None:
    day = ([0.4] * 60 + [0.8] * 60) * 12
    room = after_a_day(day)
    wish_c = allowed_c(_at(room, day, 0.4), 30.0, STEP_C)
    reserve_k = RESERVE * (law(0.8) - law(0.4))
    assert pytest.approx(LIMIT_C - TOLERANCE_K - law(0.4) - reserve_k, abs=0.05) == wish_c


def _at(room: Experience, day: Sequence[float], load: float) -> Experience:
    """The same room after another hour of this load."""
    lived(room, [load] * 60, start=START + 2 * len(day) * MINUTE)
    return room


def test_when_the_load_jumps_the_setpoint_falls_in_the_same_minute() -> None:
    day = ([0.4] * 60 + [0.8] * 60) * 12
    setpoints = steered(Experience(), day * 2)
    jump = DAY + 60  # minute of it
    safe_c = LIMIT_C - TOLERANCE_K - law(0.8)
    assert setpoints[jump - 1] > safe_c >= setpoints[jump]


def test_when_it_falls_the_setpoint_waits_before_it_rises() -> None:
    day = ([0.4] * 120 + [0.8] * 120) * 6
    setpoints = steered(Experience(), day * 2)
    fall = DAY + 240
    assert {setpoints[fall - 1]} == set(setpoints[fall : fall + 30])
    assert setpoints[fall + 100] > setpoints[fall]


def test_an_inlet_that_is_too_warm_is_cooled_whatever_was_shown() -> None:
    setpoints = steered(Experience(), [0.6] * DAY)
    room = after_a_day([0.6] * DAY)
    hot = steered(
        room,
        [0.6] * 60,
        setpoint_c=setpoints[-1],
        start=START + 2 * DAY * MINUTE,
        error_k=1.0,
    )
    assert hot[-1] <= setpoints[-1] - 1.0
    assert pytest.approx(law(0.6) + 1.0, abs=0.2) == room.curve.at(0.6)


def test_a_sensor_that_sinks_warms_nothing() -> None:
    room = after_a_day([0.6] * DAY)
    before = steered(room, [0.6] * DAY, start=START + 2 * DAY * MINUTE)
    sunk = steered(
        room,
        [0.6] * DAY,
        start=START + 3 * DAY * MINUTE,
        setpoint_c=before[-1],
        error_k=-2.0,
    )
    assert {before[-1]} == set(sunk)
    assert pytest.approx(2.0, abs=0.01) == room.doubt_k


def test_a_load_higher_than_any_shown_is_the_models_to_judge() -> None:
    room = after_a_day([0.6] * DAY)
    wish_c = steered(room, [0.9], raw_c=19.0, start=START + 2 * DAY * MINUTE)[0]
    assert 19.0 >= wish_c
