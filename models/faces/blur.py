"""Faces made unknowable in a picture that is kept: what was there cannot be computed back."""

from collections.abc import Iterable

import cv2
import numpy as np

from models.faces.align import Pixels
from schemas.frames import Face

MARGIN = 0.35
"""How much of a box's size is covered around it too: hair, chin and ears are part of a face."""

CELLS = 6
"""Width and height that are left of each face: few enough that nobody is known by them."""


def blurred(pixels: Pixels, faces: Iterable[Face]) -> Pixels:
    """A copy of a picture, shape (height, width, 3), in which these faces are a few flat patches.

    Faces that were not found stay as they are.
    """
    image = pixels.copy()
    height, width = image.shape[:2]
    for face in faces:
        left = (face.left - MARGIN * face.width) * width
        top = (face.top - MARGIN * face.height) * height
        right = (face.left + (1 + MARGIN) * face.width) * width
        bottom = (face.top + (1 + MARGIN) * face.height) * height
        x0, x1 = np.clip([np.floor(left), np.ceil(right)], 0, width).astype(int).tolist()
        y0, y1 = np.clip([np.floor(top), np.ceil(bottom)], 0, height).astype(int).tolist()
        if x0 < x1 and y0 < y1:
            part = image[y0:y1, x0:x1]
            small = cv2.resize(part, (CELLS, CELLS), interpolation=cv2.INTER_AREA)
            image[y0:y1, x0:x1] = cv2.resize(
                small, (x1 - x0, y1 - y0), interpolation=cv2.INTER_NEAREST
            )
    return image
