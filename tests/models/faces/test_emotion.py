import numpy as np

from models.faces.emotion import _FROM_FACE_API, FACE_API_NAMES, NAMES, emotions


def test_classes_of_face_api_come_into_the_order_of_the_others() -> None:
    assert NAMES == tuple(FACE_API_NAMES[place] for place in _FROM_FACE_API)


def test_probabilities_become_emotions_and_contempt_stays_unknown() -> None:
    found = emotions(np.array([0.1, 0.2, 0.3, 0.05, 0.15, 0.04, 0.16]))
    assert (0.1, 0.2, 0.3, 0.05) == (found.anger, found.disgust, found.fear, found.happiness)
    assert (0.15, 0.04, 0.16) == (found.sadness, found.surprise, found.neutral)
    assert found.contempt is None
