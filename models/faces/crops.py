"""What each network wants to see of a face, and how pixels become its input."""

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from models.faces.align import (
    ARCFACE,
    DLIB,
    FER,
    Pixels,
    Points,
    cut,
    padded,
    resized,
    similarity,
    square,
)

Floats = npt.NDArray[np.float32]

PORTRAIT_PX, TINY_PX = 64, 32
BOX_PX, FRAMED_PX, DLIB_PX, ARCFACE_PX = 112, 112, 150, 112

BOX_LOWER = 0.05
"""face-api's boxes lie lower than YuNet's by so much of their height; measured on UTKFace."""

_PORTRAIT = padded(DLIB, 0.2) * 2 * PORTRAIT_PX
_FRAMED = FER * FRAMED_PX
_DLIB = padded(DLIB, 0.25) * DLIB_PX
_ARCFACE = ARCFACE * ARCFACE_PX


def portrait(image: Pixels, landmarks: Points) -> Pixels:
    """A straightened face of 64 px, padded by a fifth: cut at 128 px and halved."""
    whole = cut(image, similarity(landmarks, _PORTRAIT), 2 * PORTRAIT_PX)
    return resized(whole, PORTRAIT_PX, PORTRAIT_PX)


def boxed(image: Pixels, box: Sequence[float]) -> Pixels:
    """The square around a box (left, top, width, height), 112 px."""
    return cut(image, square(*box, lower=BOX_LOWER) * BOX_PX, BOX_PX)


def framed(image: Pixels, landmarks: Points) -> Pixels:
    """A straightened face as FER2013 frames it, 112 px."""
    return cut(image, similarity(landmarks, _FRAMED), FRAMED_PX)


def dlib_chip(image: Pixels, landmarks: Points) -> Pixels:
    """A straightened face as dlib's network wants it, 150 px, padded by a quarter."""
    return cut(image, similarity(landmarks, _DLIB), DLIB_PX)


def arcface_chip(image: Pixels, landmarks: Points) -> Pixels:
    """A straightened face as ArcFace and SFace want it, 112 px."""
    return cut(image, similarity(landmarks, _ARCFACE), ARCFACE_PX)


def rgb(crops: Sequence[Pixels]) -> Floats:
    """Crops of one size as [N, 3, side, side], red first, 0 to 255."""
    batch = np.empty((len(crops), 3, *crops[0].shape[:2]), np.float32)
    for planes, crop in zip(batch, crops, strict=True):
        planes[2], planes[1], planes[0] = cv2.split(crop)
    return batch
