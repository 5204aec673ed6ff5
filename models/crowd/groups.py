"""Telling people apart within one piece of one camera.

Frames are taken in the order of their times, so what comes out depends on which frames there are,
never on how they arrived; that further frames may be added at the end only saves time.

In each frame the likest pair of a face and a group becomes one, then the next likest, as long as
they are at least ``same``; nobody is in a frame twice. A clear face that is like nobody founds a
group. A clear one that is somebody's, but not ``alike`` to what is known of them, teaches another
template. A poor face that is like nobody stays unresolved. Faces with a token are passed over.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from models.arrays import Bools, Ints
from models.crowd.growing import Rows
from models.crowd.settings import Matching
from models.crowd.sightings import SCALE, Sightings, Templates

BLOCK = 512
NOBODY = -1
NEVER_ALIKE = np.float32(-3e7)

Likeness = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Marks:
    """How like templates must be, in whole numbers, by the number of their model."""

    same: Likeness
    alike: Likeness
    sure: Likeness

    @classmethod
    def of(cls, matching: Iterable[Matching]) -> "Marks":
        """Those of ``Matching`` settings, in their order."""
        limits = [[each.same, each.alike, each.sure] for each in matching]
        scaled = np.ceil(np.array(limits, np.float64).reshape(-1, 3) * SCALE**2)
        return cls(*scaled.astype(np.float32).T)


@dataclass(slots=True)
class Groups:
    """The people of a piece, numbered from 0, and whose each face is."""

    marks: Marks
    most: int
    """Templates kept of each."""

    owner: list[int] = field(default_factory=list)
    """Whose each template is."""

    source: list[int] = field(default_factory=list)
    """Number of the face that each template is of."""

    whose: Ints = field(default_factory=lambda: np.empty(0, np.intp))
    """Whose each face is, ``NOBODY`` if that is not known."""

    founder: list[int] = field(default_factory=list)
    """Number of each group's first face."""

    def extend(self, seen: Sightings) -> None:
        """Take in the faces of ``seen`` beyond those known, which are the first of it."""
        begin = len(self.whose)
        frame = np.repeat(np.arange(len(seen.frames)), seen.frames["faces"])
        self.whose = np.concatenate([self.whose, np.full(len(frame) - begin, NOBODY)])
        free = (seen.faces["token"] == 0) & (seen.faces["space"] >= 0)
        rows: Ints = begin + free[begin:].nonzero()[0]
        ends = np.append(np.diff(frame[rows]).nonzero()[0] + 1, len(rows))
        low = 0
        while low < len(rows):
            # whole frames
            last = min(int(np.searchsorted(ends, low + BLOCK)), len(ends) - 1)
            high = int(ends[last])
            _Block(self, seen, rows[low:high], frame).run()
            low = high

    def found(self, row: int) -> int:
        """Begin a group with a face."""
        self.founder.append(row)
        return len(self.founder) - 1

    def teach(self, row: int, group: int) -> None:
        """Keep a face's template as one of a group."""
        self.owner.append(group)
        self.source.append(row)


