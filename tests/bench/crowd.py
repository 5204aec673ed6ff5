"""Crowd: analysed faces counted by one agent, on one core, in the order of their times.

Four cameras take a frame a second each, with five people before each who stay for some minutes.
Frames are made and encoded beforehand, batch by batch; decoding and counting are timed.
"""

import json
import os
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from models.crowd.census import Census
from models.crowd.settings import DAY_S, CrowdRules
from schemas.batch import Origin, Records
from schemas.codec import decode, encode
from schemas.crowd import CrowdCounted, WindowState
from schemas.frames import Emotions, Face, FrameAnalysed, Gender
from tests.bench.subject import answer
from tests.models.crowd_frames import frame

WORK = "crowd"
SITE, CAMERAS = "hall", ("door", "hall", "stairs", "till")
MODEL, SIZE = "dlib-int8", 128
START_MS = 1_780_300_800_000
WITHIN_S = 1800
PRESENT = 5
"""People before each camera, on average."""

STAY_S = 240
BATCH_S = 250
NOISE = 0.012
"""Of each number of a template, as a share of its length: cosines of one person are about 0.98."""

SHOWN = Emotions(
    anger=0.0, disgust=0.0, fear=0.0, happiness=0.6, neutral=0.4, sadness=0.0, surprise=0.0
)


def row(faces: int) -> dict[str, Any]:
    """The figures, measured in a process of its own on one core."""
    core = max(os.sched_getaffinity(0))
    found = answer("tests.bench.crowd", str(faces), within_s=WITHIN_S, core=core)
    million_s = round(found["seconds"] / found["faces"] * 1e6, 2)
    return {"work": WORK, "subject": "engawa", **found, "million_s": million_s}


def settings() -> CrowdRules:
    """One site as it is by default."""
    place = {"latitude": 37.6, "longitude": 127.0, "time_zone": "Asia/Seoul"}
    sites = {SITE: {**place, "cameras": {name: {} for name in CAMERAS}}}
    return CrowdRules.model_validate({"sites": sites, "key": "bench"})


def batches(faces: int, came: list[int], seed: int = 1) -> Iterator[Records[FrameAnalysed]]:
    """Batches of frames with so many faces in all; ``came`` gets when each person came."""
    random, made, second = np.random.default_rng(seed), 0, 0
    slots = len(CAMERAS) * PRESENT
    people = _directions(random, slots)
    came += [START_MS] * slots
    while made < faces:
        rows = []
        for at in range(second, second + BATCH_S):
            leaving = (random.random(slots) < 1 / STAY_S).nonzero()[0]
            people[leaving] = _directions(random, len(leaving))
            came += [START_MS + at * 1000] * len(leaving)
            seen = people + random.normal(0, NOISE, people.shape).astype(np.float32)
            quality = random.uniform(0.4, 1.0, slots).tolist()
            for number, camera in enumerate(CAMERAS):
                mine = range(number * PRESENT, (number + 1) * PRESENT)
                found = tuple(_face(seen[each], quality[each], each) for each in mine)
                taken_at = START_MS + at * 1000 + number
                name = f"{camera}-{taken_at}"
                rows.append(frame(taken_at, *found, camera=camera, name=name, site=SITE))
        made, second = made + len(rows) * PRESENT, second + BATCH_S
        times = np.array([row.at + 200 for row in rows], np.int64)
        origin = Origin(
            topic="frames.analysed.v1",
            partition=0,
            offsets=np.arange(len(rows), dtype=np.int64),
            logged_at=times,
        )
        yield Records(record=FrameAnalysed, rows=rows, origin=origin)


def crowd(faces: int) -> dict[str, Any]:
    """Processor seconds that decoding and counting take, and how far off the hours are."""
    count, decoding, counting, counted = Census(settings()), 0.0, 0.0, 0
    said, came = list[Any](), list[int]()
    for batch in batches(faces, came):
        bodies = [encode(row) for row in batch.rows]
        start = time.process_time()
        rows = [decode(body, FrameAnalysed) for body in bodies]
        decoded = time.process_time()
        said += count(replace(batch, rows=rows))
        counting += time.process_time() - decoded
        decoding += decoded - start
        counted += sum(len(row.faces) for row in rows)
    start = time.process_time()
    size = len(count.save())
    return {
        "faces": counted,
        "seconds": round(decoding + counting, 2),
        "decode_us_per_face": round(decoding / counted * 1e6, 2),
        "count_us_per_face": round(counting / counted * 1e6, 2),
        "messages": len(said),
        "saved_mb": round(size / 1e6, 1),
        "save_s": round(time.process_time() - start, 3),
        **_truth(said, came),
    }


def _truth(said: Sequence[Any], came: Sequence[int]) -> dict[str, int]:
    """People in the closed hours of the whole site, as counted and as they were."""
    hours = [
        each
        for each in said
        if isinstance(each, CrowdCounted)
        and (each.camera, each.state) == (None, WindowState.CLOSED)
        and each.window_s < DAY_S
    ]
    # who is there as an hour begins was there before, and every place is always taken
    true = [
        len(CAMERAS) * PRESENT * (each.window_start > START_MS)
        + sum(each.window_start <= at < each.window_end for at in came)
        for each in hours
    ]
    wrong = [abs((each.visitors or 0) - people) for each, people in zip(hours, true, strict=True)]
    return {"hours": len(hours), "people_in_hours": sum(true), "wrong": sum(wrong)}


def _directions(random: np.random.Generator, count: int) -> Any:
    """Templates of people: dlib's lie in a narrow cone, with cosines of about 0.8."""
    made = random.normal(0, 1, (count, SIZE)) / np.sqrt(SIZE)
    made = made * 0.5 + np.eye(1, SIZE)
    return (made / np.linalg.norm(made, axis=1, keepdims=True)).astype(np.float32)


def _face(template: Any, quality: float, number: int) -> Face:
    return Face(
        face_id="",
        left=0.1,
        top=0.1,
        width=0.1,
        height=0.1,
        height_px=60.0,
        score=0.9,
        landmarks=(0.1,) * 10,
        yaw_deg=0.0,
        pitch_deg=0.0,
        roll_deg=0.0,
        quality=quality,
        age=20.0 + number,
        gender=Gender.MALE if number % 2 else Gender.FEMALE,
        male_probability=0.9 if number % 2 else 0.1,
        emotions=SHOWN,
        embedding=template.astype("<f2").tobytes(),
        embedding_model=MODEL,
    )


if __name__ == "__main__":
    sys.stdout.write(f"{json.dumps(crowd(int(sys.argv[1])))}\n")
