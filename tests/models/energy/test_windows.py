from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from models.energy.settings import EnergySettings
from models.energy.windows import Gathering, Window, pace
from tests.models.plain_windows import plain_windows

PACE = pace(EnergySettings())
S = 1000


def gathered(seconds: Sequence[float], gathering: Gathering | None = None) -> list[Window]:
    gathering = gathering or Gathering()
    return [
        window
        for row, at in enumerate(seconds)
        for window in gathering.take(round(at * S), [row], PACE)
    ]


def told(windows: Sequence[Window]) -> list[tuple[list[int], bool]]:
    return [([at // S for at, _ in window.sets], window.full) for window in windows]


def test_six_sets_in_a_row_are_a_window_as_soon_as_the_sixth_is_there() -> None:
    gathering = Gathering()
    assert [] == gathered(range(0, 50, 10), gathering)
    assert [([0, 10, 20, 30, 40, 50], True)] == told(gathering.take(50 * S, [5], PACE))
    assert [] == gathering.sets


def test_no_set_is_in_two_windows() -> None:
    windows = told(gathered(range(0, 180, 10)))
    assert [(list(range(first, first + 60, 10)), True) for first in (0, 60, 120)] == windows


def test_sets_out_of_order_are_put_in_order() -> None:
    [window] = gathered([10, 0, 30, 20, 50, 40])
    assert [0, 10, 20, 30, 40, 50] == [at // S for at, _ in window.sets]
    assert [1, 0, 3, 2, 5, 4] == [row for _, [row] in window.sets]


def test_a_clock_that_does_not_keep_to_the_second_does_no_harm() -> None:
    assert [True] * 3 == [each.full for each in gathered([10.4 * n for n in range(18)])]


def test_two_lost_sets_are_bridged() -> None:
    assert [([0, 10, 40, 50, 60, 70], True)] == told(gathered([0, 10, 40, 50, 60, 70]))


def test_beyond_a_gap_a_new_window_begins_and_the_old_one_lacks_sets() -> None:
    windows = told(gathered([0, 10, 50, 60, 70, 80, 90, 100]))
    assert [([0, 10], False), ([50, 60, 70, 80, 90, 100], True)] == windows


def test_a_gap_may_still_be_filled_as_long_as_nothing_is_too_late() -> None:
    assert [([0, 10, 20, 30, 40, 50], True)] == told(gathered([0, 10, 50, 20, 30, 40]))


def test_sets_that_come_too_seldom_lack_in_every_window() -> None:
    windows = gathered(range(0, 600, 25))
    assert {False} == {window.full for window in windows}
    assert {4} == {len(window.sets) for window in windows}


def test_what_comes_after_its_window_is_passed_over() -> None:
    windows = told(gathered([0, 10, 20, 30, 40, 60, 50, 70, 80, 90, 100, 110]))
    assert [([0, 10, 20, 30, 40, 60], True)] == windows[:1]
    assert [] == windows[1:]


def test_what_is_too_late_is_passed_over() -> None:
    gathering = Gathering()
    gathered([100, 69], gathering)
    assert [(100 * S, [0])] == gathering.sets


def test_a_set_that_comes_again_counts_once() -> None:
    gathering = Gathering()
    gathered([0, 10, 10, 0, 12], gathering)
    assert [0, 10] == [at // S for at, _ in gathering.sets]


def test_a_device_that_sends_too_often_is_thinned_out() -> None:
    windows = gathered(range(120))
    assert [30, 30, 30] == [
        window.sets[-1][0] // S - window.sets[0][0] // S + 5 for window in windows[:3]
    ]


def test_what_waits_is_bounded_however_it_comes() -> None:
    gathering = Gathering()
    for row in range(5000):
        gathering.take(row * 37 % 90_000 + row, [row], PACE)
        assert (
            len(gathering.sets) <= (PACE.gap_ms + PACE.lateness_ms + PACE.span_ms) / PACE.apart_ms
        )


def test_a_room_that_falls_silent_ends_what_waits() -> None:
    gathering = Gathering()
    gathered([0, 10], gathering)
    window = gathering.give_up()
    assert (10 * S, [0, 10], False) == (window.at, *told([window])[0])
    assert [] == gathered([5, 10], gathering)
    nothing = gathering.give_up()
    assert (10 * S + 1, []) == (nothing.at, nothing.sets)


times = st.lists(
    st.integers(0, 60).map(lambda n: n * 5 * S) | st.integers(0, 300 * S), max_size=60
) | st.lists(st.integers(-40, 40), max_size=60).map(
    lambda late: [n * 10 * S + by * S for n, by in enumerate(late)]
)


@given(times)
def test_windows_are_those_of_the_plain_twin(times: list[int]) -> None:
    gathering = Gathering()
    found = [
        (tuple(at for at, _ in window.sets), window.full)
        for row, at in enumerate(times)
        for window in gathering.take(at, [row], PACE)
    ]
    assert plain_windows(times, PACE) == found
