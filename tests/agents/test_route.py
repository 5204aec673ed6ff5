from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
import yaml

from agents.route import ANALYSES, Given, Route
from models.crowd.settings import CrowdSettings
from models.faces.settings import FaceSettings
from models.faces.tracks import TrackSettings
from models.frame_settings import RouteSettings, SceneSettings
from models.sites import SiteSettings
from schemas.alarms import AlarmRequest
from schemas.batch import Records
from schemas.frames import FrameAnalysed, FrameCaptured, FrameKept, SceneAnalysed
from schemas.reasons import Reason, SetAside
from streams.shapes import gives, takes
from tests.models.camera_frames import BOOK, frame, logged

Make = Callable[..., Route]


def count_bytes(batch: Records[FrameCaptured]) -> Iterable[tuple[str, int] | SetAside]:
    """Another analysis: it has no idea of the others."""
    for row, each in enumerate(batch.rows):
        size = len(each.image or b"")
        yield (each.frame_id, size) if size else SetAside(row, Reason.DAMAGED_IMAGE, "empty")


@pytest.fixture
def route(tmp_path: Path) -> Make:
    path = tmp_path / "sites.yaml"
    path.write_text(yaml.safe_dump(BOOK.model_dump(mode="json")), encoding="utf-8")

    def make(**more: Callable[[Given], Any]) -> Route:
        return Route(
            RouteSettings(),
            SiteSettings(sites_file=path),
            SceneSettings(),
            FaceSettings(),
            TrackSettings(),
            CrowdSettings(),
            analyses={**ANALYSES, **more},
        )

    return make


def aside(done: Iterable[Any]) -> dict[int, Reason]:
    return {each.row: each.reason for each in done if isinstance(each, SetAside)}


def test_it_takes_frames_and_gives_what_analyses_give() -> None:
    assert (Records, FrameCaptured) == takes(Route)
    assert {FrameAnalysed, FrameKept, SceneAnalysed, AlarmRequest} == gives(Route)


def test_a_frame_goes_to_the_analysis_it_asks_for(route: Make) -> None:
    [scene] = route()(logged([frame(7)]))

    assert isinstance(scene, SceneAnalysed)
    assert "f-7" == scene.frame_id


def test_another_analysis_is_one_row_and_one_agent(route: Make) -> None:
    frames = [
        frame(0, analyses=("bytes",), image=b"12"),
        frame(1, analyses=("scene",)),
        frame(2, analyses=("bytes", "scene"), image=frame().image),
    ]

    done: list[Any] = list(route(bytes=lambda _: count_bytes)(logged(frames)))

    scenes = [each.frame_id for each in done if isinstance(each, SceneAnalysed)]
    counts = [each for each in done if isinstance(each, tuple)]
    assert ["f-1", "f-2"] == scenes
    assert [("f-0", 2), ("f-2", len(frame().image or b""))] == counts
    assert {} == aside(done)


def test_what_nobody_does_is_set_aside_and_the_rest_is_done(route: Make) -> None:
    frames = [frame(0, analyses=("scene", "masks")), frame(1, analyses=("masks", "souls"))]

    done = list(route()(logged(frames)))

    assert ["f-0"] == [each.frame_id for each in done if isinstance(each, SceneAnalysed)]
    unknown = Reason.UNKNOWN_ANALYSIS
    assert [
        SetAside(0, unknown, "analyses: nobody does masks"),
        SetAside(1, unknown, "analyses: nobody does masks, souls"),
    ] == [each for each in done if isinstance(each, SetAside)]


def test_a_frame_that_asks_for_very_much_is_answered_briefly(route: Make) -> None:
    [said] = route()(logged([frame(0, analyses=("x" * 100_000,) * 100)]))

    assert isinstance(said, SetAside)
    assert 500 == len(said.detail)


def test_a_frame_is_set_aside_once_for_its_first_fault(route: Make) -> None:
    frames = [frame(0), frame(1, analyses=("scene", "bytes", "masks"), image=b"")]

    done = list(route(bytes=lambda _: count_bytes)(logged(frames)))

    assert {1: Reason.NOT_AN_IMAGE} == aside(done)


def test_what_must_not_be_looked_at_reaches_no_analysis(route: Make) -> None:
    frames = [
        frame(0),
        frame(1, camera="off"),
        frame(2, frame_id="f-0"),
        frame(3, analyses=()),
        frame(4, site="elsewhere", analyses=("masks",)),
    ]

    done = list(route()(logged(frames)))

    assert ["f-0"] == [each.frame_id for each in done if isinstance(each, SceneAnalysed)]
    expected = {
        1: Reason.CAMERA_OFF,
        2: Reason.DUPLICATE,
        3: Reason.NO_ANALYSIS,
        4: Reason.UNKNOWN_SITE,
    }
    assert expected == aside(done)


def test_a_batch_that_comes_again_gives_the_same(route: Make) -> None:
    agent, batch = route(), logged([frame(n) for n in range(20)])

    assert list(agent(batch)) == list(agent(batch))


def test_it_counts_what_it_remembers(route: Make) -> None:
    agent = route()
    agent(logged([frame(n) for n in range(20)]))

    assert 20 + 1 == agent.entries
