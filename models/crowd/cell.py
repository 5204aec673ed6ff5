"""What one camera saw in one piece: its frames, each once, in one order."""

from dataclasses import dataclass, field

import numpy as np

from models.arrays import Bools, Ints
from models.crowd.groups import NOBODY, Groups, Marks
from models.crowd.growing import Rows
from models.crowd.sightings import Sightings, Templates, joined
from models.crowd.tokens import Tokens
from models.crowd.votes import Votes, summed, votes
from schemas.batch import Int64s


@dataclass(frozen=True, slots=True)
class People:
    """The people of a cell, in the order of their first sightings; arrays by their numbers."""

    first: Int64s
    last: Int64s
    sightings: Int64s
    votes: Votes
    token: Rows
    frame: Rows
    """Key of the frame in which each was first seen; with ``first`` and ``place`` it names them."""

    place: Rows
    templates: Templates
    """Those of the first, as they were learnt, then those of the second, and so on."""

    owner: Ints
    """Whose each template is."""

    space: Rows
    together: Bools
    """Who was in one frame with whom, shape (people, people)."""


@dataclass(slots=True)
class Cell:
    """The frames of a camera in a piece.

    A frame is known by its id and its time. If it comes again with other content, the content that
    sorts first counts, whichever came first.
    """

    marks: Marks
    most: int
    """Templates kept of each person."""

    keys: set[tuple[int, int]] = field(default_factory=set)
    erased: set[tuple[int, int]] = field(default_factory=set)
    """Frames of which somebody's faces were taken out: they stay as they are."""

    _parts: list[Sightings] = field(default_factory=list)
    _groups: Groups | None = None
    _tokens: Tokens | None = None
    _people: People | None = None
    _last: tuple[int, int] = (-1, 0)

    def add(self, seen: Sightings) -> Ints:
        """Add frames; places of those that are here already and looked otherwise."""
        names = list(zip(seen.frames["at"].tolist(), seen.frames["key"].tolist(), strict=True))
        new: list[int] = []
        again: list[int] = []
        for place, name in enumerate(names):
            (again if name in self.keys else new).append(place)
            self.keys.add(name)
        if new:
            self._append(seen, sorted(new, key=names.__getitem__), names)
        odd = [place for place in again if names[place] not in self.erased]
        return np.array([p for p in odd if self._differs(seen, p)], np.intp)

    def _append(self, seen: Sightings, places: list[int], names: list[tuple[int, int]]) -> None:
        self._parts.append(seen.of(np.array(places)))
        self._people = None
        if names[places[0]] < self._last:
            self._order()
        self._last = max(self._last, names[places[-1]])

    def _order(self) -> None:
        every = joined(self._parts)
        self._parts = [every.of(np.lexsort((every.frames["key"], every.frames["at"])))]
        self._groups = self._tokens = self._people = None

    @property
    def seen(self) -> Sightings:
        """All frames in order of time, then of keys."""
        if len(self._parts) > 1:
            self._parts = [joined(self._parts)]
        return self._parts[0]

    def _differs(self, seen: Sightings, place: int) -> bool:
        """Keep, of a frame that came again, what sorts first; whether it looked otherwise."""
        given, held = seen.of(np.array([place])), self.seen
        same = held.frames[["at", "key"]] == given.frames[["at", "key"]][0]
        known = held.of(same.nonzero()[0])
        if _content(given) < _content(known):
            self._parts = [held.of((~same).nonzero()[0]), given]
            self._order()
        return _looks(given) != _looks(known)

    def without(self, faces: Bools) -> None:
        """Take faces out for good; ``faces`` says of each face whether it goes."""
        seen = self.seen
        frame = np.repeat(np.arange(len(seen.frames)), seen.frames["faces"])
        frames = seen.frames.copy()
        frames["faces"] -= np.bincount(frame[faces], minlength=len(frames))
        touched = frames[np.unique(frame[faces])]
        self.erased |= set(zip(touched["at"].tolist(), touched["key"].tolist(), strict=True))
        self._parts = [Sightings(frames, seen.faces[~faces], seen.templates[~faces])]
        self._groups = self._tokens = self._people = None

    def whose(self) -> Ints:
        """Number of the person each face is of; ``NOBODY`` if it is unresolved."""
        groups, tokens = self._resolved()
        free = len(groups.founder)
        number = np.empty(free + len(tokens.founder) + 1, np.intp)
        number[np.argsort([*groups.founder, *tokens.founder])] = np.arange(len(number) - 1)
        number[NOBODY] = NOBODY
        return number[np.where(tokens.whose >= 0, tokens.whose + free, groups.whose)]

    def people(self) -> People:
        """Who was there."""
        if self._people is None:
            self._people = self._found()
        return self._people

    def _found(self) -> People:
        groups, tokens = self._resolved()
        seen, whose = self.seen, self.whose()
        count = len(groups.founder) + len(tokens.founder)
        frame = np.repeat(np.arange(len(seen.frames)), seen.frames["faces"])
        known, at = whose >= 0, seen.frames["at"][frame]
        last = np.zeros(count, np.int64)
        np.maximum.at(last, whose[known], at[known])
        founder = np.sort(np.array([*groups.founder, *tokens.founder], np.intp))
        source = np.array([*groups.source, *tokens.source], np.intp)
        order = np.lexsort((source, whose[source]))
        source = source[order]
        return People(
            first=at[founder],
            last=last,
            sightings=np.bincount(whose[known], minlength=count),
            votes=summed(votes(seen.faces[known]), whose[known], count),
            token=seen.faces["token"][founder],
            frame=seen.frames["key"][frame[founder]],
            place=seen.faces["place"][founder],
            templates=seen.templates[source],
            owner=whose[source],
            space=seen.faces["space"][source],
            together=_together(frame[known], whose[known], count),
        )

    def _resolved(self) -> tuple[Groups, Tokens]:
        if self._groups is None or self._tokens is None:
            self._groups = Groups(self.marks, self.most)
            self._tokens = Tokens(self.marks, self.most)
        if len(self._groups.whose) < len(self.seen.faces):
            self._groups.extend(self.seen)
            self._tokens.extend(self.seen)
        return self._groups, self._tokens


def _together(frame: Ints, whose: Ints, count: int) -> Bools:
    """Who was in one frame with whom."""
    frames, row = np.unique(frame, return_inverse=True)
    there = np.zeros((len(frames), count), np.float32)
    there[row, whose] = 1
    met: Bools = (there.T @ there) > 0
    np.fill_diagonal(met, val=False)
    return met


def _looks(seen: Sightings) -> bytes:
    """What the pictures show.

    Which face gets a template or a token depends on the frames before it, and a worker that looks
    at a frame again may not know those.
    """
    faces = seen.faces.copy()
    faces["token"] = faces["space"] = 0
    return faces.tobytes()


def _content(seen: Sightings) -> bytes:
    templates = [each.tobytes().rstrip(b"\0") for each in seen.templates]
    return b"|".join([seen.faces.tobytes(), *templates])
