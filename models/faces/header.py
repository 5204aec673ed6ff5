"""What a JPEG says of itself before anything is decoded: size, colours, which way is up.

Names and numbers of markers are those of ITU-T T.81; the tag of the orientation is Exif's.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

START = b"\xff\xd8"
FILL, STUFFED = 0xFF, 0x00
FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""Markers that start a frame: baseline, progressive and rarer kinds."""

SCAN = 0xDA
ALONE = frozenset({STUFFED, 0x01, *range(0xD0, 0xDA)})
"""Markers without content, and what only looks like one."""

EXIF = 0xE1
EXIF_START = b"Exif\0\0"
ORIENTATION = 0x0112
UPRIGHT = 1
MOST_SEGMENTS = 10_000
"""In front of the first scan, fill bytes and all: cameras write some dozens."""

MOST_ENTRIES = 1000
"""Tags that are looked through at most."""


class NoJpegError(ValueError):
    """It is no JPEG, or ends before it says what it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What a JPEG says of itself."""

    width_px: int
    """As it is stored, not turned upright."""

    height_px: int
    channels: int
    """1 grey, 3 colours, 4 for print (CMYK)."""

    orientation: int = UPRIGHT
    """As Exif numbers them, 1 to 8."""

    scans: int = 1
    """How often the decoder goes over the picture."""


def header(data: bytes) -> Header:
    """Read what is in front of the first scan.

    Raises:
        NoJpegError: it is no JPEG, or ends too early.

    """
    orientation, frame = UPRIGHT, None
    for marker, content in _segments(data):
        if marker == EXIF and content.startswith(EXIF_START):
            orientation = _orientation(content[len(EXIF_START) :])
        elif marker in FRAMES and frame is None:
            frame = _frame(content)
    if frame is None:
        raise NoJpegError("it says no size")
    height, width, channels = frame
    return Header(
        width_px=width,
        height_px=height,
        channels=channels,
        orientation=orientation,
        scans=data.count(bytes((0xFF, SCAN))),
    )


def _segments(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Markers and their contents, up to the first scan."""
    if not data.startswith(START):
        raise NoJpegError("it is no JPEG")
    place = len(START)
    for _ in range(MOST_SEGMENTS):
        place = data.find(b"\xff", place)
        if place < 0 or place + 4 > len(data):
            raise NoJpegError("it ends within its header")
        marker = data[place + 1]
        if marker == SCAN:
            return
        if marker == FILL or marker in ALONE:
            place += 1 if marker == FILL else 2
            continue
        (length,) = struct.unpack_from(">H", data, place + 2)
        yield marker, data[place + 4 : place + 2 + length]
        place += 2 + length
    raise NoJpegError("its header has no end")


def _frame(content: bytes) -> tuple[int, int, int]:
    """Height, width, channels."""
    try:
        _, height, width, channels = struct.unpack_from(">BHHB", content)
    except struct.error:
        raise NoJpegError("it ends within its header") from None
    return height, width, channels


def _orientation(tiff: bytes) -> int:
    """The orientation that the first directory says; upright if it says none that there is."""
    try:
        order = {b"II": "<", b"MM": ">"}[tiff[:2]]
        (directory,) = struct.unpack_from(f"{order}I", tiff, 4)
        (count,) = struct.unpack_from(f"{order}H", tiff, directory)
        for number in range(min(count, MOST_ENTRIES)):
            tag, _, _, value = struct.unpack_from(f"{order}HHIH", tiff, directory + 2 + 12 * number)
            if tag == ORIENTATION:
                return value if value in range(1, 9) else UPRIGHT
    except (KeyError, struct.error):
        pass  # a broken note of a camera does not spoil its picture
    return UPRIGHT
