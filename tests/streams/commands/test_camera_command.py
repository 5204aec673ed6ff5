"""``engawa produce camera`` on small recordings, with a real broker and without one."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from connectors.message_log import MessageLog
from schemas.codec import decode
from schemas.frames import FrameCaptured
from schemas.framing import SINGLE_OBJECT_HEADER_BYTES
from schemas.topics import FRAMES_CAPTURED
from streams.observer import wall_ms
from streams.settings import Settings
from tests.connectors.camera_clips import clip, scenery
from tests.models.camera_frames import SHARP

ROOT = Path(__file__).parents[3]
NOBODY = {"ENGAWA_KAFKA__BOOTSTRAP_SERVERS": "127.0.0.1:9"}


@pytest.fixture
def film(tmp_path: Path) -> str:
    """Three seconds, ten frames in each."""
    return str(clip(tmp_path / "film.avi", scenery(30)))


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ((), "ENGAWA_CAMERA__SOURCE"),
        (("nowhere.avi",), "is no folder, file, address"),
        (("ftp://anna:geheim@cam",), "cameras are reached by"),
        (("0", "--every", "often"), "is no duration"),
        (("0", "--every", "0ms"), "is no duration"),
        (("0", "--camera", ""), "empty_name"),
        (("0", "--analyses", "scene,"), "empty_name"),
        (("0", "--quality", "101"), "--quality"),
    ],
)
def test_what_is_no_camera_is_wrong_usage(
    engawa: Any, arguments: tuple[str, ...], complaint: str
) -> None:
    called = engawa("produce", "camera", *arguments, environment={"COLUMNS": "200"})

    assert 2 == called.code
    assert complaint in called.err
    assert "geheim" not in called.err


def arrived(settings: Settings, camera: str) -> list[FrameCaptured]:
    with MessageLog(settings.kafka) as log:
        return [
            decode((each.value or b"")[SINGLE_OBJECT_HEADER_BYTES:], FrameCaptured)
            for each in log.read(log.span(FRAMES_CAPTURED.name))
            if (each.key or b"").endswith(camera.encode())
        ]


@pytest.mark.integration
def test_a_recording_arrives_as_if_it_ended_now(
    engawa: Any, stocked: dict[str, str], settings: Settings, film: str
) -> None:
    camera = uuid4().hex
    called = engawa(
        *("produce", "camera", film, "--camera", camera, "--every", "500ms", "--speed", "0"),
        *("--analyses", "scene", "--format", "json"),
        environment=stocked,
    )

    frames = arrived(settings, camera)
    times = [each.at for each in frames]
    assert 0 == called.code
    assert 6 == len(frames) == called.document["taken"] == called.document["sent"]
    assert times == sorted(times)
    assert wall_ms() - 60_000 < times[0] < times[-1] <= wall_ms()
    assert {("gwangju", camera, ("scene",))} == {(e.site, e.camera, e.analyses) for e in frames}
    assert len(frames) == len({each.frame_id for each in frames})


@pytest.mark.integration
def test_the_same_recording_at_the_same_time_has_the_same_ids(
    engawa: Any, stocked: dict[str, str], settings: Settings, film: str
) -> None:
    camera = uuid4().hex
    for _ in range(2):
        engawa(
            *("produce", "camera", film, "--camera", camera, "--speed", "0"),
            *("--start", "2026-05-01"),
            environment=stocked,
        )

    ids = [each.frame_id for each in arrived(settings, camera)]
    assert (6, 3) == (len(ids), len(set(ids)))


@pytest.mark.integration
def test_frames_wait_on_disk_for_kafka_and_the_next_call_sends_them(
    engawa: Any, stocked: dict[str, str], settings: Settings, film: str, tmp_path: Path
) -> None:
    camera = uuid4().hex
    arguments = ("produce", "camera", film, "--camera", camera, "--speed", "0")
    short = ("--seconds", "3", "--frames", "2", "--format", "json")

    away = engawa(*arguments, *short, environment=stocked | NOBODY)
    waiting = list(tmp_path.glob("**/*.frame"))
    back = engawa(*arguments, "--format", "json", environment=stocked)

    assert (69, 2, 0) == (away.code, away.document["waiting_on_disk"], away.document["sent"])
    assert "2 frames wait in .engawa/frames/" in away.err
    assert 2 == len(waiting)
    assert (0, 3, 5) == (back.code, back.document["taken"], back.document["sent"])
    assert 5 == len(arrived(settings, camera))
    assert [] == list(tmp_path.glob("**/*.frame"))


@pytest.mark.integration
def test_large_pictures_go_by_reference(
    engawa: Any, stocked: dict[str, str], settings: Settings, tmp_path: Path
) -> None:
    camera, folder = uuid4().hex, tmp_path / "pictures"
    folder.mkdir()
    (folder / "a.jpg").write_bytes(SHARP)
    called = engawa(
        *("produce", "camera", str(folder), "--camera", camera, "--format", "json"),
        environment=stocked | {"ENGAWA_FRAMES__INLINE_BYTES": "1000"},
    )

    [found] = arrived(settings, camera)
    assert (0, 1) == (called.code, called.document["by_reference"])
    assert found.image is None
    assert found.reference is not None
    assert len(SHARP) == found.reference.size_bytes


@pytest.mark.integration
def test_the_address_of_a_camera_may_be_a_setting(
    engawa: Any, stocked: dict[str, str], settings: Settings, film: str
) -> None:
    camera = uuid4().hex
    called = engawa(
        *("produce", "camera", "--camera", camera, "--speed", "0", "--frames", "1"),
        environment=stocked | {"ENGAWA_CAMERA__SOURCE": film},
    )

    assert 0 == called.code
    assert 1 == len(arrived(settings, camera))


@pytest.mark.integration
def test_ctrl_c_ends_a_camera_with_its_summary(
    stocked: dict[str, str], settings: Settings, tmp_path: Path
) -> None:
    camera, folder = uuid4().hex, tmp_path / "pictures"
    folder.mkdir()
    (folder / "a.jpg").write_bytes(SHARP)
    command = ("produce", "camera", str(folder), "--watch", "--camera", camera)
    process = subprocess.Popen(
        [sys.executable, "-m", "streams", *command, "--format", "json"],
        cwd=ROOT,
        env=os.environ | stocked | {"ENGAWA_CAMERA__BUFFER_FOLDER": str(tmp_path / "buffer")},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    while not arrived(settings, camera):
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    out, err = process.communicate()

    assert (0, "") == (process.returncode, err)
    assert '"sent": 1' in out
