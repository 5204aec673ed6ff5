from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from structlog.testing import capture_logs

from connectors.camera import CameraError
from connectors.camera_folder import FolderSource
from tests.models.camera_frames import AT, COVERED, DARK, SHARP, noise


def folder(
    path: Path,
    *,
    watch: bool = False,
    steps: tuple[Callable[[], object], ...] = (),
    most_bytes: int = 100_000,
) -> FolderSource:
    """A source; after each look for new files one of the steps is done, then it is stopped."""
    left = list(steps)

    def wait(_: float) -> bool:
        if not left:
            return True
        left.pop(0)()
        return False

    return FolderSource(
        path, every_ms=500, watch=watch, most_bytes=most_bytes, now_ms=lambda: AT + 7, wait=wait
    )


def test_pictures_come_in_the_order_of_their_names(tmp_path: Path) -> None:
    for name, picture in (("b.JPG", DARK), ("a.jpg", SHARP), ("c.jpeg", COVERED)):
        (tmp_path / name).write_bytes(picture)
    (tmp_path / "notes.txt").write_text("no picture")
    (tmp_path / "d.jpg").mkdir()

    shots = list(folder(tmp_path).shots(AT))

    assert [SHARP, DARK, COVERED] == [each.picture for each in shots]
    assert [AT, AT + 500, AT + 1000] == [each.at for each in shots]


def test_a_file_that_is_too_large_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(bytes(100_001))
    (tmp_path / "b.jpg").write_bytes(SHARP)

    assert [SHARP] == [each.picture for each in folder(tmp_path).shots(AT)]


def test_a_file_that_is_gone_meanwhile_is_passed_over(tmp_path: Path) -> None:
    for name in ("a.jpg", "b.jpg"):
        (tmp_path / name).write_bytes(SHARP)
    source = folder(tmp_path)
    (tmp_path / "a.jpg").unlink()

    assert [AT + 500] == [each.at for each in source.shots(AT)]


def test_new_files_are_found_once_they_are_finished(tmp_path: Path) -> None:
    new = tmp_path / "new.jpg"
    source = folder(
        tmp_path,
        watch=True,
        steps=(
            lambda: new.write_bytes(SHARP[:100]),
            lambda: new.write_bytes(SHARP),
            lambda: None,
            lambda: None,
        ),
    )

    shots = list(source.shots(AT))

    assert [(AT + 7, SHARP)] == [(each.at, each.picture) for each in shots]


def test_a_name_that_is_used_again_is_another_picture(tmp_path: Path) -> None:
    path = tmp_path / "latest.jpg"
    path.write_bytes(SHARP)
    steps = path.unlink, lambda: path.write_bytes(DARK), lambda: None

    shots = list(folder(tmp_path, watch=True, steps=steps).shots(AT))

    assert [SHARP, DARK] == [each.picture for each in shots]


def test_a_folder_without_pictures_is_no_camera_unless_some_may_come(tmp_path: Path) -> None:
    with pytest.raises(CameraError, match=r"no file \.bmp, \.jpeg, \.jpg, \.png, \.webp"):
        folder(tmp_path)
    assert [] == list(folder(tmp_path, watch=True).shots(AT))


def test_png_and_others_come_as_pixels_among_them(tmp_path: Path) -> None:
    for ending in (".png", ".bmp"):
        assert cv2.imwrite(str(tmp_path / f"a{ending}"), noise())
    (tmp_path / "b.jpg").write_bytes(SHARP)

    bmp, png, jpeg = folder(tmp_path, most_bytes=1_000_000).shots(AT)

    for each in (bmp, png):
        np.testing.assert_array_equal(noise(), each.picture)
    assert SHARP == jpeg.picture


def test_other_files_are_passed_over_and_that_is_said_once(tmp_path: Path) -> None:
    for name in ("a.jpg", "b.gif", "c.tiff", ".hidden"):
        (tmp_path / name).write_bytes(SHARP)

    with capture_logs() as logs:
        shots = list(folder(tmp_path, watch=True, steps=(lambda: None,)).shots(AT))

    assert 1 == len(shots)
    assert [("files passed over", 2)] == [(each["event"], each["files"]) for each in logs]
