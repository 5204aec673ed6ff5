"""Faces straightened: cut out so that eyes, nose and mouth lie where a network learned them.

Landmarks are x and y in pixels of the left eye, right eye (as one looks at the picture), tip of the
nose, left and right corner of the mouth. Each template says where those five lie in a square of
side 1. A point's pixel has its centre at whole coordinates.
"""

from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]
"""Height, width, and blue, green, red."""

Points = npt.NDArray[np.float64]
Matrix = npt.NDArray[np.float64]
"""2 x 3: from pixels of the picture to those of the square."""

DLIB: Final = np.array(
    [[0.2251, 0.2025], [0.7812, 0.2107], [0.5024, 0.5249], [0.2662, 0.7678], [0.7442, 0.7727]]
)
"""YuNet's landmarks in dlib's face chip without padding; means over 1,491 pictures of LFW."""

FER: Final = np.array(
    [[0.3147, 0.3807], [0.6752, 0.3782], [0.4832, 0.5884], [0.3501, 0.7349], [0.6461, 0.7331]]
)
"""YuNet's landmarks as FER2013 frames its faces; measured the same way."""

ARCFACE: Final = (
    np.array(
        [
            [38.2946, 51.6963],
            [73.5318, 51.5014],
            [56.0252, 71.7366],
            [41.5493, 92.3655],
            [70.7299, 92.2041],
        ]
    )
    / 112
)
"""The usual template of ArcFace and SFace (insightface, ``arcface_dst``)."""


def padded(template: Points, pad: float) -> Points:
    """The template with so much more on each side, as a share of its side."""
    padded_template: Points = (template + pad) / (1 + 2 * pad)
    return padded_template


def similarity(source: Points, target: Points) -> Matrix:
    """The turn, scale and shift that bring points nearest to others, by least squares.

    Umeyama's solution in the plane (IEEE TPAMI 13/4, 1991), without mirroring. Points that are all
    the same have no scale: they give NaN.
    """
    centre, goal = source.mean(0), target.mean(0)
    away, wanted = source - centre, target - goal
    with np.errstate(invalid="ignore", divide="ignore"):
        spread = np.sum(away**2)
        along = np.sum(away * wanted) / spread
        across = np.sum(away[:, 0] * wanted[:, 1] - away[:, 1] * wanted[:, 0]) / spread
    turn = np.array([[along, -across], [across, along]])
    return np.column_stack([turn, goal - turn @ centre])


def square(left: float, top: float, width: float, height: float, *, lower: float) -> Matrix:
    """A box as a square of side 1 around its centre, moved down by a share of its height."""
    side = max(width, height)
    corner_x, corner_y = left + width / 2 - side / 2, top + height * (0.5 + lower) - side / 2
    return np.array([[1 / side, 0, -corner_x / side], [0, 1 / side, -corner_y / side]])


def cut(image: Pixels, matrix: Matrix, side_px: int) -> Pixels:
    """The square that a matrix describes, black beyond the picture.

    One that shrinks to less than half is shrunk by whole areas first, so that nothing flickers.
    """
    factor = int(1 / np.hypot(matrix[0, 0], matrix[1, 0]))
    if factor > 1:
        image, matrix = _shrunk(image, matrix, side_px, factor)
    return _pixels(cv2.warpAffine(image, matrix, (side_px, side_px), flags=cv2.INTER_LINEAR))


def resized(image: Pixels, width_px: int, height_px: int) -> Pixels:
    """The whole picture, smaller, each pixel the mean of its area."""
    return _pixels(cv2.resize(image, (width_px, height_px), interpolation=cv2.INTER_AREA))


def grey(image: Pixels) -> Pixels:
    """Its brightness."""
    return _pixels(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY))


def _shrunk(image: Pixels, matrix: Matrix, side_px: int, factor: int) -> tuple[Pixels, Matrix]:
    """The part that is cut out, a whole number of times smaller, and the matrix for it."""
    corners = np.array([[0, 0, 1], [side_px, 0, 1], [0, side_px, 1], [side_px, side_px, 1]])
    within = corners @ cv2.invertAffineTransform(matrix).T
    height, width = image.shape[:2]
    left, top = np.clip(np.floor(within.min(0)).astype(int) - factor, 0, (width, height))
    right, bottom = np.clip(np.ceil(within.max(0)).astype(int) + factor, 0, (width, height))
    columns, rows = (right - left) // factor, (bottom - top) // factor
    if not (columns and rows):
        return image, matrix
    part = image[top : top + rows * factor, left : left + columns * factor]
    turn = matrix[:, :2]
    middle = np.array([left, top]) + (factor - 1) / 2
    return resized(part, columns, rows), np.column_stack(
        [turn * factor, turn @ middle + matrix[:, 2]]
    )


def _pixels(image: object) -> Pixels:
    return np.asarray(image, np.uint8)
