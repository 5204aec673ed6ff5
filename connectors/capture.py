"""A camera at work: pictures of a source, as many as are wanted, as frames into a buffer."""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from threading import Event

import cv2
import numpy as np
import simplejpeg

from connectors.camera import Shot, Source
from connectors.frame_buffer import FrameBuffer
from connectors.motion import Motion
from models.faces.align import Pixels
from models.faces.header import NoJpegError, header
from models.faces.picture import PictureError, decode
from models.faces.settings import FaceSettings
from models.frame_ids import frame_id
from schemas.frames import FrameCaptured

FULL_PAUSE_S = 0.05
"""How often a recording that is faster than Kafka looks whether there is room again."""

SMALLEST_SIDE_PX = 160
STILL, UNREADABLE = "still", "unreadable"
"""Why a picture became no frame."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is to be made of a camera's pictures."""

    site: str
    camera: str
    analyses: tuple[str, ...]
    max_width_px: int | None = None
    """Wider pictures are made smaller."""

    quality: int = 85
    """Of JPEG, 1 to 100; a JPEG that needs not be changed stays as it is."""

    motion: bool = False
    """Whether only pictures are wanted in which something moved."""

    frames: int | None = None
    """How many are wanted; all that there are, if it is not said."""


class Capturing:
    """Takes pictures until there are no more, or ``stop`` is set; for a thread of its own."""

    def __init__(
        self,
        source: Source,
        wanted: Wanted,
        buffer: FrameBuffer,
        stop: Event,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._source, self._wanted, self._buffer = source, wanted, buffer
        self._stop, self._clock = stop, clock
        self._motion = Motion() if wanted.motion else None
        self.taken = 0
        """Frames put into the buffer."""

        self.passed_over: Counter[str] = Counter()
        self.first_at: int | None = None
        self.last_at: int | None = None

    def run(self, *, start_ms: int, speed: float) -> None:
        """Work; ``speed`` is how many seconds of a recording pass in one, 0 knows no time.

        Raises:
            CameraError: the source cannot be opened.

        """
        began_s = self._clock()
        for shot in self._source.shots(start_ms):
            if not self._source.live:
                due_s = (shot.at - start_ms) / 1000 / speed + began_s if speed else 0.0
                self._stop.wait(max(0.0, due_s - self._clock()))
                self._wait_for_room()
            if self._stop.is_set():
                break
            if frame := self._frame(shot):
                self._buffer.put(frame)
                self.taken += 1
                self.first_at = frame.at if self.first_at is None else self.first_at
                self.last_at = frame.at
            if self.taken == self._wanted.frames:
                break

    def _wait_for_room(self) -> None:
        while self._buffer.half_full and not self._stop.wait(FULL_PAUSE_S):
            pass

    def _frame(self, shot: Shot) -> FrameCaptured | None:
        wanted = self._wanted
        try:
            if self._motion and not self._motion.moved(small(shot.picture), shot.at):
                self.passed_over[STILL] += 1
                return None
            image = jpeg(shot.picture, wanted.max_width_px, wanted.quality)
        except (PictureError, NoJpegError):
            self.passed_over[UNREADABLE] += 1
            return None
        return FrameCaptured(
            frame_id=frame_id(wanted.site, wanted.camera, shot.at, image),
            site=wanted.site,
            camera=wanted.camera,
            at=shot.at,
            analyses=wanted.analyses,
            image=image,
            tags={},
        )


def small(picture: bytes | Pixels) -> Pixels:
    """A picture as small as it can be had quickly.

    Raises:
        PictureError: it is none.

    """
    if isinstance(picture, bytes):
        return decode(picture, FaceSettings(picture_side_px=SMALLEST_SIDE_PX)).pixels
    return picture


def jpeg(picture: bytes | Pixels, max_width_px: int | None, quality: int) -> bytes:
    """A picture as JPEG, and no wider than this.

    Raises:
        PictureError: it is none that can be decoded.
        NoJpegError: it is none at all.

    """
    if isinstance(picture, bytes):
        if header(picture).width_px <= (max_width_px or np.inf):
            return picture
        side_px = max(SMALLEST_SIDE_PX, max_width_px or 0)
        picture = decode(picture, FaceSettings(picture_side_px=side_px)).pixels
    height, width = picture.shape[:2]
    if max_width_px and width > max_width_px:
        size = max_width_px, max(1, round(height * max_width_px / width))
        picture = cv2.resize(picture, size, interpolation=cv2.INTER_AREA).astype(np.uint8)
    encoded: bytes = simplejpeg.encode_jpeg(
        np.ascontiguousarray(picture), quality=quality, colorspace="BGR"
    )
    return encoded
