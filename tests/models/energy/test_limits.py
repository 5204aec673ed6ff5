import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.energy.limits import Level, believable, limited
from models.sites import SetpointLimits

LIMITS = SetpointLimits()
MINUTE = 60_000
T = 1_700_000_000_000


def run(
    wishes: list[tuple[int, float]],
    limits: SetpointLimits = LIMITS,
    *,
    start_c: float = 22.0,
    obeys: bool = True,
) -> list[float]:
    """The setpoints at these minutes; the air conditioner says each a minute later."""
    level, current, found = Level(), start_c, list[float]()
    for minute, wish in wishes:
        setpoint, level = limited(level, wish, current, T + minute * MINUTE, limits)
        current = setpoint if obeys else start_c
        found.append(setpoint)
    return found


def test_down_it_goes_at_once_and_never_below_the_lowest() -> None:
    assert [18.0] == run([(0, 3.0)], start_c=27)


def test_up_it_goes_by_one_rise_and_then_stands() -> None:
    minutes = [0, 1, 9, 10, 14, 15, 16, 24, 25, 29, 30]
    found = run([(minute, 27.0) for minute in minutes])
    assert [23, 23, 23, 23, 23, 24, 24, 24, 24, 24, 25] == found


def test_small_rises_wait_for_one_another() -> None:
    assert [22.5, 22.5, 23, 23] == run([(0, 22.5), (9, 23.0), (10, 24.0), (14, 24.0)])


def test_after_a_fall_it_stands_before_it_rises() -> None:
    assert [20, 20, 21] == run([(0, 20.0), (9, 22.0), (10, 22.0)])


def test_between_two_steps_the_cooler_one_is_taken() -> None:
    assert [21.5] == run([(0, 21.99)])
    assert [21.7] == run([(0, 21.7)], SetpointLimits(step_c=0.1))


def test_lowest_and_highest_hold_whatever_the_steps_are() -> None:
    limits = SetpointLimits(min_c=18.3, max_c=26.8, step_c=0.5, rise_c=20)
    assert [18.3] == run([(0, 5.0)], limits)
    assert [26.5] == run([(0, 40.0)], limits)


def test_one_that_does_not_obey_is_asked_for_one_rise_again_and_again() -> None:
    assert {19.0} == set(run([(minute, 27.0) for minute in range(60)], start_c=18, obeys=False))


def test_a_fall_that_is_not_taken_yet_is_not_taken_back() -> None:
    level = Level()
    setpoint, level = limited(level, 22.0, 26.0, T, LIMITS)
    assert 22 == setpoint
    # it still says what it was set to before
    assert 22 == limited(level, 26.0, 26.0, T + MINUTE, LIMITS)[0]


def test_what_the_air_conditioner_says_counts_once_it_had_time() -> None:
    _, level = limited(Level(), 22.0, 22.0, T, LIMITS)
    assert 26.5 == limited(level, 26.5, 26.0, T + 20 * MINUTE, LIMITS)[0]


def test_without_a_word_of_it_the_last_recommendation_stands_in() -> None:
    first, level = limited(Level(), 27.0, None, T, LIMITS)
    assert LIMITS.fallback_c + LIMITS.rise_c == first
    assert 24 == limited(level, 27.0, None, T + 15 * MINUTE, LIMITS)[0]


@pytest.mark.parametrize("said", [float("nan"), float("inf"), -5.0, 99.0])
def test_what_cannot_be_is_not_believed(said: float) -> None:
    assert believable(said) is None


def test_what_can_be_is_believed() -> None:
    assert 18.5 == believable(18.5)


@given(
    st.lists(
        st.tuples(
            st.integers(0, 6), st.floats(-100, 100), st.none() | st.floats(5, 40, allow_nan=False)
        ),
        max_size=60,
    )
)
def test_no_wish_brings_it_out_of_its_limits(steps: list[tuple[int, float, float | None]]) -> None:
    level, minute = Level(), 0
    for wait, wish, current in steps:
        minute += wait
        setpoint, level = limited(level, wish, current, T + minute * MINUTE, LIMITS)
        assert LIMITS.min_c <= setpoint <= LIMITS.max_c
        assert 0 == setpoint % LIMITS.step_c
        assert setpoint <= max(wish, LIMITS.min_c)
        assert len(level.past) <= LIMITS.rise_s / 60 + 2


@given(st.lists(st.tuples(st.integers(1, 6), st.floats(10, 40)), max_size=80), st.booleans())
def test_it_never_rises_faster_than_allowed(steps: list[tuple[int, float]], says: bool) -> None:  # noqa: FBT001  # drawn
    level, minute, current = Level(), 0, 22.0
    stood = [(-1000, current)]
    for wait, wish in steps:
        minute += wait
        told = current if says else None
        setpoint, level = limited(level, wish, told, T + minute * MINUTE, LIMITS)
        if setpoint > current:
            assert minute - stood[-1][0] >= LIMITS.hold_s / 60
            lately = [was for until, was in _ends(stood, minute) if until > minute - 15]
            assert setpoint <= min(lately) + LIMITS.rise_c
        if setpoint != current:
            stood.append((minute, setpoint))
        current = setpoint


def _ends(stood: list[tuple[int, float]], now: int) -> list[tuple[int, float]]:
    """When each ended."""
    ends = [since for since, _ in stood[1:]] + [now]
    return [(end, was) for end, (_, was) in zip(ends, stood, strict=True)]
