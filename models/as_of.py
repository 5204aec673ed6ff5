"""What was known at a time: of all that had been heard of something by then, the newest.

For something measured at ``at`` and logged at ``logged_at``, a saying counts if it was logged at
most ``REACH_MS`` and at least ``SETTLING_MS`` before, and is not of a later time than ``at``. Of
those the one of the newest time holds, among equals the one logged last. So what is heard late
mends nothing that was said before, and what is heard too early changes nothing.
"""

from typing import Final

import numpy as np

from models.arrays import Bools, Floats, Ints, where
from schemas.batch import REACH_MS, SETTLING_MS, Int64s

AT, LOGGED, OFFSET, VALUES = range(4)
"""Rows of a table of sayings. Times and offsets are exact in a float."""

SIDES: Final = ("left", "right")
SPARE = 8


class AsOf:
    """Sayings of many sources, each a number from 0 on."""

    def __init__(self, *, width: int, most: int) -> None:
        """``width`` values in each saying; at most ``most`` sayings of a source are kept."""
        self._width, self._most = width, most
        self._said: dict[int, Sayings] = {}

    def __len__(self) -> int:
        """How many sayings are kept."""
        return sum(map(len, self._said.values()))

    def add(
        self, source: int, *, at: int, logged_at: int, offset: int, values: tuple[float, ...]
    ) -> None:
        """Keep a saying, once however often it comes. If there are too many, the oldest go."""
        said = self._said.get(source)
        if said is None:
            said = self._said[source] = Sayings(self._width)
        elif len(said) >= self._most:
            said.thin()
        said.add((at, logged_at, offset, *values))

    def look_up(self, source: Ints, at: Int64s, logged_at: Int64s) -> Floats:
        """Time and values that hold for each row, shape (1 + width, rows); NaN if none do."""
        found = np.full((1 + self._width, len(source)), np.nan)
        order = np.argsort(source, kind="stable")
        ends = where(np.diff(source[order]) != 0) + 1
        for rows in np.split(order, ends) if order.size else ():
            if said := self._said.get(int(source[rows[0]])):
                found[:, rows] = said.look_up(at[rows], logged_at[rows])
        return found

    def forget(self, before_ms: int) -> None:
        """Drop what was logged before a time."""
        for said in self._said.values():
            kept = said.logged_at >= before_ms
            if not kept.all():
                said.keep(kept)
        self._said = {source: said for source, said in self._said.items() if len(said)}


class Sayings:
    """What one source said, by time, then by when it was logged."""

    def __init__(self, width: int) -> None:
        self._table = np.empty((VALUES + width, SPARE))
        self._size = 0
        self._last: tuple[float, ...] = ()
        """The newest that was ever there: what comes behind it needs no search."""

    def __len__(self) -> int:
        return self._size

    @property
    def logged_at(self) -> Floats:
        """When each was logged."""
        return self._table[LOGGED, : self._size]

    def add(self, saying: tuple[float, ...]) -> None:
        """Put a saying in its place, unless it is there."""
        size = self._size
        key = saying[:VALUES]
        place = size if key > self._last else self._place(key)
        if place is None:
            return
        if size == self._table.shape[1]:
            more = np.empty((len(self._table), max(size, SPARE)))
            self._table = np.concatenate([self._table, more], axis=1)
        if place < size:
            self._table[:, place + 1 : size + 1] = self._table[:, place:size]
        self._table[:, place] = saying
        self._last = max(self._last, key)
        self._size += 1

    def look_up(self, at: Int64s, logged_at: Int64s) -> Floats:
        """Time and values that hold for each row; NaN if none do."""
        place: Ints = np.searchsorted(self._table[AT, : self._size], at, "right") - 1
        looking = where(place >= 0)
        while looking.size:
            heard, by = self.logged_at[place[looking]], logged_at[looking]
            looking = looking[(heard > by - SETTLING_MS) | (heard < by - REACH_MS)]
            place[looking] -= 1
            looking = looking[place[looking] >= 0]
        found: Floats = np.where(place >= 0, self._table[:, place], np.nan)
        return found[[AT, *range(VALUES, len(found))]]

    def keep(self, kept: Bools | Ints) -> None:
        """Drop all others."""
        self._table = np.ascontiguousarray(self._table[:, : self._size][:, kept])
        self._size = self._table.shape[1]

    def thin(self) -> None:
        """Drop the eighth that was logged first."""
        self.keep(np.sort(np.argsort(self.logged_at, kind="stable")[self._size // 8 + 1 :]))

    def _place(self, key: tuple[float, ...]) -> int | None:
        """Where a saying belongs; None if it is there."""
        place, end = 0, self._size
        for row, wanted in enumerate(key):
            among = self._table[row, place:end]
            place, end = (place + int(np.searchsorted(among, wanted, side)) for side in SIDES)
        return None if place < end else place
