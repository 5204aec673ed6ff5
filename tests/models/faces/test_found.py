from typing import Any

import numpy as np
import pytest

from models.faces.embedding import unpacked
from models.faces.found import FoundFace, analysed, gender, record
from models.faces.picture import Picture
from models.faces.pose import Pose
from schemas.frames import Emotions, FrameCaptured, Gender

PICTURE = Picture(pixels=np.zeros((200, 400, 3), np.uint8), width_px=1600, height_px=800)


def frame(frame_id: str = "f-1") -> FrameCaptured:
    return FrameCaptured(
        frame_id=frame_id,
        site="shop",
        camera="door",
        at=1_700_000_000_000,
        analyses=("faces",),
        tags={},
    )


def face(**changes: Any) -> FoundFace:
    fields: dict[str, Any] = {
        "box": (40.0, 20.0, 100.0, 50.0),
        "landmarks": np.array([[40.0, 20], [80, 20], [60, 40], [45, 60], [75, 60]]),
        "score": 0.9,
        "pose": Pose(yaw_deg=1, pitch_deg=2, roll_deg=3),
        "quality": 0.5,
    }
    return FoundFace(**(fields | changes))


def test_a_record_has_shares_of_the_frame_and_its_pixels() -> None:
    told = record(face(), 0, frame(), PICTURE)
    assert (0.1, 0.1, 0.25, 0.25) == pytest.approx((told.left, told.top, told.width, told.height))
    assert 200 == pytest.approx(told.height_px)
    assert (0.1, 0.1, 0.2, 0.1, 0.15, 0.2, 0.1125, 0.3, 0.1875, 0.3) == pytest.approx(
        told.landmarks
    )
    assert (1, 2, 3, 0.5) == (told.yaw_deg, told.pitch_deg, told.roll_deg, told.quality)


def test_a_record_says_nothing_of_what_was_not_asked() -> None:
    told = record(face(), 0, frame(), PICTURE)
    assert (None, Gender.UNKNOWN, None) == (told.age, told.gender, told.male_probability)
    assert (None, None, None) == (told.emotions, told.embedding, told.embedding_model)


def test_a_record_has_all_that_was_asked() -> None:
    template = np.zeros(128, np.float32)
    template[3] = 1
    shown = Emotions(happiness=1.0)
    asked = face(
        age=30.5,
        male_probability=0.7,
        emotions=shown,
        template=template,
        template_model="sface",
    )
    told = record(asked, 0, frame(), PICTURE)
    assert (30.5, Gender.MALE, 0.7) == (told.age, told.gender, told.male_probability)
    assert (shown, "sface") == (told.emotions, told.embedding_model)
    assert told.embedding is not None
    np.testing.assert_array_equal(template, unpacked(told.embedding))


def test_a_face_of_a_frame_has_one_id_and_no_other_face_has_it() -> None:
    ids = {
        record(face(), place, frame(frame_id), PICTURE).face_id
        for frame_id in ("f-1", "f-2")
        for place in (0, 1)
        for _ in range(2)
    }
    assert 4 == len(ids)


def test_a_gender_is_the_likelier_one() -> None:
    assert [Gender.UNKNOWN, Gender.FEMALE, Gender.MALE] == list(map(gender, (None, 0.49, 0.5)))


def test_a_frame_is_told_with_its_faces_in_their_order() -> None:
    faces = [face(male_probability=each, score=0.9) for each in (0.9, 0.2, 0.8, None)]
    told = analysed(frame(), PICTURE, faces, versions={"yunet": "0f"}, processing_ms=12.5)
    assert ("f-1", "shop", "door", 1_700_000_000_000) == (
        told.frame_id,
        told.site,
        told.camera,
        told.at,
    )
    assert (1600, 800) == (told.width_px, told.height_px)
    assert (2, 1) == (told.males, told.females)
    assert [0.9, 0.2, 0.8, None] == [each.male_probability for each in told.faces]
    assert ({"yunet": "0f"}, 12.5) == (told.models, told.processing_ms)


def test_a_frame_without_faces_is_told_too() -> None:
    told = analysed(frame(), PICTURE, [], versions={}, processing_ms=1)
    assert ((), 0, 0) == (told.faces, told.males, told.females)
