from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from connectors.frame_buffer import CameraSettings, FrameBuffer, place_of
from schemas.codec import encode_framed
from tests.models.camera_frames import AT, frame

SIZE = len(encode_framed(frame(1)))


def buffer(folder: Path, now_ms: Callable[[], int] | None = None, **settings: Any) -> FrameBuffer:
    clock = count(AT)
    return FrameBuffer(folder, CameraSettings(**settings), now_ms or (lambda: next(clock)))


def ids(held: FrameBuffer, most_bytes: int = 10**9) -> list[str]:
    return [each.frame.frame_id for each in held.oldest(most_bytes)]


def test_frames_come_out_as_they_went_in(tmp_path: Path) -> None:
    held = buffer(tmp_path)
    for number in (3, 1, 2):
        held.put(frame(number))

    assert [frame(3), frame(1), frame(2)] == [each.frame for each in held.oldest(10**9)]
    assert (3, 3 * SIZE) == (len(held), held.size_bytes)


def test_what_was_sent_is_gone(tmp_path: Path) -> None:
    held = buffer(tmp_path)
    for number in range(5):
        held.put(frame(number))

    held.remove(held.oldest(2 * SIZE))

    assert ["f-2", "f-3", "f-4"] == ids(held)
    assert 3 == len(list(tmp_path.iterdir()))


def test_a_restart_finds_what_was_left(tmp_path: Path) -> None:
    held = buffer(tmp_path)
    for number in range(3):
        held.put(frame(number))
    (tmp_path / "7-half.frame.part").write_bytes(b"half a frame")

    again = buffer(tmp_path)
    again.put(frame(3))  # by a clock that was set back

    assert ["f-0", "f-1", "f-2", "f-3"] == ids(again)
    assert 4 == len(list(tmp_path.iterdir()))


def test_when_it_is_full_the_oldest_are_dropped_and_counted(tmp_path: Path) -> None:
    held = buffer(tmp_path, buffer_bytes=3 * SIZE)
    for number in range(10):
        held.put(frame(number))

    assert {"full": 7} == held.dropped
    assert ["f-7", "f-8", "f-9"] == ids(held)
    assert 3 == len(list(tmp_path.iterdir()))


def test_a_frame_that_is_larger_than_the_buffer_is_dropped(tmp_path: Path) -> None:
    held = buffer(tmp_path, buffer_bytes=1024)
    held.put(frame(0))

    assert ({"full": 1}, []) == (held.dropped, ids(held))


def test_what_is_too_old_is_dropped(tmp_path: Path) -> None:
    now = [AT]
    held = buffer(tmp_path, lambda: now[0], buffer_age_s=60)
    held.put(frame(0))
    now[0] += 30_000
    held.put(frame(1))
    now[0] += 30_001

    assert ["f-1"] == ids(held)
    assert {"old": 1} == held.dropped


def test_what_is_under_way_is_not_dropped(tmp_path: Path) -> None:
    held = buffer(tmp_path, buffer_bytes=3 * SIZE)
    for number in range(3):
        held.put(frame(number))
    under_way = held.oldest(SIZE)
    for number in range(3, 6):
        held.put(frame(number))
    held.remove(under_way)

    assert {"full": 3} == held.dropped
    assert ["f-4", "f-5"] == ids(held)


def test_at_least_one_frame_comes_out_however_large(tmp_path: Path) -> None:
    held = buffer(tmp_path)
    held.put(frame(0))

    assert ["f-0"] == ids(held, most_bytes=1)


@pytest.mark.parametrize("damage", [b"", b"\0" * 99, encode_framed(frame())[:-1]])
def test_what_a_power_cut_damaged_is_dropped(tmp_path: Path, damage: bytes) -> None:
    held = buffer(tmp_path)
    for number in range(3):
        held.put(frame(number))
    sorted(tmp_path.iterdir())[1].write_bytes(damage)

    again = buffer(tmp_path)

    assert ["f-0", "f-2"] == ids(again)
    assert {"damaged": 1} == again.dropped


def test_it_says_when_whoever_can_wait_should(tmp_path: Path) -> None:
    held = buffer(tmp_path, buffer_bytes=4 * SIZE)
    full = []
    for number in range(4):
        held.put(frame(number))
        full.append(held.half_full)

    assert [False, False, True, True] == full


def test_every_camera_has_a_folder_of_its_own_and_no_name_leads_out_of_it(tmp_path: Path) -> None:
    settings = CameraSettings(buffer_folder=tmp_path)
    places = {place_of(*names, settings) for names in (("a", "b"), ("a/b", "c"), ("..", "../.."))}

    assert 3 == len(places)
    assert all(len(each.relative_to(tmp_path).parts) == 2 for each in places)
    assert all(each.resolve() == each for each in places)


def test_the_address_of_a_camera_is_a_secret() -> None:
    settings = CameraSettings.model_validate({"source": "rtsp://anna:geheim@cam"})

    assert "geheim" not in f"{settings!r}"


def test_a_disk_that_takes_nothing_costs_frames_and_not_the_camera(tmp_path: Path) -> None:
    held = buffer(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    held.put(frame(0))

    assert ({"no_space": 1}, 0, 0) == (held.dropped, len(held), held.size_bytes)
