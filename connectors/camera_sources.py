"""Which kind of camera a word means: a folder, a file, an address or a number at USB."""

import re
from collections.abc import Callable
from functools import partial
from pathlib import Path

from connectors.camera import CameraError, Source, Wait, shown
from connectors.camera_folder import FolderSource
from connectors.camera_video import VideoSource, file_capture, network_capture, usb_capture

SCHEMES = ("rtsp://", "rtsps://", "http://", "https://")
MOST_FILE_BYTES = 20 * 1024 * 1024
_USB = re.compile(r"(?:usb:)?(\d{1,3})", re.ASCII)


def source_of(
    word: str, *, every_ms: int, watch: bool, now_ms: Callable[[], int], wait: Wait
) -> Source:
    """The source that a word names; nothing is opened yet but a file.

    Raises:
        CameraError: there is none.

    """
    video = partial(VideoSource, shown(word), every_ms=every_ms, now_ms=now_ms, wait=wait)
    if word.startswith(SCHEMES):
        return video(partial(network_capture, word), live=True)
    if "://" in word:
        raise CameraError(f"{shown(word)}: cameras are reached by {', '.join(SCHEMES)}")
    if number := _USB.fullmatch(word):
        return video(partial(usb_capture, int(number[1])), live=True)
    path = Path(word)
    if path.is_dir():
        most = MOST_FILE_BYTES
        return FolderSource(
            path, every_ms=every_ms, watch=watch, most_bytes=most, now_ms=now_ms, wait=wait
        )
    if path.is_file():
        return video(partial(file_capture, path), live=False)
    raise CameraError(f"{shown(word)} is no folder, file, address or number of a camera at USB")
