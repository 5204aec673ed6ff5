import numpy as np
import pytest

from models.faces.demographics import blended_age


def test_the_blend_is_three_parts_to_seven_and_never_negative() -> None:
    dlib = np.array([30.0, 0.25], np.float32)
    face_api = np.array([40.0, -3.0], np.float32)
    assert [37.0, 0.0] == pytest.approx(blended_age(dlib, face_api).tolist())
