"""What other counters get wrong, case by case."""

from dataclasses import replace
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.crowd import CrowdCounted, WindowState
from schemas.frames import FrameAnalysed, Gender
from tests.models.crowd_frames import NINE, face, frame, told
from tests.models.crowd_frames import settings as crowd_settings
from tests.models.crowd_said import closed, count_all, visits, window, windows

HOUR, MINUTE = 3_600_000, 60_000
SETTINGS = crowd_settings()


def shot(at: int, *people: int, camera: str = "a", **more: object) -> FrameAnalysed:
    return frame(at, *(face(each, **told(**more)) for each in people), camera=camera)


def test_somebody_new_in_a_frame_does_not_count_the_others_again() -> None:
    log = [shot(NINE + n * 15_000, *range(1, n + 2)) for n in range(6)]

    assert 6 == window(count_all(log, SETTINGS), NINE).visitors


def test_every_frame_of_a_window_counts_and_not_only_the_first() -> None:
    log = [shot(NINE, 1), shot(NINE + MINUTE, 2), shot(NINE + 2 * MINUTE, 3)]
    counted = window(count_all(log, SETTINGS), NINE)

    assert (3, 3, 3) == (counted.visitors, counted.frames, counted.faces)


def test_windows_of_fifteen_minutes_count_by_themselves() -> None:
    log = [shot(NINE + n * MINUTE, 1) for n in range(60)]
    said = count_all(log, crowd_settings(window_s=900))

    quarters = [window(said, NINE + n * 15 * MINUTE, hours=0.25) for n in range(4)]
    assert [(1, 15)] * 4 == [(each.visitors, each.frames) for each in quarters]


def test_a_late_frame_counts_in_its_own_window_only() -> None:
    times = [59, 61, 59 + 1 / 6, 62]
    log = [shot(NINE + round(minute * MINUTE), 1) for minute in times]
    said = count_all(log, SETTINGS)

    assert [1, 1] == [window(said, NINE + n * HOUR).visitors for n in range(2)]


def test_who_is_guessed_now_male_now_female_is_one_person_by_the_weight_of_votes() -> None:
    unsure, sure = {"male_probability": 0.6, "quality": 0.4}, {"male_probability": 0.1}
    log = [
        frame(NINE, face(1, **told(**unsure))),
        frame(NINE + MINUTE, face(1, **told(**sure))),
        frame(NINE + 2 * MINUTE, face(1, **told(**unsure))),
    ]
    counted = window(count_all(log, SETTINGS), NINE)

    assert counted.females
    assert counted.males
    assert (1, 1, 0) == (counted.visitors, counted.females.visitors, counted.males.visitors)


def test_new_and_returning_add_up_to_visitors_of_each_gender() -> None:
    log = [shot(NINE, 1, 2), shot(NINE + HOUR, 1, 3), shot(NINE + 25 * HOUR, 1, 4)]
    said = count_all(log, SETTINGS)
    found = [window(said, NINE + hours * HOUR).females for hours in (0, 1, 25)]

    assert [(2, 2, 0), (2, 1, 1), (2, 1, 1)] == [
        (each.visitors, each.new, each.returning) for each in found if each
    ]


def test_a_window_under_way_says_when_it_was_last_changed() -> None:
    log = [shot(NINE + n * 90_000, 1) for n in range(4)]
    said = [each for each in count_all(log, SETTINGS) if isinstance(each, CrowdCounted)]
    mine = [each for each in said if each.window_id == f"hall|a|{NINE}|{NINE + HOUR}"]

    assert [WindowState.UPDATED] * 3 + [WindowState.CLOSED] == [each.state for each in mine]
    assert [NINE + n * 90_000 for n in (0, 1, 2, 3)] == [each.at for each in mine]


def test_two_frames_of_one_second_both_count() -> None:
    log = [shot(NINE, 1), shot(NINE + 500, 2)]

    assert 2 == window(count_all(log, SETTINGS), NINE).frames


def test_a_day_is_no_sum_of_its_hours() -> None:
    log = [shot(NINE + n * 10 * MINUTE, 1) for n in range(13)]
    said = count_all(log, SETTINGS)
    days = [each for each in closed(said).values() if each.window_s == 86_400 and each.frames]

    assert [1, 1, 1] == [window(said, NINE + n * HOUR).visitors for n in range(3)]
    assert {1} == {each.visitors for each in days}


def test_somebody_seen_by_two_cameras_is_one_at_the_site() -> None:
    log = [shot(NINE, 1, 2, camera="a"), shot(NINE + MINUTE, 1, 3, camera="b")]
    said = count_all(log, SETTINGS)

    assert [2, 2, 3] == [window(said, NINE, camera).visitors for camera in ("a", "b", "*")]


