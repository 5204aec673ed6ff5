"""Who is known at a site: people in the order in which they were first seen, and their templates.

It grows only at its end, and can be cut back to what it was: when frames come late, what followed
from the time before them stands, and the rest is found out anew.
"""

from dataclasses import dataclass

import numpy as np

from models.arrays import Bools, Ints
from models.crowd.cell import People
from models.crowd.groups import Likeness, Marks
from models.crowd.growing import Growing, Rows
from models.crowd.sightings import Templates, widened

PERSON = np.dtype(
    [
        ("piece", np.int64),
        ("period", np.int32),
        ("camera", np.int32),
        ("at", np.int64),
        ("frame", np.uint64),
        ("place", np.int32),
        ("name", np.int32),
    ]
)
"""Where somebody was first seen: the piece's start, the key's period, the camera's number, then
what names the face. ``name`` is a place in the list of names, or -1."""

TEMPLATE = np.dtype(
    [
        ("piece", np.int64),
        ("period", np.int32),
        ("owner", np.int32),
        ("space", np.int16),
        ("camera", np.int32),
    ]
)

NAMELESS = -1


@dataclass(frozen=True, slots=True)
class Moment:
    """When in its site's time something is looked at."""

    piece: int
    period: int
    oldest: int
    """No template of an older piece is known any more."""


class Gallery:
    """People and their templates."""

    def __init__(self, marks: Marks, *, most: int, most_people: int) -> None:
        self.marks, self._most, self._most_people = marks, most, most_people
        self.people = Growing(np.zeros(0, PERSON))
        self.templates = Growing(np.zeros(0, TEMPLATE))
        self._numbers = Growing(np.zeros((0, 0), np.float32))
        self._held: dict[int, list[int]] = {}

    def __len__(self) -> int:
        return len(self.people)

    @property
    def size(self) -> tuple[int, int]:
        """How many people and templates there are."""
        return len(self.people), len(self.templates)

    @property
    def numbers(self) -> Templates:
        """The templates themselves."""
        return self._numbers.rows.astype(np.int16)

    def cut(self, size: tuple[int, int]) -> None:
        """Be what it was when it had this size."""
        for owner in self.templates.rows["owner"][size[1] :].tolist():
            self._held[owner].pop()
        self.people.cut(size[0])
        self.templates.cut(size[1])
        self._numbers.cut(size[1])

    def fill(self, people: Rows, templates: Rows, numbers: Templates) -> None:
        """Know these instead of whoever is known."""
        self.people, self.templates = Growing(people), Growing(templates)
        self._numbers = Growing(numbers.astype(np.float32))
        self._held = {}
        for place, owner in enumerate(templates["owner"].tolist()):
            self._held.setdefault(owner, []).append(place)

    def begin(self, moment: Moment) -> int:
        """The first template that still counts."""
        known = self.templates.rows
        aged = np.searchsorted(known["piece"], moment.oldest)
        return int(max(aged, np.searchsorted(known["period"], moment.period)))

    def is_full(self, moment: Moment) -> bool:
        """Whether nobody new can be known."""
        known = self.people.rows
        aged = np.searchsorted(known["piece"], moment.oldest)
        living = len(known) - max(aged, np.searchsorted(known["period"], moment.period))
        return bool(living >= self._most_people)

    def named(self, name: int, moment: Moment) -> int | None:
        """Who has a name in this period, if anybody."""
        known = self.people.rows
        begin = int(np.searchsorted(known["period"], moment.period))
        found = (known["name"][begin:] == name).nonzero()[0]
        return begin + int(found[0]) if found.size else None

    def like(self, them: People, begin: int) -> dict[tuple[int, int], float]:
        """How like each of them is to each of whom the templates from ``begin`` on are.

        Only who is like enough to be the same is in it.
        """
        known = self.templates.rows[begin:]
        like = self._likeness(them.templates, begin)
        same = like >= self.marks.same[them.space][:, None]
        rows, columns = (same & (them.space[:, None] == known["space"])).nonzero()
        found: dict[tuple[int, int], float] = {}
        pairs = zip(them.owner[rows].tolist(), known["owner"][columns].tolist(), strict=True)
        for pair, value in zip(pairs, like[rows, columns].tolist(), strict=True):
            found[pair] = max(value, found.get(pair, value))
        return found

    def found(self, person: Rows) -> int:
        """Know somebody new."""
        self.people.add(person)
        return len(self.people) - 1

    def learn(self, person: int, them: People, one: int, moment: Moment, camera: int) -> None:
        """Keep those templates of one of them that teach something of a person."""
        begin = self.begin(moment)
        for place in (them.owner == one).nonzero()[0].tolist():
            held = self._held.setdefault(person, [])
            living = [each for each in held if each >= begin]
            if len(living) >= self._most:
                return
            space = them.space[place]
            peers = np.array(living, np.intp)[self.templates.rows["space"][living] == space]
            like = self._likeness(them.templates[[place]], 0, peers)
            if not (like >= self.marks.alike[space]).any():
                held.append(len(self.templates))
                row = (moment.piece, moment.period, person, space, camera)
                self.templates.add(np.array([row], TEMPLATE))
                self._add(them.templates[[place]])

    def keep(self, people: Bools, templates: Bools) -> Ints:
        """Know only these people and templates; give the new number of each, or -1."""
        number = np.where(people, np.cumsum(people) - 1, -1)
        kept = self.templates.rows[templates]
        kept["owner"] = number[kept["owner"]]
        self.fill(self.people.rows[people], kept, self.numbers[templates])
        return number

    def _add(self, template: Templates) -> None:
        if template.shape[1] > self._numbers.rows.shape[1]:
            rows = self._numbers.rows
            wider = np.pad(rows, ((0, 0), (0, template.shape[1] - rows.shape[1])))
            self._numbers = Growing(wider)
        self._numbers.add(widened(template, self._numbers.rows.shape[1]).astype(np.float32))

    def _likeness(self, given: Templates, begin: int, places: Ints | None = None) -> Likeness:
        known = self._numbers.rows[begin:] if places is None else self._numbers.rows[places]
        width = min(given.shape[1], known.shape[1])
        like: Likeness = given[:, :width].astype(np.float32) @ known[:, :width].T
        return like
