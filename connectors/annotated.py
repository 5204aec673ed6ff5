"""What was found in a frame, drawn onto it, for people to look at."""

from collections.abc import Sequence
from dataclasses import fields

import cv2
import numpy as np

from models.faces.align import Pixels
from schemas.frames import Emotions, Face, Gender

COLOUR, PLATE = (80, 230, 120), (30, 30, 30)
LINE_PX, ROW_PX, GAP_PX = 2, 20, 5
FONT, TEXT_SIZE = cv2.FONT_HERSHEY_SIMPLEX, 0.5


def annotated(image: Pixels, faces: Sequence[Face]) -> Pixels:
    """The picture with a box around each face, and under it age, gender and emotion."""
    drawn = np.array(image)
    height, width = drawn.shape[:2]
    for face in faces:
        left, top = round(face.left * width), round(face.top * height)
        right = round((face.left + face.width) * width)
        bottom = round((face.top + face.height) * height)
        cv2.rectangle(drawn, (left, top), (right, bottom), COLOUR, LINE_PX, cv2.LINE_AA)
        for row, line in enumerate(words(face)):
            _label(drawn, line, (left, bottom + ROW_PX * row))
    return drawn


def _label(drawn: Pixels, line: str, place: tuple[int, int]) -> None:
    """A line of text on a plate whose left upper corner is at ``place``."""
    left, top = place
    (width, _), _ = cv2.getTextSize(line, FONT, TEXT_SIZE, 1)
    cv2.rectangle(drawn, place, (left + width + 2 * GAP_PX, top + ROW_PX), PLATE, cv2.FILLED)
    under = (left + GAP_PX, top + ROW_PX - GAP_PX)
    cv2.putText(drawn, line, under, FONT, TEXT_SIZE, COLOUR, 1, cv2.LINE_AA)


def words(face: Face) -> list[str]:
    """What is told of a face, as far as its site allows."""
    age = [] if face.age is None else [f"about {face.age:.0f}"]
    gender = [] if face.gender is Gender.UNKNOWN else [face.gender.value]
    shown = {} if face.emotions is None else _shares(face.emotions)
    emotion = [max(shown, key=shown.__getitem__)] if shown else []
    return [", ".join(line) for line in (age + gender, emotion) if line]


def _shares(emotions: Emotions) -> dict[str, float]:
    named = {each.name: getattr(emotions, each.name) for each in fields(emotions)}
    return {name: share for name, share in named.items() if share is not None}
