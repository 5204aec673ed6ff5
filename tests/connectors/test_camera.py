from pathlib import Path

import pytest

from connectors.camera import CameraError, Source, shown
from connectors.camera_folder import FolderSource
from connectors.camera_sources import source_of
from connectors.camera_video import VideoSource
from tests.connectors.camera_clips import clip, walk
from tests.models.camera_frames import SHARP


def source(word: str, *, watch: bool = False) -> Source:
    return source_of(word, every_ms=1000, watch=watch, now_ms=lambda: 0, wait=lambda _: True)


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("rtsp://anna:geheim@10.0.0.9:554/live?key=geheim", "rtsp://10.0.0.9:554"),
        ("rtsp://cam/user=anna_password=geheim", "rtsp://cam"),
        ("http://anna:ge@heim@cam/x", "http://cam"),
        ("rtsp://anna:geheim@[::1", "an address that makes no sense"),
        ("rtsp://cam:geheim", "an address that makes no sense"),
        ("rtsp:/anna:geheim@cam/live", "cam/live"),
        ("0", "0"),
        ("clips/door.avi", "clips/door.avi"),
    ],
)
def test_no_password_is_shown(word: str, expected: str) -> None:
    assert expected == shown(word)


@pytest.mark.parametrize("word", ["rtsp://anna:geheim@cam/live", "https://cam/x", "0", "usb:12"])
def test_what_goes_on_by_itself_is_live(word: str) -> None:
    found = source(word)

    assert isinstance(found, VideoSource)
    assert found.live
    assert found.span_ms is None


def test_a_file_is_a_video_and_a_folder_holds_pictures(tmp_path: Path) -> None:
    film = clip(tmp_path / "film.avi", walk(20))
    (tmp_path / "one.jpg").write_bytes(SHARP)

    video, folder = source(str(film)), source(str(tmp_path))

    assert isinstance(video, VideoSource)
    assert isinstance(folder, FolderSource)
    assert [(False, 2000), (False, 1000)] == [(e.live, e.span_ms) for e in (video, folder)]
    assert source(str(tmp_path), watch=True).live


@pytest.mark.parametrize(
    ("word", "complaint"),
    [
        ("ftp://anna:geheim@cam", "ftp://cam: cameras are reached by rtsp://"),
        ("nothing-here", "is no folder, file, address or number"),
        ("1234", "is no folder"),
        ("rtsp:anna:geheim@cam", "cam is no folder"),
    ],
)
def test_what_is_no_camera_is_refused(word: str, complaint: str) -> None:
    with pytest.raises(CameraError) as caught:
        source(word)

    assert complaint in str(caught.value)
    assert "geheim" not in str(caught.value)


def test_a_file_that_is_no_video_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "film.avi"
    path.write_bytes(b"RIFF nothing" * 100)

    with pytest.raises(CameraError, match="no video"):
        source(str(path))
