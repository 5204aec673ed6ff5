import numpy as np
import pytest

from models.faces.blur import CELLS, blurred
from tests.models.crowd_frames import face


def test_of_a_face_a_few_flat_patches_are_left_and_all_else_stays() -> None:
    given = np.random.default_rng(1).integers(0, 256, (200, 300, 3), np.uint8)
    before = given.copy()
    image = blurred(given, [face(left=0.4, top=0.4, width=0.1, height=0.2)])

    assert (before == given).all()
    # the box is 30 x 40 pixels at (120, 80), and a third of it more to each side
    assert (image[:65] == given[:65]).all()
    assert (image[:, :109] == given[:, :109]).all()
    assert (image[135:] == given[135:]).all()
    assert (image[:, 161:] == given[:, 161:]).all()
    patches = np.unique(image[66:134, 110:160].reshape(-1, 3), axis=0)
    assert len(patches) <= CELLS * CELLS


@pytest.mark.parametrize(
    "box",
    [
        {"left": -0.2, "top": -0.2, "width": 0.3, "height": 0.3},
        {"left": 0.9, "top": 0.9, "width": 0.5, "height": 0.5},
        {"left": 2.0, "top": 2.0, "width": 0.1, "height": 0.1},
        {"left": 0.0, "top": 0.0, "width": 1.0, "height": 1.0},
    ],
)
def test_a_face_at_the_edge_or_beyond_it_is_no_fault(box: dict[str, float]) -> None:
    image = blurred(np.full((20, 30, 3), 7, np.uint8), [face(**box)])

    assert [7] == np.unique(image).tolist()
