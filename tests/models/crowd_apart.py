"""Counting by brute force: a set of frames, and everything that follows from it, one by one.

It knows the rules, and nothing of how the count keeps them: no arrays, no state, no shortcuts.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date as date_of
from datetime import datetime, timedelta
from hashlib import blake2b
from math import sqrt
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from models.crowd.settings import CrowdRules
from schemas.frames import Face, FrameAnalysed

Frame = FrameAnalysed
Template = tuple[int, ...]


def template_of(face: Face) -> Template | None:
    if face.embedding is None:
        return None
    values = [float(each) for each in np.frombuffer(face.embedding, "<f2")]
    length = sqrt(sum(each * each for each in values))
    return tuple(round(4000 * each / length) for each in values) if length else None


def like(one: Template, other: Template) -> int:
    return sum(a * b for a, b in zip(one, other, strict=True))


@dataclass
class Person:
    number: int
    founded: int
    period: int
    templates: list[tuple[int, Template]] = field(default_factory=list)


@dataclass
class Group:
    sightings: list[tuple[Frame, Face]] = field(default_factory=list)
    templates: list[Template] = field(default_factory=list)
    frames: set[str] = field(default_factory=set)
    person: Person | None = None

    @property
    def first(self) -> int:
        return min(frame.at for frame, _ in self.sightings)


class Apart:
    """The people of one site, told apart."""

    def __init__(self, frames: Iterable[Frame], settings: CrowdRules, site: str = "hall") -> None:
        self.settings, self.site = settings, settings.sites[site]
        self.zone = ZoneInfo(self.site.time_zone)
        [marks] = settings.matching.values()
        self.same, self.alike = (int(np.ceil(each * 4000**2)) for each in (marks.same, marks.alike))
        unique: dict[Any, Frame] = {}
        for frame in frames:
            unique[frame.camera, frame.frame_id, frame.at] = frame
        self.frames = list(unique.values())
        self.people: list[Person] = []
        self.groups: list[tuple[int, str, Group]] = []
        self.unresolved: list[Frame] = []
        self._tell_apart()

    # time

    def day(self, at: int) -> tuple[int, int]:
        date = datetime.fromtimestamp(at / 1000, self.zone).date()
        return self._midnight(date), self._midnight(date + timedelta(days=1))

    def _midnight(self, date: date_of) -> int:
        return round(datetime(date.year, date.month, date.day, tzinfo=self.zone).timestamp() * 1000)

    def window(self, at: int) -> tuple[int, int]:
        start, end = self.day(at)
        length = self.settings.window_s * 1000
        while start + length <= at:
            start += length
        return start, min(start + length, end)

    @property
    def piece_ms(self) -> int:
        length = self.settings.window_s * 1000
        return -(-length // -(-self.settings.window_s // self.settings.gap_s))

    def piece(self, at: int) -> int:
        start, _ = self.window(at)
        return start + (at - start) // self.piece_ms * self.piece_ms

    def period(self, at: int) -> int:
        date = datetime.fromtimestamp(at / 1000, self.zone).date()
        return date.toordinal() // self.site.privacy.period_days

    # who is who

    def _tell_apart(self) -> None:
        cells: dict[tuple[int, str], list[Frame]] = defaultdict(list)
        for frame in self.frames:
            cells[self.piece(frame.at), frame.camera].append(frame)
        for (piece, camera), frames in sorted(cells.items()):
            groups = self._groups(sorted(frames, key=lambda each: (each.at, _key(each))))
            self._meet(piece, groups)
            self.groups += [(piece, camera, group) for group in groups]

    def _clear(self, face: Face) -> bool:
        turn = max(abs(face.yaw_deg), abs(face.pitch_deg))
        return face.quality >= self.settings.min_quality and turn <= self.settings.max_turn_deg

    def _groups(self, frames: list[Frame]) -> list[Group]:
        groups: list[Group] = []
        for frame in frames:
            templates = [template_of(face) for face in frame.faces]
            pairs = [
                (-max(like(template, each) for each in group.templates), i, j)
                for i, template in enumerate(templates)
                for j, group in enumerate(groups)
                if template
            ]
            found: dict[int, tuple[int, int]] = {}
            for value, i, j in sorted(pairs):
                if (
                    -value >= self.same
                    and i not in found
                    and j not in [g for g, _ in found.values()]
                ):
                    found[i] = j, -value
            for i, face in enumerate(frame.faces):
                template = templates[i]
                clear = self._clear(face)
                if i not in found and template and clear:
                    groups.append(Group(templates=[template]))
                    found[i] = len(groups) - 1, self.alike
                elif i in found and template and clear and found[i][1] < self.alike:
                    known = groups[found[i][0]].templates
                    if len(known) < self.settings.templates_each:
                        known.append(template)
                if i in found:
                    group = groups[found[i][0]]
                    group.sightings.append((frame, face))
                    group.frames.add(frame.frame_id + str(frame.at))
                else:
                    self.unresolved.append(frame)
        return groups

    def _meet(self, piece: int, groups: list[Group]) -> None:  # noqa: C901  # one rule, whole
        period, oldest = self.period(piece), piece - self.site.privacy.template_days * 86_400_000

        def living(person: Person) -> list[Template]:
            return [t for at, t in person.templates if at >= oldest and person.period == period]

        def free(group: Group, person: Person) -> bool:
            return not any(
                other.person is person and other.frames & group.frames
                for other in groups
                if other is not group
            )

        def learn(group: Group) -> None:
            assert group.person
            for template in group.templates:
                known = living(group.person)
                if len(known) < self.settings.templates_each and not any(
                    like(template, each) >= self.alike for each in known
                ):
                    group.person.templates.append((piece, template))

        def likest(some: list[Group], known: dict[int, list[Template]]) -> None:
            pairs = [
                (
                    -max(like(a, b) for a in group.templates for b in templates),
                    groups.index(group),
                    n,
                )
                for group in some
                for n, templates in known.items()
                if templates
            ]
            for value, place, n in sorted(pairs):
                group, person = groups[place], self.people[n]
                if -value >= self.same and group.person is None and free(group, person):
                    group.person = person

        before = {person.number: living(person) for person in self.people}
        likest(groups, before)
        for group in groups:
            if group.person:
                learn(group)
        for group in groups:
            if group.person is None:
                new = {
                    person.number: [
                        t for t in living(person) if t not in before.get(person.number, [])
                    ]
                    for person in self.people
                }
                likest([group], new)
                if group.person is None:
                    group.person = Person(len(self.people), piece, period)
                    self.people.append(group.person)
                learn(group)


def _key(frame: Frame) -> int:
    return int.from_bytes(blake2b(frame.frame_id.encode(), digest_size=8).digest(), "big") or 1
