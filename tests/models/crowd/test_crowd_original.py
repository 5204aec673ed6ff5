import numpy as np
import pytest

from models.crowd.original import OriginalFrame, original_count
from schemas.frames import Gender

NINE = 1_780_300_800_000
HOUR, MINUTE, SECOND = 3_600_000, 60_000, 1000


def frame(at_s: float, *people: str, camera: str = "a") -> OriginalFrame:
    faces = tuple((each, Gender.FEMALE) for each in people)
    return OriginalFrame(NINE + round(at_s * SECOND), camera, faces)


def visitors(*frames: OriginalFrame, window_min: int = 60) -> list[int]:
    return [each.visitors for each in original_count(frames, window_min=window_min).values()]


def test_somebody_alone_is_counted_once_a_window() -> None:
    assert [1, 1] == visitors(*(frame(at, "anna") for at in range(0, 7200, 15)))


def test_after_a_newcomer_everybody_later_in_the_frame_is_counted_again() -> None:
    assert [4] == visitors(frame(0, "anna"), frame(15, "ben", "anna", "ben"))


def test_whoever_stands_before_the_newcomer_is_not() -> None:
    assert [2] == visitors(frame(0, "anna"), frame(15, "anna", "ben"))


def test_who_comes_after_a_window_of_a_quarter_is_over_is_counted_in_every_frame() -> None:
    frames = [frame(at, "anna") for at in range(20 * 60, 3600, 15)]
    assert [len(frames)] == visitors(*frames, window_min=15)


def test_late_frames_turn_time_back_so_that_somebody_is_counted_twice_an_hour() -> None:
    frames = [frame(at, "anna") for at in (59 * 60, 61 * 60, 59 * 60 + 10, 62 * 60)]
    assert [2, 2] == visitors(*frames)


def test_somebody_taken_for_a_man_and_for_a_woman_is_two_visitors() -> None:
    male = OriginalFrame(NINE + 15_000, "a", (("anna", Gender.MALE),))
    [window] = original_count([frame(0, "anna"), male]).values()
    assert (2, 1, 1, 2) == (window.visitors, window.males, window.females, window.new)


def test_frames_without_faces_leave_nothing() -> None:
    assert [] == visitors(frame(0))


@pytest.mark.parametrize(("each_hour", "least", "most"), [(10, 1.2, 1.7), (60, 2.7, 3.9)])
def test_the_more_people_the_more_it_counts_each_of_them(
    each_hour: int, least: float, most: float
) -> None:
    """About 1.4 and 3.3 times, of people who stay 1 to 10 minutes; at 200 an hour about 7."""
    rng = np.random.default_rng(1)
    hours, times = 8, np.arange(0, 8 * 3600, 15)
    came = rng.uniform(0, hours * 3600, each_hour * hours)
    went = came + rng.uniform(60, 600, len(came))
    present = (came[:, None] <= times) & (times < went[:, None])
    frames = [
        frame(at, *(str(who) for who in rng.permutation(present[:, place].nonzero()[0])))
        for place, at in enumerate(times.tolist())
    ]
    hour_of = times // 3600
    truth = sum(int(present[:, hour_of == hour].any(axis=1).sum()) for hour in range(hours))
    assert least < sum(visitors(*frames)) / truth < most
