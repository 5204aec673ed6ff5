import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.faces.align import DLIB, Points
from models.faces.pose import _HEAD, pose


def seen(yaw: float, pitch: float, roll: float) -> Points:
    """The average head's landmarks after it turned, nodded and tilted, seen from far away."""
    yaw, pitch, roll = np.radians([yaw, pitch, roll])
    turned = np.array([[np.cos(yaw), 0, np.sin(yaw)], [0, 1, 0], [-np.sin(yaw), 0, np.cos(yaw)]])
    nodded = np.array(
        [[1, 0, 0], [0, np.cos(pitch), -np.sin(pitch)], [0, np.sin(pitch), np.cos(pitch)]]
    )
    tilted = np.array(
        [[np.cos(roll), -np.sin(roll), 0], [np.sin(roll), np.cos(roll), 0], [0, 0, 1]]
    )
    points: Points = (_HEAD @ (tilted @ nodded @ turned).T)[:, :2] * 1.7 + [200, 100]
    return points


def test_the_average_face_looks_at_the_camera() -> None:
    found = pose(DLIB * 100 + 20)
    assert (0, 0, 0) == pytest.approx((found.yaw_deg, found.pitch_deg, found.roll_deg), abs=1e-6)


@given(yaw=st.floats(-60, 60), pitch=st.floats(-45, 45), roll=st.floats(-90, 90))
def test_turns_of_the_average_head_are_found_again(yaw: float, pitch: float, roll: float) -> None:
    found = pose(seen(yaw, pitch, roll))
    assert (yaw, pitch, roll) == pytest.approx(
        (found.yaw_deg, found.pitch_deg, found.roll_deg), abs=1e-6
    )


def test_signs_are_as_one_looks_at_the_picture() -> None:
    right, up = DLIB * 100, DLIB * 100
    right[2] += (12, 0)
    up[2] -= (0, 12)
    turn = cv2.getRotationMatrix2D((0, 0), -15, 100)[:, :2]  # clockwise
    tilted = (DLIB @ turn.T).astype(np.float64)
    assert pose(right).yaw_deg > 10
    assert pose(up).pitch_deg > 10
    assert pose(tilted).roll_deg == pytest.approx(15, abs=1e-6)


def test_any_five_points_have_some_pose() -> None:
    for points in (np.zeros((5, 2)), np.arange(10.0).reshape(5, 2)):
        found = pose(points)
        assert np.isfinite([found.yaw_deg, found.pitch_deg, found.roll_deg]).all()
