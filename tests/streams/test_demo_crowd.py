"""The staged visitors of a demonstration: what is found is what is true."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
import yaml

from agents.count import Count
from agents.detect import Detect
from connectors.crowd_plan import planned
from connectors.crowd_scene import Scene
from connectors.portraits import SIDE_PX, People, Person, cached_portraits, people
from models.crowd.settings import CrowdSettings
from models.faces.card import cards
from models.faces.settings import FaceSettings, built_models
from models.faces.shelf import Shelf
from models.faces.tracks import TrackSettings
from models.sites import SiteSettings
from schemas.batch import Origin, Records
from schemas.crowd import CrowdCounted, VisitEnded
from schemas.frames import FrameAnalysed, FrameCaptured
from streams.commands.models_build import build_models
from streams.demo_crowd import CAMERAS, EMPTY_FRAMES, HOURS, OPENS_H, SITE, staged
from streams.demo_crowd_figures import Counted, CrowdFigures, compared

NEW_YORK = ZoneInfo("America/New_York")
NOON_MS = 1_780_329_600_000
"""2026-06-01 12:00 in New York."""

MINUTE_MS = 60_000
BATCH = 32
GREY = np.full((SIDE_PX, SIDE_PX, 3), 128, np.uint8)
SOMEBODY = People((Person("somebody", (GREY,)),), ("another could not be fetched",))


@pytest.mark.parametrize(("minutes", "hours_ago"), [(0, 26), (7, 26), (8, 2), (600, 2)])
def test_the_scene_is_the_last_opening_that_is_over(minutes: int, hours_ago: int) -> None:
    plan = staged(SOMEBODY, NEW_YORK, now_ms=NOON_MS + minutes * MINUTE_MS).plan
    assert NOON_MS - hours_ago * 60 * MINUTE_MS == plan.start_ms
    assert HOURS * 60 * MINUTE_MS == plan.at(plan.frames) - plan.start_ms
    assert OPENS_H == datetime.fromtimestamp(plan.start_ms / 1000, NEW_YORK).hour


def test_what_was_not_counted_shows_as_a_difference() -> None:
    plan = staged(SOMEBODY, NEW_YORK, now_ms=NOON_MS + 600 * MINUTE_MS).plan
    nothing = Counted(windows=[], visits=0, analysed=0, ms_per_frame=0.0)
    found = compared(plan, nothing, sent=9, missing=SOMEBODY.missing, settings=CrowdSettings())
    checks = {what: (true, ours) for what, true, ours in found.checks()}
    assert (9, 0) == checks["frames captured = analysed"]
    assert (1, 0) == checks["visitors of the day"]
    assert (1, 0) == checks["visitors: whole site, hour 1"]
    assert SOMEBODY.missing == found.document()["missing"]


@pytest.mark.integration
@pytest.mark.timeout(240)
def test_forty_minutes_of_real_faces_are_counted_as_they_are(tmp_path: Path) -> None:
    everybody = people(cached_portraits())
    assert () == everybody.missing
    plan = planned(
        people=len(everybody.people),
        cameras=CAMERAS,
        frames=160,
        start_ms=NOON_MS - HOURS * 60 * MINUTE_MS,
        interval_ms=15_000,
        seed=1,
    )
    found = counted(Scene(plan, everybody.people, 1), tmp_path)

    assert [(what, true) for what, true, _ in found.checks()] == [
        (what, ours) for what, _, ours in found.checks()
    ]
    assert [(each.new, each.peak) for each in found.windows] == [
        (each.our_new, each.our_peak) for each in found.windows
    ]
    assert found.visits == found.our_visits


def counted(scene: Scene, folder: Path) -> CrowdFigures:
    """Every frame through both steps, in this process."""
    shelf = Shelf(built_models())
    build_models(shelf, [card for card in cards().values() if not shelf.holds(card)])
    place = {"latitude": 40.6, "longitude": -73.8, "time_zone": NEW_YORK.key}
    book = {SITE: {**place, "cameras": {name: {} for name in CAMERAS}}}
    (folder / "sites.yaml").write_text(yaml.safe_dump(book))
    sites = SiteSettings(sites_file=folder / "sites.yaml")
    crowd = CrowdSettings.model_validate({"key": "a key"})
    captured = [
        scene.frame(SITE, camera, frame)
        for frame in range(scene.plan.frames + EMPTY_FRAMES)
        for camera in CAMERAS
    ]
    detect, count = Detect(TrackSettings(), FaceSettings(), crowd, sites), Count(crowd, sites)
    analysed: list[FrameAnalysed] = through(detect, FrameCaptured, captured)
    said = [*through(count, FrameAnalysed, analysed), *count.tick(NOON_MS + 48 * 60 * MINUTE_MS)]
    windows = {each.window_id: each for each in said if isinstance(each, CrowdCounted)}
    return compared(
        scene.plan,
        Counted(
            windows=list(windows.values()),
            visits=len({each.visit_id for each in said if isinstance(each, VisitEnded)}),
            analysed=len(analysed),
            ms_per_frame=0.0,
        ),
        sent=len(captured),
        missing=(),
        settings=crowd,
    )


def through(
    step: Callable[[Records[Any]], Iterable[Any]], record: type, rows: Sequence[Any]
) -> list[Any]:
    """What a step says to rows that come in as they were taken."""
    done: list[Any] = []
    for first in range(0, len(rows), BATCH):
        some = rows[first : first + BATCH]
        origin = Origin(
            topic="frames",
            partition=0,
            offsets=np.arange(first, first + len(some), dtype=np.int64),
            logged_at=np.array([each.at for each in some], np.int64),
        )
        done += step(Records(record=record, rows=some, origin=origin))
    return done
