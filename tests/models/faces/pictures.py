"""Pictures for tests: a public-domain portrait, and scenes made of it."""

from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
import simplejpeg

from models.faces.align import Pixels

ASTRONAUT = Path(__file__).parents[3] / "connectors" / "data" / "astronaut.jpg"
"""Eileen Collins by NASA, 300 x 300; see the notice beside it."""


@lru_cache
def portrait() -> Pixels:
    pixels: Pixels = simplejpeg.decode_jpeg(ASTRONAUT.read_bytes(), "BGR")
    pixels.flags.writeable = False
    return pixels


def texture(width: int, height: int, *, seed: int) -> Pixels:
    """Soft random colours, as no face has them."""
    coarse = np.random.default_rng(seed).integers(0, 255, (height // 16 + 2, width // 16 + 2, 3))
    grown = cv2.resize(coarse.astype(np.uint8), (width, height), interpolation=cv2.INTER_CUBIC)
    return np.asarray(grown, np.uint8)


def scene(width: int, height: int, faces: int, *, side: int, seed: int = 1) -> Pixels:
    """The portrait so many times in rows, each so large, upon a texture."""
    canvas, columns = texture(width, height, seed=seed), width // side
    shrunk = cv2.resize(portrait(), (side, side), interpolation=cv2.INTER_AREA)
    for number in range(faces):
        left, top = number % columns * side, number // columns * side
        canvas[top : top + side, left : left + side] = shrunk
    return canvas


def blurred(image: Pixels, sigma: float) -> Pixels:
    return np.asarray(cv2.GaussianBlur(image, (0, 0), sigma), np.uint8)


def jpeg(image: Pixels, quality: int = 90) -> bytes:
    data: bytes = simplejpeg.encode_jpeg(np.ascontiguousarray(image), quality, "BGR", "420")
    return data
