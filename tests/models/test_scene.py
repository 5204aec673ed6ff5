import cv2
import numpy as np
import pytest

from models.frame_settings import SceneSettings
from models.scene import sight
from tests.models.camera_frames import noise, plain

SETTINGS = SceneSettings()


def test_brightness_goes_from_black_to_white() -> None:
    assert [0.0, 1.0] == [sight(plain(grey)).brightness for grey in (0, 255)]


def test_contrast_is_the_deviation_of_brightness() -> None:
    halves = plain(0)
    halves[:, 160:] = 255

    assert 0.0 == sight(plain(9)).contrast
    assert pytest.approx(0.5, abs=0.01) == sight(halves).contrast


def test_what_is_blurred_is_less_sharp() -> None:
    sharp = noise()
    blurred = cv2.GaussianBlur(sharp, (0, 0), 12).astype(np.uint8)

    assert sight(sharp).sharpness > 20 * sight(blurred).sharpness


@pytest.mark.parametrize(
    ("grey", "blocked", "dark"), [(3, True, True), (120, True, False), (250, True, False)]
)
def test_a_picture_of_nothing_is_blocked(grey: int, *, blocked: bool, dark: bool) -> None:
    seen = sight(plain(grey))

    assert (blocked, dark) == (seen.blocked(SETTINGS), seen.dark(SETTINGS))


def test_a_picture_of_something_is_not_blocked() -> None:
    assert not sight(noise()).blocked(SETTINGS)
    assert not sight(noise() // 3).blocked(SETTINGS)


@pytest.mark.parametrize("shape", [(16, 5000, 3), (5000, 16, 3), (1, 1, 3)])
def test_odd_shapes_are_measured_too(shape: tuple[int, int, int]) -> None:
    assert pytest.approx(7 / 255) == sight(np.full(shape, 7, np.uint8)).brightness
