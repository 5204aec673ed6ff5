from collections.abc import Iterable, Sequence
from math import inf

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.energy.ceiling import RESERVE, TOLERANCE_K, allowed_c, always_c, too_warm_k
from models.energy.experience import Experience
from models.energy.limits import Level, limited
from models.sites import SetpointLimits
from tests.models.energy.rooms_that_learn import MINUTE, START, law, lived

STEP_C, LIMIT_C = 0.5, 27.0
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
        if too_warm_k(room, LIMIT_C):
            room.startled()
        setpoint_c = stepped(allowed_c(room, raw_c, STEP_C, LIMIT_C))
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
    wish_c = allowed_c(_at(room, day, 0.4), 30.0, STEP_C, LIMIT_C)
    reserve_k = RESERVE * (law(0.8) - law(0.4))
    assert pytest.approx(LIMIT_C - TOLERANCE_K - law(0.4) - reserve_k, abs=0.05) == wish_c


def _at(room: Experience, day: Sequence[float], load: float) -> Experience:
    """The same room after another hour of this load."""
    lived(room, [load] * 60, start=START + 2 * len(day) * MINUTE)
    return room


def test_when_the_load_jumps_the_setpoint_falls_in_the_same_minute() -> None:
    day = ([0.4] * 60 + [0.9] * 60) * 12
    setpoints = steered(Experience(), day * 2)
    jump = DAY + 60  # minute of it
    safe_c = LIMIT_C - TOLERANCE_K - law(0.9)
    assert setpoints[jump - 1] > safe_c >= setpoints[jump]


def test_when_it_falls_the_setpoint_waits_before_it_rises() -> None:
    day = ([0.4] * 120 + [0.9] * 120) * 6
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


def test_what_is_always_safe_is_safe_at_the_highest_load() -> None:
    room = Experience()
    assert inf == always_c(room, LIMIT_C)
    at = lived(room, [0.4] * 60)
    lived(room, [0.9] * 60, start=at)
    assert pytest.approx(LIMIT_C - TOLERANCE_K - law(0.9)) == always_c(room, LIMIT_C)


@settings(deadline=None, max_examples=60)
@given(
    levels=st.lists(st.tuples(st.floats(0.2, 1.0), st.integers(45, 120)), min_size=1, max_size=9),
    raw_c=st.floats(18, 27),
    gain_k=st.floats(0.5, 4.0),
)
def test_whatever_the_load_does_and_the_model_says_a_room_that_lags_is_soon_cool_again(
    levels: list[tuple[float, int]], raw_c: float, gain_k: float
) -> None:
    room, setpoint_c, excess_k, warm_min = Experience(), 22.0, 1.0, 0
    level = Level()
    day = [load for load, minutes in levels for _ in range(minutes)]
    for number, load in enumerate(day * (1 + 3000 // len(day))):
        at = START + number * MINUTE
        excess_k += (1.0 + gain_k * load - excess_k) / 8
        inlet_c = setpoint_c + excess_k
        warm_min = warm_min + 1 if inlet_c > LIMIT_C else 0
        assert warm_min <= 12
        room.take(at, load, inlet_c, setpoint_c)
        if too_warm_k(room, LIMIT_C):
            room.startled()
        wish_c = allowed_c(room, raw_c, STEP_C, LIMIT_C)
        setpoint_c, level = limited(level, wish_c, setpoint_c, at, SetpointLimits(min_c=15))
