"""An air conditioner goes down at once and up slowly."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.evaluation.conditioner import Conditioner, stepped


def test_it_rises_by_one_degree_in_any_quarter_of_an_hour() -> None:
    conditioner = Conditioner(22.0)

    taken = [conditioner.obey(25.0, minute) for minute in range(31)]

    assert [23.0] * 15 + [24.0] * 15 + [25.0] == taken


def test_it_holds_for_ten_minutes_after_a_rise() -> None:
    conditioner = Conditioner(22.0)

    assert [22.5, 22.5, 23.0] == [
        conditioner.obey(c, at) for c, at in ((22.5, 0), (23, 9), (23, 10))
    ]


def test_it_falls_at_once() -> None:
    conditioner = Conditioner(25.0)

    assert 19.0 == conditioner.obey(19.0, 0)


@pytest.mark.parametrize(("wish_c", "taken"), [(10.0, 18.0), (22.49, 22.0), (22.5, 22.5)])
def test_it_takes_steps_within_its_limits_never_above_the_wish(wish_c: float, taken: float) -> None:
    assert taken == Conditioner(27.0).obey(wish_c, 0)


@given(st.lists(st.floats(0, 60), min_size=1, max_size=200))
def test_whatever_is_wished_no_limit_is_broken(wishes: list[float]) -> None:
    conditioner = Conditioner(22.0)
    taken = [22.0] + [conditioner.obey(wish, minute) for minute, wish in enumerate(wishes)]

    rises = [max(0.0, after - before) for before, after in pairwise(taken)]

    assert all(18 <= each <= 27 and stepped(each) == each for each in taken)
    assert all(sum(rises[at : at + 15]) <= 1 for at in range(len(rises)))
