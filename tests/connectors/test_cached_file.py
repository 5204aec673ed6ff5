"""Files in a cache: read or fetched anew, written whole, and a cache that fails is said to."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from connectors.cached_file import cached, keep
from connectors.outcome import UnavailableError


def test_what_is_kept_is_found_again_and_nothing_else_is_left(tmp_path: Path) -> None:
    place = tmp_path / "a" / "b" / "video.avi"
    assert cached(place) is None
    keep(place, b"one")
    keep(place, b"two")
    assert b"two" == cached(place)
    assert [place] == list(place.parent.iterdir())


def test_several_that_keep_the_same_file_at_once_leave_a_whole_one(tmp_path: Path) -> None:
    place = tmp_path / "video.avi"
    contents = [bytes([number]) * 1_000_000 for number in range(8)]
    with ThreadPoolExecutor(len(contents)) as pool:
        list(pool.map(lambda content: keep(place, content), contents))
    assert cached(place) in contents
    assert [place] == list(tmp_path.iterdir())


def test_a_cache_that_cannot_be_used_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"in the way of a folder")
    with pytest.raises(UnavailableError, match=r"the cache cannot be written: .*file"):
        keep(tmp_path / "file" / "video.avi", b"one")
    with pytest.raises(UnavailableError, match=r"the cache cannot be read: .*file"):
        cached(tmp_path / "file" / "video.avi")


def test_what_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match="cannot be written"):
        keep(tmp_path / ("x" * 300), b"one")
    assert [] == list(tmp_path.iterdir())
