"""Emotions by fer: OpenCV's cascade, and its 8-bit network by TensorFlow Lite."""

import sys

import cv2
import numpy as np
from fer.fer import FER  # type: ignore[import-not-found]  # only there

from tests.bench.subjects.timing import analysed, pictures, tell


def main(folder: str) -> None:
    cv2.setNumThreads(1)
    detector = FER()

    def analyse(data: bytes) -> int:
        image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
        return len(detector.detect_emotions(image))

    tell(analysed(pictures(folder), analyse))


if __name__ == "__main__":
    main(sys.argv[1])
