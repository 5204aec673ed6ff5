"""Frames through real Kafka: how long one takes to its demographics, and two workers against one.

Faces jump from frame to frame, so that nearly each one has a template made of it.
"""

import json
import os
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from schemas.codec import schema_of
from schemas.frames import FrameCaptured
from schemas.topics import FRAMES_ANALYSED, FRAMES_CAPTURED, FRAMES_REJECTED
from streams.writer import message
from tests.bench.faces import QUIETLY
from tests.bench.frames import KINDS, frames
from tests.bench.ground import PARTITIONS, Ground
from tests.bench.load import Messages, send
from tests.bench.one_by_one import WARM as WARM_TRIPS
from tests.bench.one_by_one import latencies
from tests.bench.stretch import Stretch, stretch
from tests.bench.subject import OURS, SubjectError, answer
from tests.bench.two_workers import engawa

LATENCY = "vision one by one"
TWO = "vision two workers"
SUBJECTS = ("engawa 1", "engawa 2")
KIND = "vga-1"
PICTURES = 40
STRETCHED = 8
"""Times as many frames as one process sees alone."""

EVERY_MS = 100
WARM = 20 * PARTITIONS
SITE = "hall"
CAMERAS = tuple(f"camera-{number}" for number in range(PARTITIONS))
WITHIN_S = 300


def latency(ground: Ground, count: int) -> dict[str, Any]:
    """Percentiles from produce to where the frame's faces are read, a frame every 100 ms."""
    now_ms = time.time_ns() // 1_000_000
    found = latencies(
        ground,
        "vision",
        FRAMES_CAPTURED,
        FRAMES_ANALYSED,
        captured(0, WARM_TRIPS + count, start_ms=now_ms, cameras=1),
        pause_s=EVERY_MS / 1000,
        **_sites(ground.folder),
    )
    _check(ground, WARM_TRIPS + count)
    return found


def workers(ground: Ground, name: str, count: int) -> Stretch:
    """Measure so many workers of one group on ``count`` frames, as many in each partition."""
    ground.clear()
    start_ms = time.time_ns() // 1_000_000 - (WARM + count) * EVERY_MS
    starts, ready = engawa(ground, int(name.split()[1]), "vision", **_sites(ground.folder))
    measured = stretch(
        ground,
        starts,
        ready=ready,
        warm_up=lambda: _send(ground, captured(0, WARM, start_ms=start_ms)),
        warm=WARM,
        send=lambda: _send(ground, captured(WARM, count, start_ms=start_ms)),
        events=count,
        progress=lambda: ground.written(FRAMES_ANALYSED.name),
    )
    _check(ground, WARM + count)
    return measured


def most_possible() -> float:
    """How much faster two processes are here that share nothing but the machine's memory."""
    with TemporaryDirectory() as folder:
        for number, data in enumerate(_pictures()):
            (Path(folder) / f"{number:04}.jpg").write_bytes(data)
        [alone], both = (_seeing(folder, processes) for processes in (1, 2))
    return round(2 * alone / max(both), 2)


def captured(
    first: int, count: int, *, start_ms: int, cameras: int = len(CAMERAS)
) -> Iterator[dict[str, Any]]:
    """Messages of frames from number ``first`` on; each camera's are in a partition of its own."""
    header = schema_of(FrameCaptured).header
    for number in range(first, first + count):
        camera = number % cameras
        frame = FrameCaptured(
            frame_id=f"frame-{number}",
            site=SITE,
            camera=CAMERAS[camera],
            at=start_ms + number // cameras * EVERY_MS,
            analyses=("faces",),
            image=_pictures()[number % PICTURES],
            tags={},
        )
        yield message(FRAMES_CAPTURED, header, frame) | {"partition": camera}


@cache
def _pictures() -> Sequence[bytes]:
    return tuple(frames(KINDS[KIND], PICTURES))


def _seeing(folder: str, processes: int) -> list[float]:
    """Milliseconds that each of so many processes takes for the same frames, all at once."""

    def measure(_: int) -> float:
        found = answer(
            "tests.bench.subjects.seeing",
            *(folder, "everything"),
            python=OURS,
            within_s=WITHIN_S,
            core=None,
            **QUIETLY,
        )
        return float(sum(found["wall_ms"]))

    with ThreadPoolExecutor(processes) as pool:
        return list(pool.map(measure, range(processes)))


def _sites(folder: Path) -> dict[str, str]:
    """Where a worker finds a site book with our cameras."""
    site = {
        "latitude": 35,
        "longitude": 126,
        "time_zone": "Asia/Seoul",
        "cameras": {name: {} for name in CAMERAS},
    }
    file = folder / "vision-sites.yaml"
    file.write_text(json.dumps({SITE: site}))  # JSON is YAML
    return {"ENGAWA_SITES__SITES_FILE": os.fspath(file)}


def _send(ground: Ground, load: Iterator[dict[str, Any]]) -> None:
    """Each camera's frames to its partition: a batch heeds only a partition of its own."""
    every = list(load)
    for partition in range(PARTITIONS):
        batches: Messages = [[each for each in every if each["partition"] == partition]]
        send(ground.bootstrap, FRAMES_CAPTURED, batches, partition)


def _check(ground: Ground, count: int) -> None:
    """A figure counts only if every frame was looked at."""
    seen, rejected = (ground.written(each.name) for each in (FRAMES_ANALYSED, FRAMES_REJECTED))
    if (seen, rejected) != (count, 0):
        raise SubjectError(f"of {count} frames {seen} were analysed, {rejected} rejected")
