"""Visits that have ended, and what is told of them."""

from collections.abc import Iterator
from dataclasses import replace
from uuid import UUID, uuid5

import numpy as np

from models.crowd.growing import Rows
from models.crowd.pseudonyms import Pseudonyms
from models.crowd.site import SiteCrowd
from models.crowd.stays import NEVER, is_first, visits
from models.crowd.votes import said, summed
from models.crowd.windows import Span
from schemas.crowd import VisitEnded

NAMESPACE = UUID("4a1d1b0e-4f3b-5c06-9d1b-7a6f0c6a2f5e")


class Leaving:
    """Tells each visit once it has ended: when its person was not seen for the gap, or at midnight.

    If late frames change a visit, it is told again under its id. One that they did away with, for
    it began earlier or was somebody else's, is told again with no sightings.
    """

    def __init__(self, crowd: SiteCrowd, names: Pseudonyms) -> None:
        self._crowd, self._names = crowd, names
        self.told: dict[int, dict[str, VisitEnded]] = {}
        """By the start of the day and by id."""

        self.until = NEVER
        """Visits that ended before were looked at."""

    def ended(self, clock: int, changed: int) -> Iterator[VisitEnded]:
        """What is to be told when it is ``clock``; frames before ``changed`` are as they were."""
        crowd = self._crowd
        until = clock - (crowd.settings.gap_s + crowd.settings.grace_s) * 1000
        recent = self.until - crowd.calendar.piece_ms
        for start in sorted(crowd.days) if crowd.site.privacy.smallest <= 1 else ():
            day = crowd.calendar.day_of(start)
            if day.end > min(recent, changed):
                told = self.told.setdefault(start, {})
                full = changed <= self.until
                now = dict(self._visits(day, day.start if full else recent, until))
                for gone in sorted(told.keys() - now.keys()) if full else ():
                    last = told.pop(gone)
                    yield replace(last, last_seen=last.first_seen, dwell_s=0.0, sightings=0)
                for name, visit in now.items():
                    if told.get(name) != visit:
                        told[name] = visit
                        yield visit
        self.until = max(self.until, until)

    def drop(self, before: int) -> None:
        """Forget the visits of days that ended by the start of one."""
        self.told = {start: told for start, told in self.told.items() if start >= before}

    def _visits(self, day: Span, since: int, until: int) -> Iterator[tuple[str, VisitEnded]]:
        """Visits of a day that have ended and were seen after ``since``."""
        rows = self._crowd.stays(day)
        seen = rows[np.searchsorted(rows["piece"], since - self._crowd.calendar.piece_ms) :]
        if not len(seen):
            return
        begun = int(seen["camera_start"].min()) - self._crowd.calendar.piece_ms
        rows = rows[np.searchsorted(rows["piece"], begun) :]
        number, count = visits(rows, whole_site=False)
        last = np.full(count, NEVER)
        np.maximum.at(last, number, rows["last"])
        due = (last >= since) & (last < until)
        number = np.where(due[number], number, -1)
        order = np.argsort(number, kind="stable")
        order = order[np.searchsorted(number[order], 0) :]
        ends = np.diff(number[order]).nonzero()[0] + 1
        for places in np.split(order, ends) if order.size else ():
            visit = self._visit(day, rows[places])
            if visit.dwell_s >= self._crowd.settings.min_stay_s:
                yield visit.visit_id, visit

    def _visit(self, day: Span, rows: Rows) -> VisitEnded:
        crowd = self._crowd
        first, last = int(rows["first"].min()), int(rows["last"].max())
        camera, person = crowd.cameras[int(rows["camera"][0])], int(rows["person"][0])
        name = self.name(person, first)
        votes = summed(rows["votes"], np.zeros(len(rows), np.intp), 1)[0]
        gender, age, emotion = said(votes)
        founded = crowd.gallery.people.rows["piece"][[person]]
        new = is_first(
            rows["site_start"][:1], founded, day_start=day.start, piece_ms=crowd.calendar.piece_ms
        )
        return VisitEnded(
            visit_id=visit_id(crowd.name, camera, name, first),
            site=crowd.name,
            camera=camera,
            person=name,
            first_seen=first,
            last_seen=last,
            dwell_s=(last - first) / 1000,
            sightings=int(rows["sightings"].sum()),
            returning=crowd.knows_again and not new[0],
            gender=gender,
            age=age,
            emotion=emotion,
        )

    def name(self, person: int, at: int) -> str:
        """What a person is called at a time: by name with consent, else by pseudonym."""
        row = self._crowd.gallery.people.rows[person]
        return self._crowd.consented(int(row["name"]), at) or self.pseudonym(person)

    def pseudonym(self, person: int) -> str:
        """What a person is called who is not called by name."""
        crowd = self._crowd
        row = crowd.gallery.people.rows[person]
        face = f"{crowd.cameras[row['camera']]}|{row['at']}|{row['frame']}|{row['place']}"
        return self._names.of(int(row["period"]), face)


def visit_id(site: str, camera: str, person: str, first_seen: int) -> str:
    """The id of a visit: who knows a visit's place, time and person can make it again."""
    return str(uuid5(NAMESPACE, f"{site}|{camera}|{person}|{first_seen}"))
