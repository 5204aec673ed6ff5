"""Video files, network cameras and those at USB, all by OpenCV."""

from collections.abc import Callable, Iterator
from math import isfinite
from pathlib import Path
from typing import Any, Protocol

import cv2
import structlog
from cv2.utils import logging

from connectors.camera import CameraError, Shot, Wait

TIMEOUT_MS = 10_000
"""How long a network camera may keep silent before it counts as lost."""

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 30.0
"""Between tries to reach a camera that is lost; each takes twice as long as the one before."""

USUAL_FPS = 25.0
"""Of a file that does not say."""

MOST_FPS = 1000.0
"""No camera is faster: a file that says so does not know."""

log = structlog.get_logger(__name__)


class Capture(Protocol):
    """What OpenCV opens."""

    def isOpened(self) -> bool:  # noqa: N802  # OpenCV's name
        """Whether there is anything."""
        ...

    def grab(self) -> bool:
        """Go on to the next frame, without looking at it."""
        ...

    def retrieve(self) -> tuple[bool, Any]:
        """Decode it."""
        ...

    def get(self, what: int, /) -> float:
        """A property."""
        ...

    def release(self) -> None:
        """Let it go."""
        ...


class VideoSource:
    """Frames of a video, the first in each interval; the others are not even decoded.

    A live one that ends, or cannot be opened, is opened again, with pauses that grow.
    """

    def __init__(
        self,
        name: str,
        capture: Callable[[], Capture],
        *,
        live: bool,
        every_ms: int,
        now_ms: Callable[[], int],
        wait: Wait,
    ) -> None:
        self._name, self._capture = name, capture
        self.live, self._every_ms = live, every_ms
        self._now_ms, self._wait = now_ms, wait
        self.span_ms = None if live else self._length_ms()
        self.lost = 0
        """How many times a live one was lost."""

    def shots(self, start_ms: int) -> Iterator[Shot]:
        """Its frames.

        Raises:
            CameraError: a file cannot be opened.

        """
        pause_s = FIRST_PAUSE_S
        while True:
            for shot in self._shots(start_ms):
                pause_s = FIRST_PAUSE_S
                yield shot
            if not self.live:
                return
            self.lost += 1
            log.warning("camera lost, trying again", camera=self._name, pause_s=pause_s)
            if self._wait(pause_s):
                return
            pause_s = min(2 * pause_s, LONGEST_PAUSE_S)

    def _shots(self, start_ms: int) -> Iterator[Shot]:
        capture = self._capture()
        try:
            frame_ms, number, slot = _frame_ms(capture), 0, -1
            while capture.isOpened() and capture.grab():
                passed_ms = self._now_ms() if self.live else round(number * frame_ms)
                number += 1
                if passed_ms // self._every_ms == slot:
                    continue
                found, pixels = capture.retrieve()
                if not found:
                    return
                slot = passed_ms // self._every_ms
                yield Shot(at=passed_ms if self.live else start_ms + passed_ms, picture=pixels)
        finally:
            capture.release()

    def _length_ms(self) -> int:
        capture = self._capture()
        try:
            if not capture.isOpened():
                raise CameraError(f"{self._name} is no video that can be read")
            frames = capture.get(cv2.CAP_PROP_FRAME_COUNT)
            return round(max(frames, 0.0) * _frame_ms(capture)) if isfinite(frames) else 0
        finally:
            capture.release()


def file_capture(path: Path) -> Capture:
    """A video file."""
    return _quiet(lambda: cv2.VideoCapture(str(path)))


def network_capture(url: str) -> Capture:
    """A camera in the network: RTSP, or what else FFmpeg reads."""
    patience = (cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, cv2.CAP_PROP_READ_TIMEOUT_MSEC)
    asked = [value for each in patience for value in (each, TIMEOUT_MS)]
    return _quiet(lambda: cv2.VideoCapture(url, cv2.CAP_FFMPEG, asked))


def usb_capture(number: int) -> Capture:
    """A camera at USB, by its number."""
    return _quiet(lambda: cv2.VideoCapture(number))


def _quiet(opened: Callable[[], Capture]) -> Capture:
    """Open it without OpenCV's own words, in which there may be an address with a password."""
    level = logging.getLogLevel()
    logging.setLogLevel(logging.LOG_LEVEL_SILENT)
    try:
        return opened()
    finally:
        logging.setLogLevel(level)


def _frame_ms(capture: Capture) -> float:
    fps = capture.get(cv2.CAP_PROP_FPS)
    return 1000 / (fps if isfinite(fps) and 0 < fps <= MOST_FPS else USUAL_FPS)
