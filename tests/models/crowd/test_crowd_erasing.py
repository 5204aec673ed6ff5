"""Wishes for erasure as the count hears them, and what is left of whom they are about."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from agents.count import Count
from models.crowd.concerns import Concerns
from models.crowd.erasing import Wishes
from models.crowd.leaving import visit_id
from models.crowd.settings import CrowdSettings
from models.sites import SiteSettings
from schemas.batch import Origin, Records
from schemas.crowd import VisitEnded
from schemas.erasures import Erasure
from schemas.frames import FrameAnalysed
from streams.shapes import gives, learns, takes
from tests.connectors.crowd_records import visit
from tests.connectors.crowd_records import window as counted
from tests.models.camera_frames import frame as captured
from tests.models.crowd_frames import NINE, batch, face, frame, settings, told
from tests.models.crowd_said import LATER_MS, visits, window

HOUR, MINUTE = 3_600_000, 60_000
BOOK = """
hall:
  latitude: 37.5
  longitude: 127.0
  time_zone: Asia/Seoul
  cameras: {a: {}, b: {}, c: {}}
"""


def shot(at: int, *people: int, camera: str = "a") -> FrameAnalysed:
    return frame(at, *(face(each, **told()) for each in people), camera=camera)


LOG = [shot(NINE, 1, 2), shot(NINE + MINUTE, 1), shot(NINE + 30 * MINUTE, 2, camera="b")]


def wish(**changes: Any) -> Erasure:
    given: dict[str, Any] = {"erasure_id": "e", "site": "hall", "at": NINE, "by": "me"}
    return Erasure(**given | changes)


def news(*wishes: Erasure, logged_at: int, offset: int = 0) -> Records[Erasure]:
    origin = Origin(
        topic="erasures.requested.v1",
        partition=0,
        offsets=np.arange(offset, offset + len(wishes), dtype=np.int64),
        logged_at=np.full(len(wishes), logged_at, np.int64),
    )
    return Records(record=Erasure, rows=list(wishes), origin=origin)


@pytest.fixture
def new(tmp_path: Path) -> Any:
    path = tmp_path / "sites.yaml"
    path.write_text(BOOK)
    own = settings()
    kept = CrowdSettings(key=own.key, matching=own.matching)
    return lambda: Count(kept, SiteSettings(sites_file=path))


@pytest.fixture
def count(new: Any) -> Count:
    count: Count = new()
    return count


def known_by_two_cameras(count: Count) -> tuple[str, list[Any]]:
    """The pseudonym of person 2, and all that was said."""
    said = [*count(batch(LOG, NINE + HOUR)), *count.tick(NINE + 90 * MINUTE)]
    return next(e.person for e in visits(said).values() if e.camera == "b"), said


def test_it_learns_wishes_beside_the_frames_it_counts() -> None:
    assert {Erasure} == learns(Count)
    assert (Records, FrameAnalysed) == takes(Count)
    assert gives(Count.__mro__[1]) == gives(Count)


@pytest.mark.parametrize("what", ["person", "camera", "before"])
def test_of_what_was_erased_no_trace_is_left_also_after_a_restart(
    count: Count, new: Any, what: str
) -> None:
    person, said = known_by_two_cameras(count)
    asked = wish(**{what: {"person": person, "camera": "a", "before": NINE + 20 * MINUTE}[what]})
    found = count.traces(asked)
    assert found.faces > 0 < found.templates
    assert found.stays > 0 < found.visits

    count.learn(news(asked, logged_at=NINE + 91 * MINUTE))
    said += count.tick(NINE + 91 * MINUTE)

    again = new()
    again.load(count.save())
    assert (0, 0) == (count.traces(asked).size, again.traces(asked).size)
    assert 0 < again.traces(wish(camera="b")).size or what == "person"


def test_a_persons_frames_and_names_are_known_before_they_are_forgotten(count: Count) -> None:
    person, _ = known_by_two_cameras(count)

    found = count.traces(wish(person=person))

    assert {person} == found.names
    assert {("a", NINE), ("b", NINE + 30 * MINUTE)} == found.shots


def test_an_erased_visit_is_done_away_with_at_the_next_tick(count: Count) -> None:
    person, said = known_by_two_cameras(count)
    count.learn(news(wish(person=person), logged_at=NINE + 91 * MINUTE))

    now = list(count.tick(NINE + 91 * MINUTE))

    gone = [each for each in now if isinstance(each, VisitEnded) and each.person == person]
    assert {0} == {each.sightings for each in gone}
    assert 2 == len(gone)
    assert 1 == window([*said, *now], NINE).visitors


def test_a_wish_is_fulfilled_once_and_not_again_after_a_restart(count: Count, new: Any) -> None:
    asked = news(wish(camera="a"), logged_at=NINE + HOUR)
    count.learn(asked)
    later = [shot(NINE + 2 * HOUR, 3)]
    list(count(batch(later, NINE + 2 * HOUR)))

    again = new()
    again.load(count.save())
    again.learn(asked)

    assert 1 == again.traces(wish(camera="a")).faces


@pytest.mark.parametrize("what", [{"camera": "a"}, {"before": NINE + 20 * MINUTE}])
def test_a_replay_from_the_beginning_brings_nothing_back(new: Any, what: dict[str, Any]) -> None:
    count = new()
    count.learn(news(wish(**what), logged_at=NINE + 2 * HOUR))

    said = list(count(batch(LOG, NINE + HOUR)))
    said += count.tick(NINE + LATER_MS)

    assert 0 == count.traces(wish(**what)).size
    assert {"b"} == {each.camera for each in visits(said).values()}


def test_a_replay_brings_no_person_back(count: Count, new: Any) -> None:
    person, _ = known_by_two_cameras(count)
    again = new()
    again.learn(news(wish(person=person), logged_at=NINE + 2 * HOUR))

    said = list(again(batch(LOG, NINE + HOUR)))
    said += again.tick(NINE + LATER_MS)

    assert 0 == again.traces(wish(person=person)).size
    assert person not in {each.person for each in visits(said).values()}


@pytest.mark.parametrize(
    "what", [{}, {"person": "p", "camera": "a"}, {"before": NINE + 1}, {"before": -5}]
)
def test_a_wish_that_makes_no_sense_is_passed_over(what: dict[str, Any]) -> None:
    given = news(wish(**what), logged_at=NINE)
    assert given.origin is not None

    assert [] == list(Wishes().hear(given.origin, list(given.rows)))


def test_bytes_that_were_not_saved_are_refused(count: Count) -> None:
    with pytest.raises(ValueError, match="no saved count"):
        count.load(b"short")


def test_records_of_a_camera_and_of_the_past_are_known_by_what_they_say() -> None:
    records = [
        captured(site="hall", camera="a", at=NINE),
        frame(NINE, camera="a"),
        visit(NINE, site="hall", camera="a"),
        counted(NINE, site="hall", camera="a"),
    ]

    assert all(map(Concerns(wish(camera="a")), records))
    assert not any(map(Concerns(wish(camera="b")), records))
    assert not any(map(Concerns(wish(camera="a", site="mall")), records))
    assert all(map(Concerns(wish(before=NINE + HOUR)), records))
    # a window has to be over, all else to have begun
    assert [True, True, True, False] == list(map(Concerns(wish(before=NINE + 1)), records))
    assert not any(map(Concerns(wish(before=NINE)), records))


def test_records_of_a_person_are_known_by_names_and_by_the_frames_they_were_seen_in() -> None:
    concerns = Concerns(wish(person="ada"), {"ada", "p-1"}, {("a", NINE)})

    assert concerns(visit(site="hall", person="p-1"))
    assert not concerns(visit(site="hall", person="p-2"))
    assert concerns(counted(site="hall", identified=("ada",)))
    assert not concerns(counted(site="hall", identified=("grace",)))
    assert concerns(captured(site="hall", camera="a", at=NINE))
    assert not concerns(captured(site="hall", camera="a", at=NINE + 1))
    assert concerns(frame(NINE, camera="a"))
    assert concerns(frame(NINE + 1, face(None, person="p-1")))
    assert not concerns(frame(NINE + 1, face(None)))
    assert not concerns("something else")


def test_a_visits_id_can_be_made_again(count: Count) -> None:
    _, said = known_by_two_cameras(count)

    assert all(
        each.visit_id == visit_id("hall", each.camera, each.person, each.first_seen)
        for each in visits(said).values()
    )
