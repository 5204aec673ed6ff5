"""Pictures in, faces out: every network is asked once for all faces of a batch of pictures."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

import cv2
import numpy as np

from models.faces import demographics, detector, emotion
from models.faces.align import Pixels, grey
from models.faces.card import cards
from models.faces.crops import boxed, framed, portrait
from models.faces.demographics import DemographicGuesser
from models.faces.detector import Detections, Detector
from models.faces.embedding import Embedder
from models.faces.emotion import EmotionGuesser
from models.faces.found import FoundFace
from models.faces.pose import pose
from models.faces.quality import quality, sharpness
from models.faces.settings import FaceSettings
from models.faces.shelf import Shelf
from models.onnx import Model

MOST_AT_ONCE = 32
"""Faces of one run of a network; beyond it there are more runs, so that memory stays bounded."""

VERSION_LENGTH = 12

Seen = tuple[Pixels, FoundFace]
"""A face, and the picture it is in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is to be found out about the faces of some pictures, as their site allows."""

    age_gender: bool = True
    emotion: bool = True
    template: bool = False
    """Templates take longest; ``FacePipeline.embedded`` makes them for chosen faces."""


DEFAULT = Wish()


class FacePipeline:
    """The networks that the settings ask for, opened and ready; for one thread at a time."""

    def __init__(self, settings: FaceSettings) -> None:
        """Open the models, and let OpenCV use as many threads as they may.

        Raises:
            ModelError: one is missing, or is not what its card says.

        """
        cv2.setNumThreads(settings.threads)
        self.models: dict[str, Model] = {}
        """Every network that is asked, by name."""

        self._settings, self._shelf = settings, Shelf(settings.models_folder)
        self._detector = Detector(
            self._open(detector.MODEL),
            side_px=settings.detector_side_px,
            score=settings.score,
            most=settings.most_faces,
        )
        self._demographics = self._emotions = self._embedder = None
        if settings.age_gender:
            self._demographics = DemographicGuesser(*map(self._open, demographics.MODELS))
        if settings.emotion:
            third = (emotion.THIRD_MODEL,) if settings.third_emotion_model else ()
            self._emotions = EmotionGuesser(*map(self._open, (*emotion.MODELS, *third)))
        if settings.embedding:
            self._embedder = Embedder(self._open(settings.embedding.value), settings.embedding)

    @property
    def versions(self) -> dict[str, str]:
        """Each network that is asked, with the start of its SHA-256."""
        return {name: cards()[name].sha256[:VERSION_LENGTH] for name in self.models}

    def analyse(self, images: Sequence[Pixels], wish: Wish = DEFAULT) -> list[list[FoundFace]]:
        """The faces of each picture, the surest first, with what both wish and settings ask for.

        Pictures are [height, width, 3], blue first, of any sizes.

        Raises:
            ModelError: a model failed.

        """
        found = [self._detector.find(image) for image in images]
        seen = [
            (image, face)
            for image, detections in zip(images, found, strict=True)
            for face in _faces(detections)
        ]
        faces = [face for part in _parts(seen) for face in self._judged(part, wish)]
        if wish.template and self._embedder:
            faces = self.embedded([image for image, _ in seen], faces)
        rest = iter(faces)
        return [list(islice(rest, len(each.scores))) for each in found]

    def embedded(self, images: Sequence[Pixels], faces: Sequence[FoundFace]) -> list[FoundFace]:
        """The faces with their templates; ``images`` has the picture of each.

        Raises:
            ModelError: the model failed.
            ValueError: the settings forbid templates.

        """
        if not self._embedder:
            raise ValueError("the settings forbid templates of faces")
        embedder = self._embedder
        done: list[FoundFace] = []
        for part in _parts(list(zip(images, faces, strict=True))):
            chips = [embedder.chip(image, face.landmarks) for image, face in part]
            done += (
                replace(face, template=template, template_model=embedder.kind.value)
                for (_, face), template in zip(part, embedder.embed(chips), strict=True)
            )
        return done

    def _judged(self, seen: Sequence[Seen], wish: Wish) -> list[FoundFace]:
        """Quality, age, gender and emotions of faces."""
        portraits = [portrait(image, face.landmarks) for image, face in seen]
        faces = [_rated(face, view) for (_, face), view in zip(seen, portraits, strict=True)]
        if wish.age_gender and self._demographics:
            boxes = [boxed(image, face.box) for image, face in seen]
            guessed = self._demographics.guess(portraits, boxes)
            faces = [
                replace(face, age=float(age), male_probability=float(male))
                for face, age, male in zip(faces, guessed.ages, guessed.male, strict=True)
            ]
        if wish.emotion and self._emotions:
            shown = self._emotions.guess([framed(image, face.landmarks) for image, face in seen])
            faces = [replace(face, emotions=each) for face, each in zip(faces, shown, strict=True)]
        return faces

    def _open(self, name: str) -> Model:
        asked = self._settings
        model = self._shelf.open(name, threads=asked.threads, providers=asked.providers)
        return self.models.setdefault(name, model)


def _faces(detections: Detections) -> Iterator[FoundFace]:
    """Faces as the detector found them, not rated yet."""
    rows = zip(detections.boxes, detections.landmarks, detections.scores, strict=True)
    for (left, top, width, height), points, score in rows:
        landmarks = points.astype(np.float64)
        yield FoundFace(
            box=(float(left), float(top), float(width), float(height)),
            landmarks=landmarks,
            score=float(score),
            pose=pose(landmarks),
            quality=0.0,
        )


def _rated(face: FoundFace, view: Pixels) -> FoundFace:
    rating = quality(
        height_px=face.box[3], sharpness=sharpness(grey(view)), pose=face.pose, score=face.score
    )
    return replace(face, quality=rating)


def _parts(seen: Sequence[Seen]) -> Iterator[Sequence[Seen]]:
    for start in range(0, len(seen), MOST_AT_ONCE):
        yield seen[start : start + MOST_AT_ONCE]
