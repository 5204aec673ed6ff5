from pathlib import Path

import pytest

from connectors.camera_video import VideoSource, file_capture
from connectors.outcome import RefusedError, UnavailableError
from connectors.pedestrians import PACKAGE, PATH, SHA256, cached_video, pedestrians
from connectors.portraits import DATA


def test_the_video_is_pinned_and_named_in_the_notice() -> None:
    notice = (DATA / "NOTICE.md").read_text()
    assert (64, 64) == (len(PACKAGE.sha256), len(SHA256))
    assert [] == [
        each for each in (PACKAGE.name, PACKAGE.version, Path(PATH).name) if each not in notice
    ]


def test_a_changed_video_in_the_cache_is_refused_by_its_name(tmp_path: Path) -> None:
    place = tmp_path / "vtest.avi"
    place.write_bytes(b"something else")
    with pytest.raises(RefusedError, match=r"vtest\.avi has SHA-256 .*; delete it"):
        pedestrians(place)


def test_a_cache_that_cannot_be_used_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"in the way of a folder")
    with pytest.raises(UnavailableError, match="the cache cannot be read"):
        pedestrians(tmp_path / "file" / "vtest.avi")


@pytest.mark.integration
@pytest.mark.timeout(600)
def test_the_video_can_be_fetched_and_read() -> None:
    place = pedestrians(cached_video())
    source = VideoSource(
        place.name,
        lambda: file_capture(place),
        live=False,
        every_ms=10_000,
        now_ms=lambda: 0,
        wait=lambda _: False,
    )
    pictures = [shot.picture for shot in source.shots(0)]
    assert 79_500 == source.span_ms
    assert {(576, 768, 3)} == {each.shape for each in pictures if not isinstance(each, bytes)}
    assert 8 == len(pictures)
