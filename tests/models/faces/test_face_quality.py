import pytest

from models.faces.align import grey
from models.faces.pose import Pose
from models.faces.quality import quality, sharpness
from tests.models.faces.pictures import blurred, portrait

FRONTAL = Pose(yaw_deg=0, pitch_deg=0, roll_deg=0)


def test_a_large_sharp_frontal_sure_face_is_near_one() -> None:
    assert quality(height_px=200, sharpness=1e9, pose=FRONTAL, score=0.95) == pytest.approx(1)


def test_each_share_lowers_it_and_none_raises_it() -> None:
    best = quality(height_px=96, sharpness=900, pose=FRONTAL, score=0.9)
    assert best == pytest.approx(0.9)
    tilted = Pose(yaw_deg=0, pitch_deg=0, roll_deg=80)
    assert best == quality(height_px=96, sharpness=900, pose=tilted, score=0.9)
    turned = Pose(yaw_deg=60, pitch_deg=0, roll_deg=0)
    nodded = Pose(yaw_deg=0, pitch_deg=-60, roll_deg=0)
    for pose in (turned, nodded):
        rated = quality(height_px=96, sharpness=900, pose=pose, score=0.9)
        assert best / 2 == pytest.approx(rated)
    small = quality(height_px=56, sharpness=900, pose=FRONTAL, score=0.9)
    blurred = quality(height_px=96, sharpness=100, pose=FRONTAL, score=0.9)
    unsure = quality(height_px=96, sharpness=900, pose=FRONTAL, score=0.7)
    assert [best / 2, 0.5, best / 2] == pytest.approx([small, blurred, unsure])


def test_a_face_that_looks_away_or_is_tiny_has_none() -> None:
    away = Pose(yaw_deg=120, pitch_deg=0, roll_deg=0)
    assert quality(height_px=96, sharpness=900, pose=away, score=0.9) == 0
    assert quality(height_px=10, sharpness=900, pose=FRONTAL, score=0.9) == 0


def test_blur_lowers_sharpness() -> None:
    image = grey(portrait())
    assert sharpness(image) > 4 * sharpness(grey(blurred(portrait(), 3)))
