"""Composed frames, the same for every subject: a public-domain portrait upon soft textures."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import cv2
import numpy as np

from models.faces.align import Pixels
from tests.models.faces.pictures import jpeg, portrait, texture

PORTRAIT_FACE = 113 / 300
"""Height of the face as a share of the portrait's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """Frames of one size with so many faces."""

    width: int
    height: int
    faces: int
    face_px: int
    """Height of each face."""


KINDS: Mapping[str, Kind] = {
    "vga-1": Kind(width=640, height=480, faces=1, face_px=110),
    "720p-5": Kind(width=1280, height=720, faces=5, face_px=90),
    "1080p-20": Kind(width=1920, height=1080, faces=20, face_px=95),
}


def frames(kind: Kind, count: int, *, seed: int = 20) -> Iterator[bytes]:
    """JPEGs in which the faces stand in cells of a grid, each somewhere else in its cell."""
    random = np.random.default_rng(seed)
    side = round(kind.face_px / PORTRAIT_FACE)
    columns, rows = kind.width // side, kind.height // side
    for number in range(count):
        canvas = texture(kind.width, kind.height, seed=seed + number)
        for cell in random.permutation(columns * rows)[: kind.faces]:
            spare = (kind.width - columns * side, kind.height - rows * side)
            left, top = (int(random.integers(0, room + 1)) for room in spare)
            left, top = left + cell % columns * side, top + cell // columns * side
            canvas[top : top + side, left : left + side] = _varied(random, side)
        yield jpeg(canvas)


def _varied(random: np.random.Generator, side: int) -> Pixels:
    """The portrait, perhaps mirrored, darker or brighter."""
    shrunk = cv2.resize(portrait(), (side, side), interpolation=cv2.INTER_AREA)
    lit = cv2.convertScaleAbs(shrunk, alpha=float(random.uniform(0.7, 1.2)))
    return np.asarray(lit[:, :: random.choice([-1, 1])], np.uint8)
