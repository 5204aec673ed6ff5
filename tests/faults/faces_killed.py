"""Real faces in frames, while the worker that looks for them is killed: the count stays true."""

import json
import time
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from itertools import product
from secrets import token_hex

from connectors.crowd_plan import Plan, Stay
from connectors.crowd_scene import Scene
from connectors.portraits import cached_portraits, people
from models.crowd.settings import MATCHING, CrowdSettings
from models.faces.settings import Embedding
from models.sites import SiteSettings
from schemas.codec import encode_framed
from schemas.frames import FrameCaptured
from schemas.topics import FRAMES_ANALYSED, FRAMES_CAPTURED
from streams.children import until
from tests.faults.audit import Verdict
from tests.faults.crowd_scenarios import Rush
from tests.faults.faces_audit import FacesAudit
from tests.faults.paced import Paced
from tests.faults.rig import FINISHED_WITHIN_S, Crew, Rig
from tests.faults.topics import Reader
from tests.models.crowd_crossings import book

FACES_KILLED = "faces: worker killed"
CAMERAS = "ab"
MODEL = Embedding.DLIB.value
HOUR_MS, INTERVAL_MS = 3_600_000, 500
"""Frames come so fast that templates are carried on from one to the next."""

LAST = HOUR_MS * 7 // 6 // INTERVAL_MS
"""Number of a frame of nobody, by which all that was before is over, and told."""

RESTART_S = 6.0
"""How long frames go on coming for each worker that is killed."""

COMMIT_S = 2.0
"""How often the worker notes how far it is; it is killed in the middle between two times."""


def run(rig: Rig, rush: Rush) -> Verdict:
    """Kill the worker each time it has told of frames that another will have to look at again.

    Raises:
        ChildError: a worker died, or they did not finish.

    """
    site = f"gate-{token_hex(3)}"
    sites_file = rig.folder / f"{site}.yaml"
    sites_file.write_text(json.dumps(book([site], CAMERAS)))  # which is YAML too
    matching = {MODEL: MATCHING[MODEL].model_dump()}
    environment = {
        "ENGAWA_SITES__SITES_FILE": str(sites_file),
        "ENGAWA_CROWD__KEY": site,
        "ENGAWA_CROWD__MATCHING": json.dumps(matching),
        "ENGAWA_WORKER__COMMIT_INTERVAL_S": str(COMMIT_S),
    }
    crew = Crew(rig, rig.folder / "workers" / site, environment)
    crowd = CrowdSettings.model_validate({"key": site, "matching": matching})
    audit = FacesAudit(rig, crowd, SiteSettings(sites_file=sites_file))
    try:
        crew.start("crowd")
        crew.start("vision", name="1")
        frames = list(_frames(site, rush.frames // 20, rush.seed))
        crew.wait_ready()
        _work(rig, crew, frames, rush)
    finally:
        crew.stop_all()
    verdict = audit.verdict(frames)
    verdict.wonder("workers that did not end in order", crew.disorderly)
    return verdict


def _frames(site: str, size: int, seed: int) -> Iterator[FrameCaptured]:
    """Everybody stands before one camera, then before the other; in the end nobody is there."""
    found, half = people(cached_portraits()).people, size // len(CAMERAS) // 2
    stays = [
        Stay(
            person=person,
            camera=CAMERAS[(person + turn) % len(CAMERAS)],
            first=turn * half,
            last=turn * half + half - 1,
            place=person,
            face_px=80.0,
            look=person,
        )
        for turn, person in product((0, 1), range(len(found)))
    ]
    plan = Plan(
        stays=tuple(stays),
        cameras=tuple(CAMERAS),
        frames=2 * half,
        start_ms=(time.time_ns() // 1_000_000 // HOUR_MS - 2) * HOUR_MS,
        interval_ms=INTERVAL_MS,
    )
    scene = Scene(plan, found, seed)
    for number in (*range(plan.frames), LAST):
        yield from (scene.frame(site, camera, number) for camera in CAMERAS)


def _work(rig: Rig, crew: Crew, frames: list[FrameCaptured], rush: Rush) -> None:
    ready = [(0, encode_framed(each)) for each in frames]
    lasts_s = rush.lasts_s + RESTART_S * rush.kills
    load = Paced(rig.kafka, FRAMES_CAPTURED, ready, lasts_s=lasts_s)
    again = max(1, round(len(frames) / lasts_s * COMMIT_S / 2))
    load.start()
    for kill in range(rush.kills):
        load.wait_for((kill + 1) / (rush.kills + 2))
        crew.wait_ready()
        _wait_midway(rig, again)
        crew.kill("vision")
        crew.start("vision", name="1")
    load.shipped()
    crew.wait_finished("vision", FRAMES_CAPTURED)
    crew.wait_finished("crowd", FRAMES_ANALYSED)


def _wait_midway(rig: Rig, frames: int) -> None:
    """Return when so many frames were told of since the worker has last noted how far it is."""
    wait = partial(until, within_s=FINISHED_WITHIN_S, what=lambda: "vision is midway")
    with closing(Reader(rig.kafka, group="engawa-vision")) as reader:
        noted = reader.committed(FRAMES_CAPTURED)
        wait(lambda: reader.committed(FRAMES_CAPTURED) != noted)
        told = sum(reader.marks(FRAMES_ANALYSED).values())
        wait(lambda: sum(reader.marks(FRAMES_ANALYSED).values()) >= told + frames)
