import cv2
import numpy as np
import numpy.typing as npt
from hypothesis import given
from hypothesis import strategies as st

from models.faces.align import ARCFACE, DLIB, FER, cut, padded, resized, similarity, square
from tests.models.faces.pictures import blurred, portrait, texture

Points = npt.NDArray[np.float64]


def solved(source: Points, target: Points) -> Points:
    """The same transform as a system of linear equations in a, b, x and y."""
    rows, goals = [], []
    for (x, y), (goal_x, goal_y) in zip(source, target, strict=True):
        rows += [[x, -y, 1, 0], [y, x, 0, 1]]
        goals += [goal_x, goal_y]
    (a, b, right, down), *_ = np.linalg.lstsq(np.array(rows), np.array(goals), rcond=None)
    return np.array([[a, -b, right], [b, a, down]])


@given(st.integers(0, 2**32 - 1))
def test_similarity_is_the_least_squares_solution(seed: int) -> None:
    random = np.random.default_rng(seed)
    source, target = random.uniform(-500, 500, (2, 5, 2))
    np.testing.assert_allclose(similarity(source, target), solved(source, target), atol=1e-8)


@given(
    turn=st.floats(-180, 180), scale=st.floats(0.05, 20), x=st.floats(-99, 99), y=st.floats(-99, 99)
)
def test_similarity_finds_the_turn_scale_and_shift_that_was_made(
    turn: float, scale: float, x: float, y: float
) -> None:
    made = np.column_stack([cv2.getRotationMatrix2D((0, 0), turn, scale)[:, :2], [x, y]])
    moved = DLIB @ made[:, :2].T + made[:, 2]
    np.testing.assert_allclose(similarity(DLIB, moved), made, atol=1e-9)


def test_padding_keeps_the_middle_and_shrinks_the_rest() -> None:
    np.testing.assert_allclose(padded(np.array([[0.5, 0.5], [0.0, 1.0]]), 0.25)[0], [0.5, 0.5])
    np.testing.assert_allclose(padded(np.array([[0.0, 1.0]]), 0.25)[0], [1 / 6, 5 / 6])


def test_templates_are_upright_faces() -> None:
    for template in (DLIB, FER, ARCFACE):
        left_eye, right_eye, nose, left_mouth, right_mouth = template
        assert left_eye[0] < nose[0] < right_eye[0]
        assert left_mouth[0] < nose[0] < right_mouth[0]
        assert left_eye[1] < nose[1] < left_mouth[1]


def test_a_square_has_the_longer_side_of_its_box_and_lies_lower() -> None:
    matrix = square(10, 20, 40, 80, lower=0.05)
    np.testing.assert_allclose(matrix @ [30 - 40, 64 - 40, 1], [0, 0], atol=1e-12)
    np.testing.assert_allclose(matrix @ [30 + 40, 64 + 40, 1], [1, 1], atol=1e-12)


def test_a_cut_at_its_own_size_is_the_part_itself() -> None:
    image = texture(80, 60, seed=3)
    matrix = np.array([[1.0, 0, -20], [0, 1, -10]])
    np.testing.assert_array_equal(image[10:42, 20:52], cut(image, matrix, 32))


def test_a_cut_beyond_the_picture_is_black() -> None:
    image = texture(64, 64, seed=3)
    assert not cut(image, np.array([[1.0, 0, 500], [0, 1, 500]]), 32).any()
    assert not cut(image, np.array([[0.1, 0, 500], [0, 0.1, 500]]), 32).any()


def test_a_shrunk_cut_is_near_the_mean_of_the_areas_it_stands_for() -> None:
    image = portrait()
    for factor in (2, 3, 4, 6):
        # a pixel's centre lies at whole coordinates, so the grid is shifted by half of both
        shift = (1 / factor - 1) / 2
        matrix = np.array([[1 / factor, 0, shift], [0, 1 / factor, shift]])
        side = 300 // factor
        away = cut(image, matrix, side).astype(int) - resized(image, side, side).astype(int)
        assert np.abs(away).max() <= 1


def test_a_turned_and_shrunk_cut_is_near_one_of_the_whole_picture() -> None:
    image = blurred(portrait(), 6)  # so smooth that shrinking loses nothing
    matrix = np.asarray(cv2.getRotationMatrix2D((150, 150), 20, 0.3), np.float64)
    matrix[:, 2] += 32 - 150
    expected = cv2.warpAffine(image, matrix, (64, 64), flags=cv2.INTER_LINEAR)
    away = cut(image, matrix, 64).astype(int) - expected.astype(int)
    assert np.abs(away[4:-4, 4:-4]).max() <= 6
    assert np.abs(away[4:-4, 4:-4]).mean() < 1
