"""A camera's JPEG, decoded small, upright and in colour; what is too large is never decoded."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import simplejpeg

from models.faces.align import Pixels
from models.faces.header import Header, NoJpegError, header
from models.faces.settings import FaceSettings
from schemas.reasons import Reason

SMALLEST_PX = 16
"""Width and height at least: nothing smaller holds a face."""

MOST_SCANNED = 10
"""How often the most pixels may be gone over: progressive pictures have about ten scans, and
thousands of them would keep a decoder busy for minutes."""

INK = 4
DIVISORS = (8, 4, 2)
"""How many times smaller a decoder makes a picture on its way, fast."""

LYING = range(5, 9)
"""Exif's numbers of pictures that lie on their side."""

TURNS: Mapping[int, Callable[[Pixels], Pixels]] = {
    2: lambda image: image[:, ::-1],
    3: lambda image: image[::-1, ::-1],
    4: lambda image: image[::-1],
    5: lambda image: image.swapaxes(0, 1),
    6: lambda image: image.swapaxes(0, 1)[:, ::-1],
    7: lambda image: image[::-1, ::-1].swapaxes(0, 1),
    8: lambda image: image.swapaxes(0, 1)[::-1],
}
"""What turns a picture upright, by Exif's number."""


class PictureError(ValueError):
    """The picture cannot be looked at."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(detail)
        self.reason, self.detail = reason, detail


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A decoded frame."""

    pixels: Pixels
    """Height, width, and blue, green, red; perhaps smaller than the frame."""

    width_px: int
    """Of the frame, upright."""

    height_px: int


def decode(data: bytes, settings: FaceSettings) -> Picture:
    """Decode a JPEG at the smallest scale that the settings allow.

    Raises:
        PictureError: it is none, or damaged, or too large or too small.

    """
    about = _examined(data, settings)
    needed_px = max(settings.picture_side_px, settings.detector_side_px)
    image = _decoded(data, about, _divisor(about, needed_px))
    if about.orientation in TURNS:
        image = np.ascontiguousarray(TURNS[about.orientation](image))
    sides = (about.width_px, about.height_px)
    width, height = reversed(sides) if about.orientation in LYING else sides
    return Picture(pixels=image, width_px=width, height_px=height)


def _examined(data: bytes, settings: FaceSettings) -> Header:
    """What the header says, if the picture may be decoded."""
    if len(data) > settings.most_bytes:
        raise PictureError(Reason.IMAGE_TOO_LARGE, f"{len(data)} bytes")
    try:
        about = header(data)
    except NoJpegError as error:
        raise PictureError(Reason.NOT_AN_IMAGE, str(error)) from None
    size = f"{about.width_px} x {about.height_px}"
    if min(about.width_px, about.height_px) < SMALLEST_PX:
        raise PictureError(Reason.IMAGE_TOO_SMALL, size)
    pixels = about.width_px * about.height_px
    if pixels > settings.most_pixels:
        raise PictureError(Reason.IMAGE_TOO_LARGE, size)
    if pixels * about.scans > settings.most_pixels * MOST_SCANNED:
        raise PictureError(Reason.IMAGE_TOO_LARGE, f"{size} in {about.scans} scans")
    return about


def _divisor(about: Header, side_px: int) -> int:
    longer = max(about.width_px, about.height_px)
    return next((divisor for divisor in DIVISORS if longer >= side_px * divisor), 1)


def _decoded(data: bytes, about: Header, divisor: int) -> Pixels:
    try:
        image: Pixels = simplejpeg.decode_jpeg(
            data,
            "CMYK" if about.channels == INK else "BGR",
            min_width=-(-about.width_px // divisor),
            min_height=-(-about.height_px // divisor),
        )
    except ValueError as error:
        raise PictureError(Reason.DAMAGED_IMAGE, f"it cannot be decoded: {error}") from None
    return _printed(image) if about.channels == INK else image


def _printed(bare: Pixels) -> Pixels:
    """Cyan, magenta, yellow and black as they look on white paper; 0 is full ink, as Adobe's."""
    colours = bare[..., 2::-1].astype(np.uint16) * bare[..., 3:]
    return (colours // 255).astype(np.uint8)
