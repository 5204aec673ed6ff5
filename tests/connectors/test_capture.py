from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
import simplejpeg

from connectors.camera import Shot
from connectors.capture import Capturing, Wanted, jpeg
from connectors.frame_buffer import CameraSettings, FrameBuffer
from models.faces.header import header
from models.frame_ids import frame_id
from schemas.frames import FrameCaptured
from tests.connectors.camera_clips import scenery
from tests.models.camera_frames import AT, SHARP, noise, plain
from tests.models.camera_frames import jpeg as encoded


class Reel:
    """A recording in memory: a picture a second."""

    live = False

    def __init__(self, *pictures: Any, live: bool = False) -> None:
        self._pictures = pictures
        self.live = live
        self.span_ms: int | None = len(pictures) * 1000

    def shots(self, start_ms: int) -> Iterator[Shot]:
        for number, picture in enumerate(self._pictures):
            yield Shot(at=start_ms + 1000 * number, picture=picture)


@pytest.fixture
def buffer(tmp_path: Path) -> FrameBuffer:
    return FrameBuffer(tmp_path, CameraSettings(), lambda: AT)


def capturing(buffer: FrameBuffer, reel: Reel, stop: Event | None = None, **how: Any) -> Capturing:
    wanted = Wanted(**{"site": "mall", "camera": "door", "analyses": ("faces", "scene")} | how)
    return Capturing(reel, wanted, buffer, stop or Event())


def frames(buffer: FrameBuffer) -> list[FrameCaptured]:
    return [each.frame for each in buffer.oldest(10**9)]


def test_pictures_become_frames(buffer: FrameBuffer) -> None:
    work = capturing(buffer, Reel(*scenery(3)))
    work.run(start_ms=AT, speed=0)

    found = frames(buffer)
    assert [AT, AT + 1000, AT + 2000] == [each.at for each in found]
    assert (3, AT, AT + 2000) == (work.taken, work.first_at, work.last_at)
    first = found[0]
    assert first.image is not None
    assert ("mall", "door", ("faces", "scene")) == (first.site, first.camera, first.analyses)
    assert frame_id("mall", "door", AT, first.image) == first.frame_id
    assert (240, 320, 3) == simplejpeg.decode_jpeg(first.image).shape


def test_a_jpeg_stays_as_it_is_unless_it_is_too_wide(buffer: FrameBuffer) -> None:
    wide = encoded(noise(width=1280, height=960))
    capturing(buffer, Reel(SHARP, wide), max_width_px=320).run(start_ms=AT, speed=0)

    kept, narrowed = (each.image or b"" for each in frames(buffer))
    assert SHARP == kept
    assert (320, 240) == (header(narrowed).width_px, header(narrowed).height_px)


def test_what_is_no_picture_is_passed_over_and_counted(buffer: FrameBuffer) -> None:
    work = capturing(buffer, Reel(b"", SHARP, b"GIF89a", SHARP[:50]))
    work.run(start_ms=AT, speed=0)

    assert (1, {"unreadable": 3}) == (work.taken, work.passed_over)


@pytest.mark.parametrize("as_files", [True, False])
def test_only_what_moves_may_be_wanted(buffer: FrameBuffer, *, as_files: bool) -> None:
    pictures = [plain(40), plain(40), plain(200), plain(200)]
    reel = Reel(*(map(encoded, pictures) if as_files else pictures))
    work = capturing(buffer, reel, motion=True)
    work.run(start_ms=AT, speed=0)

    assert [AT, AT + 2000] == [each.at for each in frames(buffer)]
    assert {"still": 2} == work.passed_over


def test_only_so_many_may_be_wanted(buffer: FrameBuffer) -> None:
    capturing(buffer, Reel(b"", *scenery(5)), frames=2).run(start_ms=AT, speed=0)

    assert 2 == len(buffer)


def test_nothing_is_taken_after_a_stop(buffer: FrameBuffer) -> None:
    stop = Event()
    stop.set()
    capturing(buffer, Reel(*scenery(5)), stop).run(start_ms=AT, speed=1)

    assert 0 == len(buffer)


def test_a_recording_waits_while_there_is_no_room_and_loses_nothing(tmp_path: Path) -> None:
    small = FrameBuffer(tmp_path, CameraSettings(buffer_bytes=3 * len(SHARP)), lambda: AT)
    work = capturing(small, Reel(*[SHARP] * 20))
    thread = Thread(target=work.run, kwargs={"start_ms": AT, "speed": 0})
    thread.start()
    sent = 0
    while thread.is_alive() or len(small):
        held = small.oldest(1)
        sent += len(held)
        small.remove(held)
    thread.join()

    assert (20, 20, {}) == (work.taken, sent, small.dropped)


def test_what_is_live_does_not_wait_and_the_oldest_is_lost(tmp_path: Path) -> None:
    small = FrameBuffer(tmp_path, CameraSettings(buffer_bytes=3 * len(SHARP)), lambda: AT)
    capturing(small, Reel(*[SHARP] * 20, live=True)).run(start_ms=AT, speed=1)

    assert 20 == small.dropped["full"] + len(small)
    assert AT + 19_000 == frames(small)[-1].at


def test_quality_is_how_many_bytes_it_may_take() -> None:
    picture = noise()

    assert len(jpeg(picture, None, 30)) < len(jpeg(picture, None, 90))
