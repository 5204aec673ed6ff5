import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.arrays import Floats
from models.faces.tracks import Look, Tracks, TrackSettings, overlaps

SECOND = 1000
HERE, ASIDE, AWAY = (0.1, 0.1, 0.2, 0.2), (0.12, 0.1, 0.2, 0.2), (0.7, 0.1, 0.2, 0.2)
Box = tuple[float, float, float, float]


def boxes(*given: Box) -> Floats:
    return np.array(given, np.float64).reshape(-1, 4)


def follow(tracks: Tracks, at: int, *given: Box, quality: float = 0.5) -> list[Look]:
    return tracks.follow(at, boxes(*given), [quality] * len(given))


def tracks(**settings: float) -> Tracks:
    return Tracks(TrackSettings.model_validate({"carry_s": 10, "gap_s": 1} | settings))


def test_boxes_overlap_by_the_share_of_their_area_that_both_have() -> None:
    found = overlaps(boxes(HERE, AWAY), boxes(HERE, (0.2, 0.1, 0.2, 0.2), (0.1, 0.1, 0.0, 0.0)))

    expected = np.array([[1, 1 / 3, 0], [0, 0, 0]])
    np.testing.assert_allclose(expected, found, atol=1e-12)


def test_a_face_that_hardly_moves_is_looked_at_once() -> None:
    following = tracks()

    [first] = follow(following, 0, HERE)
    [second] = follow(following, 100, ASIDE)
    [third] = follow(following, 200, HERE)

    assert first is second is third
    assert (0, 0.5, None) == (first.at, first.quality, first.template)


def test_a_face_somewhere_else_is_looked_at() -> None:
    following = tracks()

    [first] = follow(following, 0, HERE)
    away, again = follow(following, 100, AWAY, HERE)

    assert away is not first
    assert again is first


def test_after_a_gap_a_face_is_looked_at_again() -> None:
    following = tracks()

    [first] = follow(following, 0, HERE)
    [just] = follow(following, SECOND, HERE)
    [later] = follow(following, 2 * SECOND + 1, HERE)

    assert first is just
    assert later is not first


def test_a_face_that_was_away_for_a_frame_is_looked_at_again() -> None:
    following = tracks()

    [first] = follow(following, 0, HERE)
    assert [] == follow(following, 100)
    [again] = follow(following, 200, HERE)

    assert again is not first


def test_looks_are_renewed_at_fixed_times() -> None:
    following = tracks(carry_s=2)

    looks = [follow(following, at, HERE)[0] for at in range(1000, 7000, 500)]

    assert [1000] * 2 + [2000] * 4 + [4000] * 4 + [6000] * 2 == [look.at for look in looks]


def test_a_better_look_is_taken_and_a_slightly_better_one_is_not() -> None:
    following = tracks(better=0.25)

    qualities = [0.5, 0.625, 0.75, 0.25, 0.9]
    looks = [
        follow(following, at, HERE, quality=quality)[0] for at, quality in enumerate(qualities)
    ]

    assert [0.5, 0.5, 0.75, 0.75, 0.75] == [look.quality for look in looks]


def test_where_two_faces_overlap_one_nothing_is_carried_on() -> None:
    following = tracks()
    [first] = follow(following, 0, HERE)

    two = follow(following, 100, HERE, ASIDE)
    [one] = follow(following, 200, HERE)

    assert first not in two
    assert one not in two


def test_a_frame_that_comes_late_changes_nothing() -> None:
    following = tracks()
    [first] = follow(following, 500, HERE)

    [late] = follow(following, 400, HERE)
    [same] = follow(following, 500, HERE)
    [next_one] = follow(following, 600, HERE)

    assert first is next_one
    assert 3 == len({id(look) for look in (first, late, same)})


def test_nothing_is_carried_on_if_it_is_switched_off() -> None:
    following = tracks(carry=False)

    assert follow(following, 0, HERE) != follow(following, 100, HERE)
    assert 0 == len(following)


def test_it_counts_the_faces_of_the_last_frame() -> None:
    following = tracks()
    follow(following, 0, HERE, AWAY)
    assert 2 == len(following)
    follow(following, 100)
    assert 0 == len(following)


@given(
    st.lists(
        st.tuples(
            st.integers(0, 5000),
            st.lists(st.sampled_from([HERE, ASIDE, AWAY]), max_size=3),
            st.sampled_from([0.2, 0.35, 0.9]),
        ),
        max_size=12,
    )
)
def test_no_look_is_carried_on_too_long_nor_to_two_faces_of_a_frame(
    frames: list[tuple[int, list[Box], float]],
) -> None:
    following = tracks(carry_s=2)
    for at, faces, quality in frames:
        looks = follow(following, at, *faces, quality=quality)
        assert len(faces) == len({id(look) for look in looks})
        for look in looks:
            assert look.at // 2000 == at // 2000
            assert quality == pytest.approx(look.quality) or quality < look.quality + 0.1
