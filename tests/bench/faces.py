"""What it takes to see faces in frames, on one core, from a JPEG's bytes to what is said of it.

A subject is a process that is given a folder of JPEGs and prints JSON: ``faces`` found in all,
``cpu_ms`` and ``wall_ms`` of each frame, and perhaps ``stages_ms``. Peers run in their own
environments, so each has its interpreter.
"""

import json
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from tests.bench.frames import KINDS, Kind, frames
from tests.bench.subject import OURS, ROOT, SubjectError

WORKS = tuple(f"frames {name}" for name in KINDS)
WITHIN_S = 900

Row = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seer:
    """A subject: which interpreter runs which module, and what it is asked for."""

    module: str = "tests.bench.subjects.seeing"
    task: str
    python: Path = OURS


SEERS: Mapping[str, Seer] = {
    "engawa": Seer(task="demographics"),
    "engawa, a template of every face": Seer(task="templates"),
    "engawa, detection alone": Seer(task="detection"),
}


def faces(
    work: str, *, count: int, rounds: int, seers: Mapping[str, Seer] = SEERS
) -> Iterator[Row]:
    """A row for each subject; each sees every frame in each round, in turn.

    Raises:
        SubjectError: a subject failed.

    """
    kind = KINDS[work.removeprefix("frames ")]
    with TemporaryDirectory() as folder:
        for number, data in enumerate(frames(kind, count)):
            (Path(folder) / f"{number:04}.jpg").write_bytes(data)
        runs: dict[str, list[Row]] = {name: [] for name in seers}
        for _ in range(rounds):
            for name, seer in seers.items():
                runs[name].append(_run(seer, folder))
    for name, taken in runs.items():
        yield {"work": work, "subject": name, **_summed_up(kind, count, taken)}


def _run(seer: Seer, folder: str) -> Row:
    done = subprocess.run(
        [seer.python, "-m", seer.module, folder, seer.task],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=WITHIN_S,
        check=False,
    )
    if done.returncode:
        raise SubjectError(done.stderr[-2000:])
    found: Row = json.loads(done.stdout)
    return found


def _summed_up(kind: Kind, count: int, runs: Sequence[Row]) -> Row:
    """Medians over all frames of all rounds; lowest and highest are the rounds' medians."""
    row: Row = {}
    for figure in ("cpu_ms", "wall_ms"):
        middles = [median(run[figure]) for run in runs]
        row |= {
            figure: round(median(value for run in runs for value in run[figure]), 2),
            f"{figure}_min": round(min(middles), 2),
            f"{figure}_max": round(max(middles), 2),
        }
    row["frames_s"] = round(1000 / row["cpu_ms"], 1)
    row["faces_found"] = round(runs[0]["faces"] / (kind.faces * count), 3)
    for stage in runs[0].get("stages_ms", {}):
        values = [value for run in runs for value in run["stages_ms"][stage]]
        row[f"{stage}_ms"] = round(median(values), 2)
    return row | {"frames": count, "rounds": len(runs)}
