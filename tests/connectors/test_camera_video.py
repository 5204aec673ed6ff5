"""A video file that ends stands for a camera that is lost."""

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from connectors.camera_video import (
    LONGEST_PAUSE_S,
    Capture,
    VideoSource,
    file_capture,
    network_capture,
    usb_capture,
)
from tests.connectors.camera_clips import clip, walk
from tests.models.camera_frames import AT


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three seconds, ten frames in each."""
    return clip(tmp_path_factory.mktemp("film") / "film.avi", walk(30))


class Stop:
    """Stops after so many pauses, and knows how long they were."""

    def __init__(self, after: int = 0) -> None:
        self.pauses_s: list[float] = []
        self._after = after

    def __call__(self, pause_s: float) -> bool:
        self.pauses_s.append(pause_s)
        return len(self.pauses_s) > self._after


def source(
    capture: Callable[[], Capture],
    *,
    live: bool = False,
    every_ms: int = 1000,
    wait: Stop | None = None,
    clock: Iterator[int] | None = None,
) -> VideoSource:
    return VideoSource(
        "door",
        capture,
        live=live,
        every_ms=every_ms,
        now_ms=lambda: next(clock or count()),
        wait=wait or Stop(),
    )


@pytest.mark.parametrize(
    ("every_ms", "expected"),
    [(1000, [0, 1000, 2000]), (100, list(range(0, 3000, 100))), (60_000, [0])],
)
def test_a_recording_gives_one_frame_in_each_interval(
    film: Path, every_ms: int, expected: list[int]
) -> None:
    shots = list(source(lambda: file_capture(film), every_ms=every_ms).shots(AT + 7))

    assert expected == [each.at - AT - 7 for each in shots]
    assert (240, 320, 3) == shots[0].picture.shape  # type: ignore[union-attr]  # pixels


def test_a_recording_says_how_long_it_is(film: Path) -> None:
    assert 3000 == source(lambda: file_capture(film)).span_ms


def test_a_camera_of_sixty_frames_a_second_is_thinned(film: Path) -> None:
    opened: list[Counting] = []

    def capture() -> Capture:
        opened.append(Counting(file_capture(film)))
        return opened[-1]

    clock = (AT + round(number * 1000 / 60) for number in count())
    shots = list(source(capture, live=True, every_ms=100, clock=clock).shots(0))

    assert (30, 5) == (opened[0].grabbed, len(shots))
    assert 5 == opened[0].decoded


class Counting:
    """A capture that counts what is asked of it."""

    def __init__(self, capture: Capture) -> None:
        self._capture = capture
        self.grabbed = self.decoded = self.released = 0

    def isOpened(self) -> bool:  # noqa: N802  # OpenCV's name
        return self._capture.isOpened()

    def grab(self) -> bool:
        found = self._capture.grab()
        self.grabbed += found
        return found

    def retrieve(self) -> tuple[bool, Any]:
        self.decoded += 1
        return self._capture.retrieve()

    def get(self, what: int, /) -> float:
        return self._capture.get(what)

    def release(self) -> None:
        self.released += 1
        self._capture.release()


def test_a_lost_camera_is_found_again(film: Path) -> None:
    stop, opened = Stop(after=2), []

    def capture() -> Capture:
        opened.append(Counting(file_capture(film)))
        return opened[-1]

    found = source(capture, live=True, every_ms=1, wait=stop, clock=count(AT))
    shots = list(found.shots(0))

    assert (90, 3) == (len(shots), found.lost)
    assert [0.5, 0.5, 0.5] == stop.pauses_s
    assert [1, 1, 1] == [each.released for each in opened]


def test_pauses_grow_while_nobody_answers(tmp_path: Path) -> None:
    stop = Stop(after=9)

    assert [] == list(source(lambda: file_capture(tmp_path), live=True, wait=stop).shots(0))
    assert [0.5, 1, 2, 4, 8, 16, 30, 30, 30, LONGEST_PAUSE_S] == stop.pauses_s


def test_whoever_stops_listening_lets_the_camera_go(film: Path) -> None:
    capture = Counting(file_capture(film))
    shots = source(lambda: capture, live=True, every_ms=1, clock=count(AT)).shots(0)

    next(iter(shots))
    shots.close()  # type: ignore[attr-defined]  # it is a generator

    assert 1 == capture.released


def test_cameras_that_are_not_there_are_not_open_and_no_password_is_told(
    capfd: pytest.CaptureFixture[str],
) -> None:
    network = network_capture("rtsp://anna:geheim@127.0.0.1:9/live?key=geheim")

    assert not network.isOpened()
    assert not usb_capture(99).isOpened()
    assert "geheim" not in "".join(capfd.readouterr())
