"""Pictures in files: a JPEG as it is, PNG, BMP and WebP decoded; by content, not by name."""

import struct

import cv2
import numpy as np

from models.faces.align import Pixels

ENDINGS = frozenset({".jpg", ".jpeg", ".png", ".bmp", ".webp"})
"""Of files that are looked into."""

MOST_PIXELS = 50_000_000
"""Width times height at most of what is decoded here: a small file may hold a huge picture."""

HEADER_BYTES = 30
"""In which each of these says how large it is."""

_WEBP_SIDE = 0x3FFF
"""14 bits."""


def picture_of(content: bytes) -> bytes | Pixels:
    """A file's picture as ``connectors.camera.Shot`` takes it; what is none, as it is."""
    width, height = _sides(content)
    if not 0 < width * height <= MOST_PIXELS:
        return content
    try:
        image = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)
    except cv2.error:
        return content
    return content if image is None else np.asarray(image, np.uint8)


def _sides(content: bytes) -> tuple[int, int]:
    """Width and height that a header says; zeros of what is to be left alone.

    Where they stand: PNG, https://www.w3.org/TR/png-3/#11IHDR; BMP,
    https://learn.microsoft.com/windows/win32/api/wingdi/ns-wingdi-bitmapinfoheader; WebP,
    RFC 9649 and for its lossy kind RFC 6386, section 9.1.
    """
    if len(content) < HEADER_BYTES:
        return 0, 0
    match content[:2], content[12:16]:
        case b"\x89P", b"IHDR":
            wide, high = struct.unpack_from(">II", content, 16)
        case b"BM", _:
            wide, high = map(abs, struct.unpack_from("<ii", content, 18))
        case b"RI", b"VP8X":
            wide, high = (1 + int.from_bytes(content[at : at + 3], "little") for at in (24, 27))
        case b"RI", b"VP8L":
            bits = int.from_bytes(content[21:25], "little")
            wide, high = 1 + (bits & _WEBP_SIDE), 1 + (bits >> 14 & _WEBP_SIDE)
        case b"RI", b"VP8 ":
            wide, high = (side & _WEBP_SIDE for side in struct.unpack_from("<HH", content, 26))
        case _:
            return 0, 0
    return wide, high
