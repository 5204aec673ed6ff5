"""Faces that were resolved where they were seen: each is whose its token says."""

from dataclasses import dataclass, field

import numpy as np

from models.arrays import Ints
from models.crowd.groups import NOBODY, Marks, likeness
from models.crowd.sightings import Sightings


@dataclass(slots=True)
class Tokens:
    """The tokens of a piece, numbered from 0, and which each face has; twin of ``Groups``."""

    marks: Marks
    most: int
    owner: list[int] = field(default_factory=list)
    source: list[int] = field(default_factory=list)
    whose: Ints = field(default_factory=lambda: np.empty(0, np.intp))
    founder: list[int] = field(default_factory=list)
    numbers: dict[int, int] = field(default_factory=dict)

    def extend(self, seen: Sightings) -> None:
        """Take in the faces of ``seen`` beyond those known, which are the first of it."""
        begin, faces = len(self.whose), seen.faces
        self.whose = np.concatenate([self.whose, np.full(len(faces) - begin, NOBODY)])
        for row in (begin + faces["token"][begin:].nonzero()[0]).tolist():
            token = int(faces["token"][row])
            if token not in self.numbers:
                self.numbers[token] = len(self.founder)
                self.founder.append(row)
            self.whose[row] = self.numbers[token]
            if faces["clear"][row] and faces["space"][row] >= 0:
                self._learn(seen, row, self.numbers[token])

    def _learn(self, seen: Sightings, row: int, group: int) -> None:
        mine = [at for at, owner in zip(self.source, self.owner, strict=True) if owner == group]
        if len(mine) == self.most:
            return
        space = seen.faces["space"]
        like = likeness(seen.templates[[row]], seen.templates[mine])[0]
        if not (like[space[mine] == space[row]] >= self.marks.alike[space[row]]).any():
            self.owner.append(group)
            self.source.append(row)
