"""The visitors of a demonstration: real faces in a staged scene, of which the truth is known."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

import cv2

from connectors.annotated import annotated
from connectors.crowd_plan import planned
from connectors.crowd_scene import Scene
from connectors.message_log import MessageLog
from connectors.outcome import UnavailableError
from connectors.portraits import People, cached_portraits, people
from connectors.producer import BatchProducer
from models.crowd.settings import CrowdSettings
from schemas.batch import Records
from schemas.codec import schema_of
from schemas.crowd import CrowdCounted, VisitEnded
from schemas.frames import FrameAnalysed
from schemas.topic import Topic
from schemas.topics import CROWD_COUNTED, FRAMES_ANALYSED, FRAMES_CAPTURED, VISITS_ENDED
from streams import audit
from streams.demo_crowd_figures import Counted, CrowdFigures, compared
from streams.observer import wall_ms
from streams.settings import Settings
from streams.writer import message

SITE, CAMERAS = "demo", ("entrance", "hall")
OPENS_H, HOURS = 10, 2
"""By the site's clock; long enough before midnight that all is of one day."""

INTERVAL_S = 15
"""Between two frames of a camera, as the original's cameras took them."""

EMPTY_FRAMES = 32
"""When all have gone: long enough that their visits are over and the windows closed."""

SEED = 1
AT_ONCE = 8

R = TypeVar("R")

ENVIRONMENT: Mapping[str, str] = {"ENGAWA_CROWD__KEY": "visitors-of-a-demonstration"}
"""In which workers can count; cameras stand in the site book of ``streams.demo_energy``."""


@dataclass(frozen=True, slots=True)
class Visitors:
    """Who is to be seen, and the scene."""

    people: People
    scene: Scene


def visitors(settings: Settings) -> Visitors:
    """The people whose portraits can be had, in the last opening of the site that is over."""
    found = people(cached_portraits())
    zone = ZoneInfo(settings.sites.book().root[SITE].time_zone)
    return Visitors(found, staged(found, zone, now_ms=wall_ms()))


def staged(people: People, zone: ZoneInfo, *, now_ms: int, seed: int = SEED) -> Scene:
    """The last opening of the site that is over."""
    now = datetime.fromtimestamp(now_ms / 1000, zone)
    opens = now.replace(hour=OPENS_H, minute=0, second=0, microsecond=0)
    if now < opens + timedelta(hours=HOURS, seconds=EMPTY_FRAMES * INTERVAL_S):
        opens -= timedelta(days=1)
    plan = planned(
        people=len(people.people),
        cameras=CAMERAS,
        frames=HOURS * 3600 // INTERVAL_S,
        start_ms=round(opens.timestamp() * 1000),
        interval_ms=INTERVAL_S * 1000,
        seed=seed,
    )
    return Scene(plan, people.people, seed)


async def play(settings: Settings, scene: Scene) -> int:
    """Send every frame as fast as they can be drawn; give how many there were.

    Raises:
        UnavailableError: no broker answers.

    """
    producer, header = BatchProducer(settings.kafka), schema_of(FRAMES_CAPTURED.record).header
    frames = scene.plan.frames + EMPTY_FRAMES
    try:
        for first in range(0, frames, AT_ONCE):
            messages = [
                message(FRAMES_CAPTURED, header, scene.frame(SITE, camera, frame))
                for frame in range(first, min(first + AT_ONCE, frames))
                for camera in CAMERAS
            ]
            if refused := await producer.send({FRAMES_CAPTURED.name: messages}):
                raise UnavailableError(f"kafka: {refused[0].reason}")
    finally:
        producer.close()
    return frames * len(CAMERAS)


def crowd_figures(
    log: MessageLog, of: Visitors, *, sent: int, settings: CrowdSettings, picture: Path
) -> CrowdFigures:
    """Count everything where it lies, and leave one frame at ``picture``."""
    # what is written again after a crash is the same again, so each counts once
    windows = {each.window_id: each for each in _here(log, CROWD_COUNTED, CrowdCounted)}
    visits = {each.visit_id for each in _here(log, VISITS_ENDED, VisitEnded)}
    analysed = {each.frame_id: each for each in _here(log, FRAMES_ANALYSED, FrameAnalysed)}
    spent_ms = sum(each.processing_ms for each in analysed.values())
    counted = Counted(
        windows=list(windows.values()),
        visits=len(visits),
        analysed=len(analysed),
        pictures=int(crowd_picture(analysed.values(), of.scene, picture)),
        ms_per_frame=round(spent_ms / max(1, len(analysed)), 1),
    )
    missing = of.people.missing
    return compared(of.scene.plan, counted, sent=sent, missing=missing, settings=settings)


def crowd_picture(frames: Iterable[FrameAnalysed], scene: Scene, path: Path) -> bool:
    """Leave the fullest frame at ``path``, with what was found in it; say whether there is one."""
    path.unlink(missing_ok=True)
    fullest = max(frames, key=lambda each: (len(each.faces), -each.at), default=None)
    if fullest is None or not fullest.faces:
        return False
    number = (fullest.at - scene.plan.start_ms) // scene.plan.interval_ms
    path.parent.mkdir(parents=True, exist_ok=True)
    picture = annotated(scene.picture(fullest.camera, number), fullest.faces)
    return cv2.imwrite(str(path), picture)


def _here(log: MessageLog, topic: Topic[R], record: type[R]) -> Iterator[R]:
    """What a topic holds of the scene's site."""
    assert topic.record is record
    for batch in audit.batches(log, topic, Records):
        yield from (each for each in batch.rows if each.site == SITE)
