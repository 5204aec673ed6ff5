"""The recorded street of a demonstration: what is told of it, and that it may be missing."""

from dataclasses import replace
from pathlib import Path

import pytest

from connectors.message_log import Logged
from models.crowd.privacy import Mode
from models.sites import load_sites
from schemas.frames import FrameAnalysed, FrameCaptured
from schemas.topics import FRAMES_CAPTURED
from streams import demo_crowd
from streams.demo_energy import SITES
from streams.demo_report import _street
from streams.demo_street import CAMERA, SITE, Played, added_up, began, play
from streams.writer import message
from tests.models.crowd_frames import NINE, face, frame

PLAYED = Played(sent=3, since_ms=NINE)


def seen(number: int, *, faces: int = 0, ms: float = 10.0) -> FrameAnalysed:
    found = [face() for _ in range(faces)]
    taken = frame(NINE + 500 * number, *found, camera=CAMERA, site=SITE)
    return replace(taken, processing_ms=ms)


def test_every_frame_of_the_street_counts_once_and_no_other() -> None:
    analysed = [
        (seen(0, ms=10.0), 1100),
        (seen(1, faces=1, ms=20.0), 1200),
        (seen(1, faces=1, ms=20.0), 1200),
        (seen(2, faces=2, ms=30.0), 2500),
        (frame(NINE, face(), site=demo_crowd.SITE), 9000),
    ]
    found = added_up(analysed, PLAYED, began_ms=1000)
    assert [("frames of the street captured = analysed", 3, 3)] == found.checks()
    assert (3, 20.0, 2.0) == (found.faces, found.ms_per_frame, found.frames_per_s)


def test_frames_that_were_not_analysed_show_as_a_difference() -> None:
    found = added_up([(seen(0), 1100)], PLAYED, began_ms=1000)
    assert [("frames of the street captured = analysed", 3, 1)] == found.checks()


def test_the_street_begins_with_its_own_first_frame() -> None:
    assert 2000 == began([logged(1000, demo_crowd.SITE), logged(3000, SITE), logged(2000, SITE)])
    assert 0 == began([logged(1000, demo_crowd.SITE)])


def logged(at: int, site: str) -> Logged:
    """A frame of a camera as it lies in its topic."""
    taken = FrameCaptured(
        frame_id=str(at), site=site, camera=CAMERA, at=NINE, analyses=("faces",), tags={}
    )
    sent = message(FRAMES_CAPTURED, b"", taken)
    return Logged(FRAMES_CAPTURED.name, 0, at, at, str(sent["key"]).encode(), None)


def test_a_cache_that_cannot_be_used_ends_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"in the way of a folder")
    played = play({}, tmp_path / "file" / "vtest.avi")
    assert 0 == played.sent
    assert "the cache cannot be read" in played.missing


def test_without_the_video_nothing_is_sent_and_the_report_says_why(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = tmp_path / "vtest.avi"
    place.write_bytes(b"not what was pinned")
    played = play({}, place)
    found = added_up([], played, began_ms=0)
    _street(found)
    said = " ".join(capsys.readouterr().err.split())
    assert 0 == played.sent
    assert "a street is missing, and was not played" in said
    assert "vtest.avi has SHA-256" in found.document()["missing"]
    assert [] == [each for each in found.checks() if each[1] != each[2]]


def test_the_street_is_a_site_of_its_own_that_knows_nobody() -> None:
    book = load_sites(SITES).root
    assert SITE != demo_crowd.SITE
    assert [CAMERA] == list(book[SITE].cameras)
    assert Mode.STRICT is book[SITE].privacy.mode
