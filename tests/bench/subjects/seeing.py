"""Analyses the JPEGs of a folder on one core; prints what each took as JSON.

``python -m tests.bench.subjects.seeing FOLDER demographics|templates|detection``
"""

import json
import os
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from models.faces.align import Pixels
from models.faces.crops import boxed, framed, portrait
from models.faces.found import FoundFace
from models.faces.picture import decode
from models.faces.pipeline import FacePipeline, Wish
from models.faces.settings import FaceSettings

WARM = 3

Taken = defaultdict[str, list[float]]


def main(folder: Path, task: str) -> None:
    """Time each frame by itself, from its bytes to its faces."""
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    settings = FaceSettings(age_gender=task != "detection", emotion=task != "detection")
    pipeline = FacePipeline(settings)
    data = [path.read_bytes() for path in sorted(folder.glob("*.jpg"))]
    analyse = partial(_analysed, pipeline, settings, Wish(template=task == "templates"))
    for each in data[:WARM]:
        analyse(each)
    taken = Taken(list)
    counts = [_timed(taken, "frame", analyse, each) for each in data]
    if task == "templates":
        for each in data:
            _stages(taken, pipeline, settings, each)
    cpu_ms, wall_ms = taken.pop("frame"), taken.pop("frame wall")
    stages = {name: times for name, times in taken.items() if not name.endswith(" wall")}
    found = {"faces": sum(counts), "cpu_ms": cpu_ms, "wall_ms": wall_ms, "stages_ms": stages}
    sys.stdout.write(json.dumps(found))


def _analysed(pipeline: FacePipeline, settings: FaceSettings, wish: Wish, data: bytes) -> int:
    (faces,) = pipeline.analyse([decode(data, settings).pixels], wish)
    return len(faces)


def _stages(taken: Taken, pipeline: FacePipeline, settings: FaceSettings, data: bytes) -> None:
    """Each stage of one frame by itself."""
    image = _timed(taken, "decode", decode, data, settings).pixels
    _timed(taken, "detect", pipeline._detector.find, image)
    (faces,) = pipeline.analyse([image])
    portraits, boxes, frames = _timed(taken, "crop", _crops, image, faces)
    assert pipeline._demographics
    assert pipeline._emotions
    _timed(taken, "age_gender", pipeline._demographics.guess, portraits, boxes)
    _timed(taken, "emotion", pipeline._emotions.guess, frames)
    _timed(taken, "template", pipeline.embedded, [image] * len(faces), faces)


def _crops(image: Pixels, faces: list[FoundFace]) -> tuple[list[Pixels], ...]:
    return (
        [portrait(image, face.landmarks) for face in faces],
        [boxed(image, face.box) for face in faces],
        [framed(image, face.landmarks) for face in faces],
    )


def _timed(taken: Taken, stage: str, work: Callable[..., Any], *arguments: Any) -> Any:
    wall, cpu = time.perf_counter(), time.process_time()
    answer = work(*arguments)
    taken[stage].append((time.process_time() - cpu) * 1e3)
    taken[f"{stage} wall"].append((time.perf_counter() - wall) * 1e3)
    return answer


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
