"""Templates by deepface: YuNet by OpenCV, SFace by ONNX Runtime, with the same bound as ours.

By itself deepface drops faces that YuNet is less than 90 % sure of.
"""

import os
import sys
from typing import Any

import cv2
import numpy as np
import onnxruntime
from deepface import DeepFace  # type: ignore[import-not-found]  # only there

from tests.bench.subjects.timing import analysed, pictures, tell

SCORE = "0.6"


class OneThread(onnxruntime.SessionOptions):  # type: ignore[misc]  # it says nothing of its types
    """deepface has no word for it, and threads that wait for each other cost it time."""

    def __init__(self) -> None:
        super().__init__()
        self.intra_op_num_threads = 1


def main(folder: str) -> None:
    cv2.setNumThreads(1)
    onnxruntime.SessionOptions = OneThread
    os.environ["yunet_score_threshold"] = SCORE  # noqa: SIM112  # deepface's own name
    tell(analysed(pictures(folder), _count))


def _count(data: bytes) -> int:
    image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    found: list[dict[str, Any]] = DeepFace.represent(
        image, model_name="SFace", detector_backend="yunet", enforce_detection=False
    )
    # without any face it takes the whole picture for one, of which it is not sure at all
    return sum(face["face_confidence"] > 0 for face in found)


if __name__ == "__main__":
    main(sys.argv[1])
