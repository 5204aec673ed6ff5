from typing import Any

import numpy as np
import pytest

from models.crowd.census import Census
from models.crowd.sightings import whole
from schemas.frames import FrameAnalysed
from tests.models.crowd_frames import NINE, batch, face, frame, settings, somebody, told
from tests.models.crowd_said import LATER_MS, visits, window

HOUR, MINUTE = 3_600_000, 60_000


def shot(at: int, *people: int, camera: str = "a") -> FrameAnalysed:
    return frame(at, *(face(each, **told()) for each in people), camera=camera)


LOG = [shot(NINE, 1, 2), shot(NINE + MINUTE, 1), shot(NINE + 30 * MINUTE, 2, camera="b")]


@pytest.fixture
def count() -> Census:
    return Census(settings())


@pytest.fixture
def said(count: Census) -> list[Any]:
    return [*count(batch(LOG, NINE + HOUR)), *count.tick(NINE + 90 * MINUTE)]


def known(count: Census) -> set[int]:
    """Whose templates are in what the count remembers, after a restart."""
    other = Census(settings())
    other.load(count.save())
    crowd = other._sites["hall"].crowd
    cells = [cell.seen for piece in crowd.pieces.values() for cell in piece.cells.values()]
    rows = [*crowd.gallery.numbers, *(row for seen in cells for row in seen.templates)]
    theirs = {number: whole(np.array([somebody(number)], np.float16))[0] for number in (1, 2)}
    return {number for number, each in theirs.items() if any((row == each).all() for row in rows)}


def test_a_person_is_forgotten_with_templates_faces_and_visits(
    count: Census, said: list[Any]
) -> None:
    assert {1, 2} == known(count)
    person = next(e.person for e in visits(said).values() if e.camera == "b")

    assert 2 == count.forget("hall", person=person)
    assert {1} == known(count)
    said += list(count.tick(NINE + LATER_MS))
    assert {"a"} == {each.camera for each in visits(said).values()}
    assert person not in {each.person for each in visits(said).values()}
    assert 1 == window(said, NINE).visitors


def test_a_replay_does_not_bring_back_who_was_forgotten(count: Census, said: list[Any]) -> None:
    person = next(e.person for e in visits(said).values() if e.camera == "b")
    count.forget("hall", person=person)
    said += list(count(batch(LOG, NINE + 2 * HOUR)))
    said += list(count.tick(NINE + LATER_MS))

    assert {1} == known(count)
    assert 1 == window(said, NINE).visitors


def test_a_camera_is_forgotten_with_what_was_learnt_from_it(count: Census, said: list[Any]) -> None:

    assert 2 == count.forget("hall", camera="a")
    assert 0 == count.forget("hall", camera="never heard of")
    assert {2} == known(count)
    said += list(count.tick(NINE + LATER_MS))
    assert {"b"} == {each.camera for each in visits(said).values()}


@pytest.mark.usefixtures("said")
def test_what_was_before_a_time_is_forgotten_and_stays_so(count: Census) -> None:
    assert 2 == count.forget("hall", before=NINE + 20 * MINUTE)
    assert {2} == known(count)
    assert ["too_late", "too_late"] == [
        each.reason.value for each in count(batch(LOG, NINE + 2 * HOUR)) if hasattr(each, "reason")
    ]
    assert {2} == known(count)


@pytest.mark.usefixtures("said")
def test_of_a_site_that_is_not_known_nothing_is_forgotten(count: Census) -> None:
    assert 0 == count.forget("nowhere", person="x")
    assert 0 == count.forget("hall", person="x")
    assert {1, 2} == known(count)


def test_who_is_settled_is_forgotten_too() -> None:
    count = Census(settings(lateness_s=60))
    list(count(batch(LOG, NINE + HOUR)))
    list(count(batch([shot(NINE + 2 * HOUR, 1)], NINE + 2 * HOUR)))
    said = list(count.tick(NINE + 4 * HOUR))
    person = next(each.person for each in visits(said).values() if each.camera == "a")
    count.forget("hall", person=person)

    crowd = count._sites["hall"].crowd
    people = {int(each) for day in crowd.days.values() for each in day.rows["person"]}
    assert people <= set(range(len(crowd.gallery)))
    rows = crowd.gallery.templates.rows
    assert set(rows["owner"].tolist()) <= set(range(len(crowd.gallery)))