def test_an_empty_window_of_a_known_camera_is_closed_as_zeros() -> None:
    log = [shot(NINE, 1), shot(NINE + 3 * HOUR, 1)]
    counted = window(count_all(log, SETTINGS), NINE + HOUR, "a")

    assert (0, 0, 0, 1) == (
        counted.visitors,
        counted.frames,
        counted.peak_occupancy,
        counted.revision,
    )
    assert counted.mean_dwell_s is None


def test_a_camera_that_is_silent_for_long_is_told_of_no_more_until_it_is_heard_again() -> None:
    days = (0, 60, 61)
    said = count_all([shot(NINE + day * 24 * HOUR, day) for day in days], SETTINGS)
    starts = sorted(
        each.window_start
        for each in closed(said).values()
        if each.camera == "a" and each.window_s == 3600
    )

    assert starts[-1] > NINE + 62 * 24 * HOUR
    words = [each for each in said if isinstance(each, CrowdCounted)]
    closings = [each.window_id for each in words if each.state is WindowState.CLOSED]
    assert len(closings) == len(set(closings))
    [(last, again)] = [(a, b) for a, b in pairwise(starts) if b - a > HOUR]
    assert (NINE + 7 * 24 * HOUR, NINE + 60 * 24 * HOUR) == (last, again)


def test_a_late_frame_closes_its_window_again_with_the_next_revision() -> None:
    log = [shot(NINE, 1), shot(NINE + 3 * HOUR, 1), shot(NINE + MINUTE, 2)]
    said = [each for each in count_all(log, SETTINGS) if isinstance(each, CrowdCounted)]
    mine = [each for each in said if each.window_id == f"hall|a|{NINE}|{NINE + HOUR}"]

    assert [(1, 1), (2, 2)] == [
        (each.revision, each.visitors) for each in mine if each.state is WindowState.CLOSED
    ]


def test_who_stays_away_longer_than_the_gap_comes_for_another_visit() -> None:
    minutes = (0, 1, 2, 7, 13, 14)
    log = [shot(NINE + n * MINUTE, 1) for n in minutes]
    found = sorted(visits(count_all(log, SETTINGS)).values(), key=lambda each: each.first_seen)

    assert [(0, 7, 4, False), (13, 14, 2, True)] == [
        (
            (each.first_seen - NINE) // MINUTE,
            (each.last_seen - NINE) // MINUTE,
            each.sightings,
            each.returning,
        )
        for each in found
    ]
    assert [420.0, 60.0] == [each.dwell_s for each in found]
    assert 1 == len({each.person for each in found})
    assert (Gender.FEMALE, 34.0, "happiness") == (found[0].gender, found[0].age, found[0].emotion)


def test_short_stays_are_not_told_but_counted() -> None:
    log = [shot(NINE, 1), shot(NINE, 2, camera="b"), shot(NINE + 2 * MINUTE, 2, camera="b")]
    said = count_all(log, crowd_settings(min_stay_s=60))

    assert [120.0] == [each.dwell_s for each in visits(said).values()]
    assert 2 == window(said, NINE).visitors


def test_a_visit_ends_at_midnight_and_the_next_one_returns() -> None:
    midnight = NINE + 7 * HOUR
    log = [shot(midnight + n * MINUTE, 1) for n in (-2, -1, 0, 1)]
    found = sorted(visits(count_all(log, SETTINGS)).values(), key=lambda each: each.first_seen)

    assert [(60.0, False), (60.0, True)] == [(each.dwell_s, each.returning) for each in found]


def test_occupancy_is_of_those_present_at_once() -> None:
    log = [
        shot(NINE, 1),
        shot(NINE + 5 * MINUTE, 1, 2),
        shot(NINE + 10 * MINUTE, 2),
        shot(NINE + 20 * MINUTE, 3),
    ]
    counted = window(count_all(log, SETTINGS), NINE)

    assert 2 == counted.peak_occupancy
    assert round(10 / 60, 6) == counted.mean_occupancy


def test_poor_faces_are_unresolved_unless_they_are_like_somebody() -> None:
    log = [
        frame(NINE, face(1, quality=0.1), face()),
        frame(NINE + MINUTE, face(1), face(2, yaw_deg=80.0)),
        frame(NINE + 2 * MINUTE, face(1, quality=0.1), face(3, embedding_model="another")),
    ]
    counted = window(count_all(log, SETTINGS), NINE)

    assert (1, 6, 4) == (counted.visitors, counted.faces, counted.unresolved)


@settings(max_examples=20, deadline=None)
@given(order=st.permutations(range(3)))
def test_of_two_frames_with_one_id_and_time_the_same_counts_in_any_order(order: list[int]) -> None:
    log = [shot(NINE, 1), shot(NINE, 1, 2), shot(NINE + MINUTE, 3)]
    expected = windows(count_all(log, SETTINGS))
    found = windows(count_all([log[place] for place in order], SETTINGS))

    assert {name: replace(each, revision=0) for name, each in expected.items()} == {
        name: replace(each, revision=0) for name, each in found.items()
    }
