from connectors.crowd_truth import Truth
from tests.connectors.crowd_scenes import SECOND, TEN, made, plan, stay

HOUR = 3_600_000
GAP_S = 300


def test_a_pause_longer_than_the_gap_ends_a_visit() -> None:
    truth = Truth(
        plan(stay(0, "a", 0, 10), stay(0, "a", 30, 40), stay(0, "a", 62, 70)), gap_s=GAP_S
    )
    seen = [(visit.first_seen, visit.last_seen) for visit in truth.visits("a")]
    at = [TEN + frame * 15 * SECOND for frame in (0, 40, 62, 70)]
    assert [(at[0], at[1]), (at[2], at[3])] == seen


def test_who_walks_to_the_other_camera_has_two_visits_and_one_to_the_site() -> None:
    truth = Truth(plan(stay(0, "a", 0, 10), stay(0, "b", 14, 20)), gap_s=GAP_S)
    assert [1, 1, 1] == [len(truth.visits(camera)) for camera in ("a", "b", None)]
    assert [(1, 1), (1, 1), (1, 1)] == [
        (window.visitors, window.new) for window in truth.windows(7200)
    ]


def test_who_comes_back_is_returning_and_not_new() -> None:
    truth = Truth(
        plan(stay(0, "a", 0, 10), stay(0, "b", 100, 110), stay(1, "b", 105, 110)), gap_s=300
    )
    site, a, b = truth.windows(7200)
    assert [(2, 2, 0), (1, 1, 0), (2, 1, 1)] == [
        (each.visitors, each.new, each.returning) for each in (site, a, b)
    ]


def test_who_stays_over_the_hour_is_a_visitor_of_both_and_new_in_both() -> None:
    truth = Truth(plan(stay(0, "a", 230, 250)), gap_s=GAP_S)
    first, second = (truth.window("a", TEN + n * HOUR, TEN + (n + 1) * HOUR) for n in range(2))
    assert [(1, 1), (1, 1)] == [(each.visitors, each.new) for each in (first, second)]
    assert (9 * 15 * SECOND / HOUR, 10 * 15 * SECOND / HOUR) == (first.mean, second.mean)


def test_at_once_are_those_whose_visits_overlap() -> None:
    stays = [stay(0, "a", 0, 10), stay(1, "a", 10, 20), stay(2, "b", 15, 25)]
    truth = Truth(plan(*stays), gap_s=GAP_S)
    assert [2, 2, 1] == [window.peak for window in truth.windows(7200)]


def test_days_are_no_sums_of_hours() -> None:
    truth = Truth(made(), gap_s=GAP_S)
    hours = [window.visitors for window in truth.windows(3600) if window.camera is None]
    assert 5 == truth.window(None, TEN, TEN + 24 * HOUR).visitors < sum(hours)
