"""Templates by face_recognition: dlib's HOG detector and its network."""

import io
import sys

import face_recognition  # type: ignore[import-not-found]  # only there

from tests.bench.subjects.timing import analysed, pictures, tell


def main(folder: str) -> None:
    tell(analysed(pictures(folder), _count))


def _count(data: bytes) -> int:
    image = face_recognition.load_image_file(io.BytesIO(data))
    places = face_recognition.face_locations(image)
    return len(face_recognition.face_encodings(image, places))


if __name__ == "__main__":
    main(sys.argv[1])
