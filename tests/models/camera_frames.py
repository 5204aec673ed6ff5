"""Frames for tests, and batches of them as they come from a log."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import simplejpeg

from models.faces.align import Pixels
from models.sites import SiteBook
from schemas.batch import Origin, Records
from schemas.frames import FrameCaptured

AT = 1_700_000_000_000

BOOK = SiteBook.model_validate(
    {
        "mall": {
            "latitude": 35.1,
            "longitude": 126.8,
            "time_zone": "Asia/Seoul",
            "cameras": {
                "door": {"max_frames_per_s": 1000},
                "slow": {"max_frames_per_s": 5},
                "off": {"enabled": False},
            },
        }
    }
)


def noise(seed: int = 1, *, width: int = 320, height: int = 240) -> Pixels:
    """A picture full of contrast."""
    rng = np.random.default_rng(seed)
    return rng.integers(0, 256, (height // 8, width // 8, 3), np.uint8).repeat(8, 0).repeat(8, 1)


def plain(grey: int) -> Pixels:
    """A picture of nothing."""
    return np.full((240, 320, 3), grey, np.uint8)


def jpeg(pixels: Pixels) -> bytes:
    encoded: bytes = simplejpeg.encode_jpeg(np.ascontiguousarray(pixels), colorspace="BGR")
    return encoded


SHARP, DARK, COVERED = jpeg(noise()), jpeg(plain(3)), jpeg(plain(120))


def frame(number: int = 0, **changes: Any) -> FrameCaptured:
    """One frame, a second after the one before."""
    fields: dict[str, Any] = {
        "frame_id": f"f-{number}",
        "site": "mall",
        "camera": "door",
        "at": AT + 1000 * number,
        "analyses": ("scene",),
        "image": SHARP,
        "tags": {},
    }
    return FrameCaptured(**fields | changes)


def logged(
    frames: Sequence[FrameCaptured], *, first: int = 0, late_ms: int = 0
) -> Records[FrameCaptured]:
    """A batch that came in as it was taken, or so much later."""
    origin = Origin(
        topic="frames.captured.v1",
        partition=0,
        offsets=np.arange(first, first + len(frames), dtype=np.int64),
        logged_at=np.array([each.at + late_ms for each in frames], np.int64),
    )
    return Records(record=FrameCaptured, rows=frames, origin=origin)
