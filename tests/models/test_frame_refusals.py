from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.frame_refusals import REMEMBERED_SLOTS, FrameRefusals
from schemas.batch import Records
from schemas.frames import FrameCaptured
from schemas.reasons import Reason, SetAside
from tests.models.camera_frames import AT, BOOK, frame, logged


def refusals(*, remembered: int = 1000) -> FrameRefusals:
    return FrameRefusals(BOOK, skew_ms=60_000, remembered=remembered)


def reasons(found: dict[int, SetAside]) -> dict[int, Reason]:
    return {row: aside.reason for row, aside in found.items()}


def test_what_keeps_its_contract_is_not_set_aside() -> None:
    assert {} == refusals().find(logged([frame(number) for number in range(100)]))


@pytest.mark.parametrize(
    ("changes", "reason", "word"),
    [
        ({"frame_id": ""}, Reason.EMPTY_NAME, "frame_id"),
        ({"frame_id": "x" * 129}, Reason.NAME_TOO_LONG, "frame_id"),
        ({"site": "nowhere"}, Reason.UNKNOWN_SITE, "'nowhere' is not in the site book"),
        ({"camera": "c\x1b"}, Reason.UNKNOWN_CAMERA, r"'c\x1b' is not known at mall"),
        ({"camera": "off"}, Reason.CAMERA_OFF, "off is switched off"),
        ({"analyses": ()}, Reason.NO_ANALYSIS, "asks for nothing"),
        ({"image": None}, Reason.NO_PICTURE, "there is none"),
        ({"at": 1}, Reason.TIME_TOO_EARLY, "before 2000"),
    ],
)
def test_what_breaks_its_contract_is_set_aside(
    changes: dict[str, Any], reason: Reason, word: str
) -> None:
    found = refusals().find(logged([frame(), frame(1, **changes)]))

    assert {1: reason} == reasons(found)
    assert word in found[1].detail


@pytest.mark.parametrize(("ahead_ms", "expected"), [(60_000, {}), (60_001, {0: "time_in_future"})])
def test_a_frame_may_be_a_little_ahead_of_the_log(ahead_ms: int, expected: dict[int, str]) -> None:
    assert expected == reasons(refusals().find(logged([frame()], late_ms=-ahead_ms)))


def test_two_frames_with_one_id_are_one_whatever_they_show() -> None:
    find = refusals().find

    first = find(logged([frame(1), frame(2, frame_id="f-1", image=b"other")]))
    second = find(logged([frame(3, frame_id="f-1")], first=2))

    assert {1: SetAside(1, Reason.DUPLICATE, "frame_id: 'f-1' came at offset 0")} == first
    assert {0: Reason.DUPLICATE} == reasons(second)


def test_what_broke_its_contract_may_be_mended_and_sent_again() -> None:
    find = refusals().find
    find(logged([frame(1, image=None)]))

    assert {} == find(logged([frame(1)], first=1))


def test_of_a_camera_that_sends_too_often_some_are_taken() -> None:
    sixty_a_second = [frame(n, camera="slow", at=AT + n * 1000 // 60) for n in range(120)]

    found = refusals().find(logged(sixty_a_second))

    assert {Reason.TOO_OFTEN} == set(reasons(found).values())
    assert 120 - 10 == len(found)


def test_no_camera_takes_the_place_of_another() -> None:
    frames = [frame(0, camera="slow"), frame(1, at=AT), frame(2, at=AT + 1)]

    assert {} == refusals().find(logged(frames))


def test_what_is_remembered_of_a_camera_has_a_bound() -> None:
    judge = refusals()
    judge.find(logged([frame(n, camera="slow") for n in range(REMEMBERED_SLOTS * 2)]))

    assert [REMEMBERED_SLOTS] == [len(slots) for slots in judge._slots.values()]


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 1500)), max_size=30), st.data())
def test_a_log_is_judged_alike_wherever_it_is_cut_and_if_it_is_read_again(
    shape: list[tuple[int, int]], data: st.DataObject
) -> None:
    frames = [frame(n, camera="slow", at=AT + after, frame_id=f"f-{n}") for n, after in shape]
    whole = refusals().find(logged(frames, late_ms=2000))
    cut, again = data.draw(st.integers(0, len(frames))), data.draw(st.integers(0, len(frames)))

    judge = refusals()
    found = judge.find(logged(frames[:cut], late_ms=2000))
    if cut > again:
        judge.find(logged(frames[again:cut], first=again, late_ms=2000))
    rest = judge.find(logged(frames[cut:], first=cut, late_ms=2000))

    moved = {row + cut: replace(aside, row=row + cut) for row, aside in rest.items()}
    assert whole == found | moved


def test_a_batch_needs_an_origin() -> None:
    with pytest.raises(ValueError, match="came in"):
        refusals().find(Records(record=FrameCaptured, rows=[frame()]))


def test_an_empty_batch_is_fine() -> None:
    empty = logged([])
    assert empty.origin is not None
    assert 0 == len(empty.origin.offsets.astype(np.int64))
    assert {} == refusals().find(empty)
