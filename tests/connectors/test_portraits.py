import hashlib
from pathlib import Path

import pytest

from connectors.outcome import RefusedError
from connectors.portraits import DATA, PHOTOGRAPHS, SIDE_PX, cached_portraits, people, portrait

OWN = next(each for each in PHOTOGRAPHS if each.package is None)


def test_the_photograph_that_comes_along_is_the_pinned_one() -> None:
    found = hashlib.sha256((DATA / OWN.path).read_bytes()).hexdigest()
    assert OWN.sha256 == found


def test_every_photograph_is_pinned_and_named_in_the_notice() -> None:
    notice = (DATA / "NOTICE.md").read_text()
    assert not [each for each in PHOTOGRAPHS if len(each.sha256) != 64]
    assert not [each for each in PHOTOGRAPHS if each.person not in notice]


def test_a_portrait_is_a_square_and_edges_are_drawn_on() -> None:
    content = (DATA / OWN.path).read_bytes()
    assert (SIDE_PX, SIDE_PX, 3) == portrait(content, OWN.face).shape
    assert (SIDE_PX, SIDE_PX, 3) == portrait(content, (5, 5, 200)).shape


def test_what_is_no_photograph_is_refused() -> None:
    with pytest.raises(RefusedError, match="decoded"):
        portrait(b"no photograph", OWN.face)


def test_a_changed_photograph_in_the_cache_is_missed_with_its_name(tmp_path: Path) -> None:
    for each in PHOTOGRAPHS:
        (tmp_path / each.file_name).write_bytes(b"something else")
    found = people(tmp_path)
    assert [OWN.person] == [each.name for each in found.people]
    assert any("grace_hopper.jpg is not the photograph" in each for each in found.missing)


def test_a_cache_that_cannot_be_used_is_said_and_only_its_people_are_missed(
    tmp_path: Path,
) -> None:
    (tmp_path / "file").write_bytes(b"in the way of a folder")
    found = people(tmp_path / "file" / "portraits")
    assert [OWN.person] == [each.name for each in found.people]
    assert found.missing
    assert all("the cache cannot be read" in each for each in found.missing)


@pytest.mark.integration
def test_everybody_can_be_fetched_and_each_is_one_person() -> None:
    found = people(cached_portraits())
    names = [each.name for each in found.people]
    assert () == found.missing
    assert sorted({each.person for each in PHOTOGRAPHS}) == sorted(names)
