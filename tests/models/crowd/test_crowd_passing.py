from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from models.crowd.passing import MOST_PEOPLE, Passing
from models.crowd.windows import Calendar
from schemas.frames import FrameAnalysed
from tests.models.crowd_frames import NINE, face, frame, settings, somebody

HOUR = 3_600_000
CALENDAR = Calendar(ZoneInfo("Asia/Seoul"), window_s=3600, gap_s=300)


def passing(key: bytes = b"a key") -> Passing:
    return Passing(settings(), key)


def seen(at: int, *people: Any, camera: str = "a", **more: Any) -> FrameAnalysed:
    """A frame of a camera, so long after nine, with faces that have their ids."""
    faces = [face(each, face_id=f"{camera}/{at}/{n}", **more) for n, each in enumerate(people)]
    return frame(NINE + at, *faces, camera=camera)


def tokens(who: Passing, *frames: FrameAnalysed) -> list[list[str | None]]:
    told = [who.tell(each, CALENDAR.window_of(each.at)) for each in frames]
    return [[face.person for face in each.faces] for each in told]


def test_a_person_has_one_token_in_a_window_and_others_have_others() -> None:
    [[ann], [bob, again], [turned]] = tokens(
        passing(), seen(0, 1), seen(100, 2, 1), seen(200, somebody(1, turn=0.3))
    )

    assert ann == again == turned
    assert None not in {ann, bob}
    assert ann != bob


def test_nobody_is_two_in_one_frame() -> None:
    [[one, other]] = tokens(passing(), seen(0, 1, 1))

    assert one != other


def test_a_frame_has_tokens_for_templates_and_is_else_the_same() -> None:
    frame_ = seen(0, 1)
    told = passing().tell(frame_, CALENDAR.window_of(frame_.at))

    [given_face], [face_] = frame_.faces, told.faces
    expected = replace(given_face, embedding=None, embedding_model=None, person=face_.person)
    assert replace(frame_, faces=(expected,)) == told


def test_another_window_and_another_camera_know_nobody() -> None:
    who = passing()

    found = tokens(who, seen(0, 1), seen(HOUR, 1), seen(0, 1, camera="b"), seen(100, 1))

    assert found[0] == found[3]
    assert 3 == len({each for [each] in found})


def test_tokens_say_nothing_to_who_has_not_the_key() -> None:
    [[one]], [[other]] = tokens(passing(b"one"), seen(0, 1)), tokens(passing(b"two"), seen(0, 1))

    assert one != other
    assert {32} == {len(str(one)), len(str(other))}


def test_the_same_frames_give_the_same_tokens_after_a_restart() -> None:
    frames = [seen(at, at // 300, 7) for at in range(0, 900, 100)]

    assert tokens(passing(), *frames) == tokens(passing(), *frames)


def test_after_a_restart_somebody_known_has_another_token() -> None:
    [[before]], [[after]] = tokens(passing(), seen(0, 1)), tokens(passing(), seen(100, 1))

    assert before != after


def test_a_late_frame_is_of_its_window_while_that_is_kept() -> None:
    who = passing()
    [[first]] = tokens(who, seen(0, 1))
    [[late]] = [tokens(who, seen(HOUR, 2), seen(50, 1))[1]]
    assert first == late

    found = tokens(who, seen(2 * HOUR, 3), seen(60, 1), seen(HOUR + 1, 2))

    assert [None] == found[1]
    assert [None] != found[2]


def test_poor_faces_and_those_without_templates_are_unresolved_unless_known() -> None:
    who = passing()

    assert [[None]] == tokens(who, seen(0, 1, quality=0.1))
    assert [[None]] == tokens(who, seen(10, None))
    [[ann], [poor]] = tokens(who, seen(20, 1), seen(30, 1, quality=0.1))
    assert None is not ann == poor


def test_a_day_of_23_hours_has_windows_too() -> None:
    calendar = Calendar(ZoneInfo("Europe/Berlin"), window_s=7200, gap_s=300)
    at = int(datetime(2026, 3, 29, 21, 30, tzinfo=UTC).timestamp() * 1000)
    who, one, other = passing(), seen(at - NINE, 1), seen(at - NINE + HOUR, 1)
    found = [who.tell(each, calendar.window_of(each.at)).faces[0].person for each in (one, other)]

    assert found[0] != found[1]


def test_a_crowd_beyond_the_bound_is_unresolved_and_those_known_stay_known() -> None:
    who = passing()
    for start in range(0, MOST_PEOPLE, 100):
        tokens(who, seen(start, *range(start, start + 100)))

    [[known, new]] = tokens(who, seen(MOST_PEOPLE, 5, MOST_PEOPLE + 5))

    assert known is not None
    assert new is None
    assert len(who) >= MOST_PEOPLE


def test_an_empty_frame_stays_empty() -> None:
    assert [[]] == tokens(passing(), seen(0))
    assert 0 == len(passing())


people = st.one_of(st.none(), st.integers(0, 6))
faces = st.lists(
    st.builds(
        lambda who, turn, quality: face(
            None if who is None else somebody(who, turn), quality=quality, face_id=f"{who}/{turn}"
        ),
        people,
        st.sampled_from([0.0, 0.2, 0.4, 0.6]),
        st.sampled_from([0.1, 0.5, 0.9]),
    ),
    max_size=4,
)
frames = st.lists(
    st.builds(
        lambda at, camera, some: frame(NINE + at, *some, camera=camera),
        st.integers(-HOUR, 3 * HOUR),
        st.sampled_from(["a", "b"]),
        faces,
    ),
    max_size=12,
)


@given(frames)
def test_no_template_is_ever_told_nor_a_token_twice_in_a_frame(given: list[FrameAnalysed]) -> None:
    who = passing()
    owners: dict[str, tuple[str, int]] = {}
    for each in given:
        span = CALENDAR.window_of(each.at)
        told = who.tell(each, span)
        values = [value for face in told.faces for value in asdict(face).values()]
        assert not any(isinstance(value, bytes) for value in values)
        assert {None} >= {face.embedding_model for face in told.faces}
        named = [face.person for face in told.faces if face.person]
        assert len(named) == len(set(named))
        for token in named:
            assert (each.camera, span.start) == owners.setdefault(token, (each.camera, span.start))
