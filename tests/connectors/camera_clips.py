"""Small recordings for tests."""

from collections.abc import Sequence
from pathlib import Path

import cv2

from models.faces.align import Pixels
from tests.models.camera_frames import noise, plain


def clip(path: Path, frames: Sequence[Pixels], *, fps: float = 10.0) -> Path:
    """A video."""
    height, width = frames[0].shape[:2]
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), fps, (width, height))
    for frame in frames:
        writer.write(frame)
    writer.release()
    return path


def walk(count: int) -> list[Pixels]:
    """A white block that goes from left to right, a twentieth of the width in each frame."""
    frames = []
    for number in range(count):
        frame = plain(40)
        left = 16 * number % 300
        frame[100:160, left : left + 20] = 255
        frames.append(frame)
    return frames


def scenery(count: int) -> list[Pixels]:
    """Pictures that are all different."""
    return [noise(number) for number in range(count)]
