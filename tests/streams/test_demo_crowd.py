"""The staged visitors of a demonstration: what is found is what is true."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import cv2
import numpy as np
import pytest
import yaml

from agents.count import Count
from agents.detect import Detect
from connectors.annotated import annotated
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
from schemas.frames import Face, FrameAnalysed, FrameCaptured, Gender
from streams.commands.models_build import build_models
from streams.demo_crowd import (
    CAMERAS,
    EMPTY_FRAMES,
    HOURS,
    OPENS_H,
    SITE,
    crowd_picture,
    staged,
)
from streams.demo_crowd_figures import Counted, CrowdFigures, compared
from streams.demo_report import _crowd
from tests.models.crowd_frames import face, frame

NEW_YORK = ZoneInfo("America/New_York")
NOON_MS = 1_780_329_600_000
"""2026-06-01 12:00 in New York."""

MINUTE_MS = 60_000
BATCH = 32
GREY = np.full((SIDE_PX, SIDE_PX, 3), 128, np.uint8)
SOMEBODY = People((Person("somebody", (GREY,)),), ("another could not be fetched",))
NOTHING = Counted(windows=[], visits=0, analysed=0, pictures=0, ms_per_frame=0.0)


@pytest.mark.parametrize(("minutes", "hours_ago"), [(0, 26), (7, 26), (8, 2), (600, 2)])
def test_the_scene_is_the_last_opening_that_is_over(minutes: int, hours_ago: int) -> None:
    plan = staged(SOMEBODY, NEW_YORK, now_ms=NOON_MS + minutes * MINUTE_MS).plan
    assert NOON_MS - hours_ago * 60 * MINUTE_MS == plan.start_ms
    assert HOURS * 60 * MINUTE_MS == plan.at(plan.frames) - plan.start_ms
    assert OPENS_H == datetime.fromtimestamp(plan.start_ms / 1000, NEW_YORK).hour


def against(counted: Counted, people: People = SOMEBODY) -> CrowdFigures:
    plan = staged(people, NEW_YORK, now_ms=NOON_MS + 600 * MINUTE_MS).plan
    return compared(plan, counted, sent=9, missing=people.missing, settings=CrowdSettings())


def test_what_was_not_counted_shows_as_a_difference() -> None:
    found = against(NOTHING)
    checks = {what: (true, ours) for what, true, ours in found.checks()}
    assert (9, 0) == checks["frames captured = analysed"]
    assert (1, 0) == checks["visitors of the day"]
    assert (1, 0) == checks["visitors: whole site, hour 1"]
    assert (found.visits, 0) == checks["visits"]
    assert found.visits > 1
    assert (1, 0) == checks["annotated frames as a picture"]
    assert SOMEBODY.missing == found.document()["missing"]


def test_no_picture_is_missed_where_nobody_could_be_seen() -> None:
    checks = {what: (true, ours) for what, true, ours in against(NOTHING, People((), ())).checks()}
    assert (0, 0) == checks["annotated frames as a picture"]


def test_over_all_somebody_alone_is_counted_again_and_again_by_the_original() -> None:
    found, plan = against(NOTHING), a_scene().plan
    minutes = [
        (camera, frame // 4)
        for camera in CAMERAS
        for frame in range(plan.frames)
        if plan.seen(camera, frame)
    ]
    true = [len({(camera, minute // long) for camera, minute in minutes}) for long in (60, 15)]
    hours, quarters, day, visits = [tuple(row.values())[1:] for row in found.totals()]
    assert (true[0], 0, true[0]) == hours
    assert (true[1], None) == quarters[:2]
    assert quarters[2] > 10 * true[1]
    assert (1, 0, None) == day
    assert (found.visits, 0, None) == visits


def test_the_report_says_the_totals_and_names_a_picture_only_if_there_is_one(
    capsys: pytest.CaptureFixture[str],
) -> None:
    _crowd(against(NOTHING))
    without = capsys.readouterr()
    _crowd(against(replace(NOTHING, pictures=1)))
    assert "crowd_frame.png" not in without.err
    assert "crowd_frame.png" in capsys.readouterr().err
    for said in ("visits to each camera", "by the quarter of an hour"):
        assert said in without.out


def test_the_fullest_frame_is_left_with_what_was_found_in_it(tmp_path: Path) -> None:
    scene, path = a_scene(), tmp_path / "build" / "frame.png"
    two = [face(left=0.1, gender=Gender.FEMALE), face(left=0.5, age=40.0)]
    frames = [seen(scene, 3, face()), seen(scene, 5, *two), seen(scene, 7, *two)]
    assert crowd_picture(frames, scene, path)
    left = cv2.imread(str(path))
    assert left is not None
    assert np.array_equal(annotated(scene.picture(CAMERAS[1], 5), two), left)


@pytest.mark.parametrize("analysed", [0, 2])
def test_without_a_face_no_picture_is_left_not_even_an_older_one(
    tmp_path: Path, analysed: int
) -> None:
    scene, path = a_scene(), tmp_path / "frame.png"
    path.write_bytes(b"of another time")
    assert not crowd_picture([seen(scene, number) for number in range(analysed)], scene, path)
    assert not path.exists()


def a_scene() -> Scene:
    return staged(SOMEBODY, NEW_YORK, now_ms=NOON_MS + 600 * MINUTE_MS)


def seen(scene: Scene, number: int, *faces: Face) -> FrameAnalysed:
    return frame(scene.plan.at(number), *faces, camera=CAMERAS[1], site=SITE)


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
            pictures=int(crowd_picture(analysed, scene, folder / "frame.png")),
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
