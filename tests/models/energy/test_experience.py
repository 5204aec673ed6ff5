import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.energy.experience import BLOCK_MS, DOUBT_K, Experience
from models.energy.shown import KeptExperience
from tests.models.energy.rooms_that_learn import HOUR, MINUTE, START, law, lived

DAY = 24 * 60
"""Minutes."""


def test_a_steady_room_shows_how_warm_its_inlet_becomes() -> None:
    room = Experience()
    lived(room, [0.6] * 50)
    assert [0.6] == pytest.approx(room.curve.loads)
    assert [law(0.6)] == pytest.approx(room.curve.excess_k)


def test_half_an_hour_shows_nothing_yet() -> None:
    room = Experience()
    lived(room, [0.6] * 35)
    assert [] == room.curve.loads


@pytest.mark.parametrize("loads", [[0.4, 0.6] * 60, [n / 120 for n in range(120)]])
def test_a_load_that_moves_shows_nothing(loads: list[float]) -> None:
    room = Experience()
    lived(room, [each for each in loads for _ in range(7)])
    assert [] == room.curve.loads


def test_nor_does_a_setpoint_that_moves() -> None:
    room, at = Experience(), START
    for number in range(20):
        at = lived(room, [0.6] * 20, setpoint_c=22.0 + number % 2, start=at)
    assert [] == room.curve.loads


def test_nor_does_a_room_that_was_silent_for_a_while() -> None:
    room, at = Experience(), START
    for _ in range(6):
        at = lived(room, [0.6] * 25, start=at) + BLOCK_MS
    assert [] == room.curve.loads


def test_the_worst_day_counts_and_is_forgotten_after_a_fortnight() -> None:
    room = Experience()
    at = lived(room, [0.6] * 60)
    lived(room, [0.6] * 60, start=at, warmer_k=lambda _: 2.0)
    assert [law(0.6)] == pytest.approx(room.curve.excess_k)
    lived(room, [0.6] * 60, start=START + 13 * DAY * MINUTE, warmer_k=lambda _: 2.0)
    assert [law(0.6)] == pytest.approx(room.curve.excess_k)
    lived(room, [0.6] * 60, start=START + 15 * DAY * MINUTE, warmer_k=lambda _: 2.0)
    assert [2.0] == pytest.approx(room.curve.excess_k)


def test_an_inlet_cooler_than_it_was_is_doubted() -> None:
    room = Experience()
    at = lived(room, [0.6] * 60)
    assert 0.0 == room.doubt_k
    at = lived(room, [0.6] * 60, start=at, warmer_k=lambda load: law(load) - DOUBT_K - 0.1)
    assert pytest.approx(DOUBT_K + 0.1) == room.doubt_k
    lived(room, [0.6] * 60, start=at)
    assert 0.0 == room.doubt_k


def test_more_load_is_never_taken_for_less_warm() -> None:
    room = Experience()
    at = lived(room, [0.4] * 60, warmer_k=lambda _: 3.0)
    lived(room, [0.8] * 60, start=at, warmer_k=lambda _: 2.0)
    assert [3.0, 3.0, 3.0] == pytest.approx([room.curve.at(load) for load in (0.3, 0.6, 0.9)])


def test_between_two_loads_the_curve_is_straight() -> None:
    room = Experience()
    at = lived(room, [0.4] * 60)
    lived(room, [0.8] * 60, start=at)
    assert pytest.approx(law(0.7)) == room.curve.at(0.7)


def test_nobody_knows_what_comes_before_a_day_is_over() -> None:
    room = Experience()
    at = lived(room, [0.5] * (22 * 60))
    assert room.coming(0.5) is None
    lived(room, [0.5] * 130, start=at)
    assert 0.5 == room.coming(0.5)


def test_a_load_may_jump_as_it_did_at_this_time_of_yesterday() -> None:
    room, jump_at = Experience(), 9 * 60
    day = [0.4] * jump_at + [0.7] * 60 + [0.4] * (DAY - jump_at - 60)
    lived(room, [*day, *day[: jump_at - 30]])
    assert pytest.approx(0.7) == room.coming(0.4)
    assert pytest.approx(0.7) == room.coming(0.6)  # no higher than it was
    at_night = Experience()
    lived(at_night, [*day, *day[: 4 * 60]])
    assert pytest.approx(0.4) == at_night.coming(0.4)


def test_so_it_may_as_it_did_a_short_while_ago() -> None:
    room = Experience()
    lived(room, [0.4] * DAY + [0.4] * 30 + [0.7] * 20 + [0.4] * 60)
    assert pytest.approx(0.6) == room.coming(0.3)


@given(
    loads=st.lists(st.tuples(st.floats(0, 1.5), st.integers(1, 90)), min_size=1, max_size=12),
    cut=st.integers(0, 400),
    gap=st.integers(0, 3 * 24 * HOUR),
)
def test_what_is_kept_goes_on_as_if_nothing_had_happened(
    loads: list[tuple[float, int]], cut: int, gap: int
) -> None:
    minutes = [load for load, count in loads for _ in range(count)]
    whole, before = Experience(), Experience()
    at = lived(whole, minutes[:cut]) + gap
    lived(before, minutes[:cut])
    after = Experience(before.kept())
    lived(whole, minutes[cut:], start=at)
    lived(after, minutes[cut:], start=at)
    assert whole.kept() == after.kept()
    assert (whole.curve, whole.coming(0.3)) == (after.curve, after.coming(0.3))


def test_of_nothing_nothing_is_kept() -> None:
    assert KeptExperience() == Experience().kept()


def test_memory_is_bounded() -> None:
    room, at = Experience(), START
    for number in range(300):
        at = lived(room, [number % 7 / 7] * 55, start=at, setpoint_c=20.0) + number % 3 * 6 * HOUR
    kept = room.kept()
    assert len(kept.blocks) <= 9
    assert len(kept.hours) <= 7 * 24
    assert max(each.day for each in kept.shown) - min(each.day for each in kept.shown) < 14
