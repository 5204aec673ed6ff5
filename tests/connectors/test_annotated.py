from dataclasses import replace

import numpy as np

from connectors.annotated import COLOUR, annotated, words
from schemas.frames import Emotions, Gender
from tests.models.crowd_frames import face

SOMEBODY = replace(
    face(), age=34.4, gender=Gender.FEMALE, emotions=Emotions(happiness=0.7, neutral=0.3)
)


def test_under_a_face_stands_what_is_guessed_of_it() -> None:
    assert ["about 34, female", "happiness"] == words(SOMEBODY)


def test_what_a_site_does_not_ask_does_not_stand_there() -> None:
    assert [] == words(face())
    assert ["happiness"] == words(replace(SOMEBODY, age=None, gender=Gender.UNKNOWN))


def test_boxes_are_drawn_on_a_copy() -> None:
    plain = np.zeros((240, 320, 3), np.uint8)
    drawn = annotated(plain, [SOMEBODY])
    assert not plain.any()
    assert (drawn[24:48, 32] == COLOUR).all(axis=-1).any()
