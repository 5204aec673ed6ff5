"""Loads are shares of full power, one a minute, the same each time."""

import pytest

from tests.evaluation.loads import LOADS, day_and_night, read_trace, with_full_hours

WEEK_MIN = 7 * 1440


@pytest.mark.parametrize("name", list(LOADS))
@pytest.mark.parametrize("other", [False, True])
def test_every_load_lasts_as_long_as_asked_and_is_a_share(name: str, other: bool) -> None:  # noqa: FBT001  # a case
    load = LOADS[name](WEEK_MIN, other=other)

    assert WEEK_MIN == len(load)
    assert load == LOADS[name](WEEK_MIN, other=other)
    assert load != LOADS[name](WEEK_MIN, other=not other)
    assert all(0.4 <= share <= 1.0 for share in load)


def test_the_trace_is_a_week_of_idle_and_busy_servers() -> None:
    trace = read_trace()

    assert 11_207 == len(trace)
    assert (0.48, 0.88) == pytest.approx((min(trace), max(trace)), abs=0.02)


def test_day_and_night_repeat() -> None:
    load = day_and_night(2 * 1440)

    assert load[:1440] == load[1440:]
    assert (0.45, 0.95) == (load[0], load[12 * 60])


def test_full_hours_are_added_to_any_load() -> None:
    assert (0.5, 1.0, 1.0, 0.5) == with_full_hours((0.5,) * 4, 1, 2)