class _Block:
    """Some whole frames of faces without tokens, and how like each is to whom it is likest."""

    def __init__(self, groups: Groups, seen: Sightings, rows: Ints, frame: Ints) -> None:
        self._groups, self._faces, self._rows = groups, seen.faces[rows], rows
        self._frame = frame[rows]
        self._numbers = seen.templates[rows].astype(np.float32)
        self._space = self._faces["space"]
        self._same = groups.marks.same[self._space]
        self._alike = groups.marks.alike[self._space]
        self._best = np.full(len(rows), NEVER_ALIKE, np.float32)
        self._owner = np.full(len(rows), NOBODY)
        self._table = np.empty((len(rows), 0), np.float32)
        """How like each face is to each group."""

        if groups.owner:
            known = np.array(groups.source)
            every = self._like(seen.templates[known], seen.faces["space"][known])
            self._table = np.full((len(rows), len(groups.founder)), NEVER_ALIKE, np.float32)
            order = np.argsort(groups.owner, kind="stable")
            owners, starts = np.unique(np.array(groups.owner)[order], return_index=True)
            self._table[:, owners] = np.maximum.reduceat(every[:, order], starts, axis=1)
            self._owner = self._table.argmax(axis=1)
            self._best = self._table[np.arange(len(rows)), self._owner]

    def run(self) -> None:
        """Find out whose each face is."""
        done, size = 0, len(self._rows)
        while done < size:
            odd = self._odd(done)
            first = done + int(odd.argmax()) if odd.any() else size
            low, high = (size, size)
            if first < size:
                low, high = np.searchsorted(self._frame, self._frame[first] + np.arange(2)).tolist()
            clear = slice(done, low)
            sure = self._best[clear] >= self._same[clear]
            self._groups.whose[self._rows[clear]] = np.where(sure, self._owner[clear], NOBODY)
            if first < size:
                self._look_closely(low, high)
            done = high

    def _odd(self, done: int) -> Bools:
        """Which faces may change what is known, or are like somebody whom another is like too."""
        best, owner, clear = self._best[done:], self._owner[done:], self._faces["clear"][done:]
        known = best >= self._same[done:]
        held = np.bincount(self._groups.owner, minlength=len(self._groups.founder) + 1)
        learns = known & (best < self._alike[done:]) & (held[owner] < self._groups.most)
        odd: Bools = clear & (learns | ~known)
        frame = self._frame[done:]
        if len(frame) > 1 and (frame[1:] == frame[:-1]).any():
            code = np.where(known, frame * (len(held) + 1) + owner, -1 - np.arange(len(frame)))
            order = np.argsort(code, kind="stable")
            twice = code[order][1:] == code[order][:-1]
            odd[order[1:][twice]] = True
        return odd

    def _look_closely(self, low: int, high: int) -> None:
        """One frame, pair by pair."""
        groups, table = self._groups, self._table[low:high].copy()
        table[table < self._same[low:high, None]] = NEVER_ALIKE
        found = np.full(high - low, NOBODY)
        like = np.zeros(high - low, np.float32)
        while table.size and (most := table.max()) > NEVER_ALIKE:
            face, group = divmod(int(table.argmax()), table.shape[1])
            found[face], like[face] = group, most
            table[face], table[:, group] = NEVER_ALIKE, NEVER_ALIKE
        for face in (self._faces["clear"][low:high]).nonzero()[0].tolist():
            row, group = int(self._rows[low + face]), int(found[face])
            if group == NOBODY:
                found[face] = group = groups.found(row)
            elif like[face] >= self._alike[low + face] or groups.owner.count(group) >= groups.most:
                continue
            groups.teach(row, group)
            self._taught(low + face, group, high)
        groups.whose[self._rows[low:high]] = found

    def _taught(self, face: int, group: int, rest: int) -> None:
        """Compare what is left with a new template."""
        if group >= self._table.shape[1]:
            more = np.full((len(self._rows), group + 1 - self._table.shape[1]), NEVER_ALIKE)
            self._table = np.concatenate([self._table, more], axis=1, dtype=np.float32)
        like = self._numbers[rest:] @ self._numbers[face]
        like[self._space[rest:] != self._space[face]] = NEVER_ALIKE
        column = self._table[rest:, group]
        np.maximum(column, like, out=column)
        best, owner = self._best[rest:], self._owner[rest:]
        better = (column > best) | ((column == best) & (group < owner))
        best[better], owner[better] = column[better], group

    def _like(self, templates: Templates, space: Rows) -> Likeness:
        like = self._numbers @ templates.astype(np.float32).T
        like[self._space[:, None] != space] = NEVER_ALIKE
        return like


def likeness(one: Templates, other: Templates) -> Likeness:
    """How like each template is to each, shape (one, other): exact whole numbers."""
    like: Likeness = one.astype(np.float32) @ other.astype(np.float32).T
    return like
