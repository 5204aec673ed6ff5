import struct
import zlib

import cv2
import numpy as np
import pytest

from connectors.camera_pictures import picture_of
from models.faces.align import Pixels
from tests.models.camera_frames import SHARP, noise


def encoded(ending: str, *options: int, pixels: Pixels | None = None) -> bytes:
    done, content = cv2.imencode(ending, noise() if pixels is None else pixels, options)
    assert done
    return content.tobytes()


PNG, BMP = encoded(".png"), encoded(".bmp")
LOSSY, LOSSLESS = (encoded(".webp", cv2.IMWRITE_WEBP_QUALITY, quality) for quality in (80, 101))
SEE_THROUGH = encoded(".webp", pixels=np.full((40, 50, 4), 120, np.uint8))


@pytest.mark.parametrize("content", [PNG, BMP, LOSSLESS], ids=["PNG", "BMP", "WebP"])
def test_what_loses_nothing_is_decoded_as_it_was(content: bytes) -> None:
    np.testing.assert_array_equal(noise(), picture_of(content))


@pytest.mark.parametrize(
    ("content", "size"), [(LOSSY, (240, 320)), (SEE_THROUGH, (40, 50))], ids=["lossy", "with alpha"]
)
def test_other_kinds_of_webp_are_decoded_too(content: bytes, size: tuple[int, int]) -> None:
    found = picture_of(content)

    assert isinstance(found, np.ndarray)
    assert (*size, 3) == found.shape


@pytest.mark.parametrize(
    "content",
    [b"", SHARP, b"no picture", PNG[:20], PNG[:40], BMP[:20], LOSSY[:28], encoded(".tiff")],
)
def test_a_jpeg_and_what_is_no_picture_stay_as_they_are(content: bytes) -> None:
    assert content is picture_of(content)


def bomb(wide: int, high: int) -> bytes:
    """A PNG that says it is so large."""
    head = b"IHDR" + struct.pack(">IIBBBBB", wide, high, 8, 2, 0, 0, 0)
    return PNG[:8] + struct.pack(">I", 13) + head + struct.pack(">I", zlib.crc32(head)) + PNG[33:]


@pytest.mark.parametrize(
    "content",
    [
        bomb(100_000, 100_000),
        bomb(2**31 - 1, 1),
        bomb(0, 10),
        BMP[:18] + struct.pack("<ii", 2**30, -(2**30)) + BMP[26:],
        LOSSLESS[:21] + b"\xff" * 4 + LOSSLESS[25:],
        LOSSY[:26] + b"\xff" * 4 + LOSSY[30:],
        SEE_THROUGH[:24] + b"\xff" * 6 + SEE_THROUGH[30:],
    ],
)
def test_what_would_be_huge_is_not_decoded(content: bytes) -> None:
    assert content is picture_of(content)
