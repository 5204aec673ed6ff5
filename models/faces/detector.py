"""Faces found by YuNet (Wu, Peng, Yu, "YuNet: A Tiny Millisecond-level Face Detector", 2023).

Pictures are looked at one by one: in a run of four each takes a third longer, for their layers do
not fit into a processor's cache.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from models.faces.align import Pixels, resized
from models.onnx import Model

MODEL = "yunet"
STRIDES = (8, 16, 32)
"""Pixels between two cells of each of the three grids."""

OVERLAP = 0.3
"""Two boxes that share more of their union are one face (OpenCV's default for YuNet)."""

MOST_CANDIDATES = 5000
"""Cells of a picture that are looked at, the surest ones (OpenCV's default)."""

SMALLEST_PX = 4
"""Width and height at least, as the network sees it: it finds none below about 10."""

FARTHEST_PX = 1e5
"""No coordinate lies further off than any picture is wide."""

Floats = npt.NDArray[np.float32]
Outputs = Mapping[str, npt.NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class Detections:
    """Faces of one picture in its pixels, the surest first."""

    boxes: Floats
    """Each left, top, width and height."""

    landmarks: Floats
    """Each five points: left eye, right eye, nose, left and right corner of the mouth."""

    scores: Floats


class Detector:
    """Finds faces at a fixed length of the pictures' longer side; smaller ones stay as they are."""

    def __init__(self, model: Model, *, side_px: int, score: float, most: int) -> None:
        self._model, self._side_px, self._score, self._most = model, side_px, score, most

    def find(self, image: Pixels) -> Detections:
        """The faces of a picture.

        Raises:
            ModelError: the model failed.

        """
        scale = min(1.0, self._side_px / max(image.shape[:2]))
        batch = _batch(_scaled(image, scale))
        answers = self._model.run(input=batch)
        outputs = {name: values[0] for name, values in answers.items()}
        return decoded(outputs, batch.shape[3], scale=scale, score=self._score, most=self._most)


def decoded(
    outputs: Outputs, width_px: int, *, scale: float, score: float, most: int
) -> Detections:
    """The faces that one picture's outputs tell of; ``width_px`` is the network's input's.

    Each cell of a grid says how sure it is, and where box and landmarks lie as seen from it.
    """
    with np.errstate(over="ignore", invalid="ignore"):  # what comes of it is not plausible
        cells = [_cells(outputs, stride, width_px // stride, score) for stride in STRIDES]
        rows = _plausible(np.concatenate(cells))
    rows = rows[np.argsort(-rows[:, 0], kind="stable")[:MOST_CANDIDATES]]
    kept = rows[_apart(rows[:, 1:5], most)]
    return Detections(
        boxes=kept[:, 1:5] / np.float32(scale),
        landmarks=kept[:, 5:].reshape(-1, 5, 2) / np.float32(scale),
        scores=kept[:, 0],
    )


def _cells(outputs: Outputs, stride: int, columns: int, score: float) -> Floats:
    """Score, left, top, width, height and landmarks of the cells that are sure enough."""
    face, thing = (np.clip(outputs[f"{name}_{stride}"][:, 0], 0, 1) for name in ("cls", "obj"))
    sure = np.flatnonzero(face * thing >= score**2)
    at = np.stack([sure % columns, sure // columns], axis=1).astype(np.float32)
    box, points = outputs[f"bbox_{stride}"][sure], outputs[f"kps_{stride}"][sure]
    sizes = np.exp(box[:, 2:]) * stride
    corners = (at + box[:, :2]) * stride - sizes / 2
    landmarks = (points + np.tile(at, 5)) * stride
    scores = np.sqrt(face[sure] * thing[sure])[:, None]
    return np.concatenate([scores, corners, sizes, landmarks], axis=1, dtype=np.float32)


def _plausible(rows: Floats) -> Floats:
    """Without what no face gives: a picture made to confuse must not break what follows."""
    spans = np.ptp(rows[:, 5:].reshape(-1, 5, 2), axis=1)
    whole = np.isfinite(rows).all(1) & (np.abs(rows) < FARTHEST_PX).all(1)
    plausible: Floats = rows[whole & (rows[:, 3:5] >= SMALLEST_PX).all(1) & (spans.max(1) >= 1)]
    return plausible


def _apart(boxes: Floats, most: int) -> list[int]:
    """The boxes, the surest first, that overlap none before them too much."""
    left, top, width, height = boxes.T
    right, bottom, area = left + width, top + height, width * height
    kept: list[int] = []
    rest = np.arange(len(boxes))
    while len(rest) and len(kept) < most:
        best, rest = rest[0], rest[1:]
        kept.append(int(best))
        across = np.minimum(right[best], right[rest]) - np.maximum(left[best], left[rest])
        along = np.minimum(bottom[best], bottom[rest]) - np.maximum(top[best], top[rest])
        shared = np.maximum(across, 0) * np.maximum(along, 0)
        rest = rest[shared <= OVERLAP * (area[best] + area[rest] - shared)]
    return kept


def _scaled(image: Pixels, scale: float) -> Pixels:
    if scale == 1:
        return image
    height, width = (max(1, round(size * scale)) for size in image.shape[:2])
    return resized(image, width, height)


def _batch(image: Pixels) -> Floats:
    """A picture as the network takes it, black added to multiples of 32."""
    height, width = (-(-size // STRIDES[-1]) * STRIDES[-1] for size in image.shape[:2])
    batch = np.zeros((1, 3, height, width), np.float32)
    for plane, values in zip(batch[0], cv2.split(image), strict=True):
        plane[: image.shape[0], : image.shape[1]] = values
    return batch
