"""Which events were accepted before, by their ids, in bounded memory.

A table in numpy arrays instead of a dict: looking up a thousand ids at once lets the processor
wait for all of them together, which is several times faster than one after the other.
"""

from bisect import bisect_right
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from models.arrays import Column, where
from schemas.batch import Int64s

MOST_BLOCKS = 256
"""Columns of ids kept as they came; a column of one id takes far more memory than an id."""

Hashes = npt.NDArray[np.uint64]
Numbers = npt.NDArray[np.int32]

LONGEST_BYTES = 512
"""No id is longer: 128 characters of at most four bytes."""


class Seen:
    """The ids of one partition, each with the lowest offset at which it was accepted.

    An event is a duplicate if its id was accepted at a lower offset. So the same batch may be
    asked about again, whole or in part, and nothing in it is its own duplicate.

    Ids are kept in two generations of ``limit`` events: when the younger is full, the older is
    forgotten. So an id is remembered for ``limit`` further events at least and for twice as many
    at most, wherever batches begin and end. ``seed`` keeps senders from choosing ids that make
    the table slow; None takes one from the system.
    """

    def __init__(self, limit: int, seed: int | None = None) -> None:
        self._limit = limit
        random = np.random.default_rng(seed)
        # multilinear hashing: however ids are chosen, few of them meet in the upper bits
        self._factors = random.integers(1, 1 << 64, LONGEST_BYTES // 4, np.uint64)
        self._young, self._old = _Generation(limit), _Generation(limit)

    def __len__(self) -> int:
        """Count the events remembered."""
        return self._young.size + self._old.size

    def duplicates(self, ids: Column, offsets: Int64s) -> dict[int, int]:
        """Remember ``ids``, an Arrow column; give each duplicate's place and its first offset.

        ``offsets`` ascend. No id is longer than 128 characters.
        """
        found: dict[int, int] = {}
        if not len(ids):
            return found
        hashes = _hashes(ids, self._factors)
        begin = 0
        while begin < len(hashes):
            room = slice(begin, begin + self._limit - self._young.size)
            self._remember(ids[room], hashes[room], offsets[room], begin, found)
            begin = room.stop
            if self._young.size == self._limit:
                self._old, self._young = self._young, _Generation(self._limit)
        return found

    def _remember(
        self, ids: Column, hashes: Hashes, offsets: Int64s, begin: int, found: dict[int, int]
    ) -> None:
        first = offsets.copy()
        for place, entry in self._old.find(ids, hashes):
            first[place] = min(first[place], self._old.offsets[entry])
        young = self._young
        for place, entry in young.add(ids, hashes, first):
            first[place] = young.offsets[entry] = min(first[place], young.offsets[entry])
        for place in where(first < offsets).tolist():
            found[begin + place] = int(first[place])


class _Generation:
    """Ids as they came, numbered from 0, and a table that finds them by their hashes."""

    def __init__(self, limit: int) -> None:
        self.size = 0
        self.offsets: Int64s = np.empty(limit, np.int64)
        self._hashes: Hashes = np.empty(limit, np.uint64)
        self._ids: list[Column] = []
        self._starts: list[int] = []
        self._clashes: dict[str, int] = {}
        """Ids whose hash belongs to another, with their numbers."""

        # at most an eighth full, so that hardly any search takes a second step
        self._bits = (8 * limit).bit_length()
        self._table = np.full(1 << self._bits, -1, np.int32)

    def find(self, ids: Column, hashes: Hashes) -> Iterator[tuple[int, int]]:
        """Place and number of each id that is here."""
        held = self._search(hashes, None)
        for place in where(held >= 0).tolist():
            id_, entry = ids[place].as_py(), int(held[place])
            if self._id(entry) != id_:
                entry = self._clashes.get(id_, -1)
            if entry >= 0:
                yield place, entry

    def add(self, ids: Column, hashes: Hashes, offsets: Int64s) -> Iterator[tuple[int, int]]:
        """Add ids; place and number of each that was here before, or earlier among them."""
        numbers = np.arange(self.size, self.size + len(hashes), dtype=np.int32)
        self._hashes[numbers], self.offsets[numbers] = hashes, offsets
        self._keep(ids)
        held = self._search(hashes, numbers)
        for place in where(held != numbers).tolist():
            id_, entry, number = ids[place].as_py(), int(held[place]), int(numbers[place])
            if self._id(entry) != id_:
                entry = self._clashes.setdefault(id_, number)
            if entry != number:
                yield place, entry

    def _search(self, hashes: Hashes, numbers: Numbers | None) -> Numbers:
        """The number of each hash, or -1. Those without get theirs of ``numbers``, if given."""
        held = np.full(len(hashes), -1, np.int32)
        slot = (hashes >> np.uint64(64 - self._bits)).astype(np.intp)
        place = np.arange(len(hashes))
        while place.size:
            there = self._table[slot]
            if numbers is not None:
                free = where(there < 0)[::-1]
                # from the end, so that of several the first comes to stand there
                self._table[slot[free]] = numbers[place[free]]
                there = self._table[slot]
            same = (there >= 0) & (self._hashes[there] == hashes[place])
            held[place[same]] = there[same]
            on = where((there >= 0) & ~same)
            place, slot = place[on], (slot[on] + 1) % len(self._table)
        return held

    def _keep(self, ids: Column) -> None:
        if len(self._ids) == MOST_BLOCKS:
            self._ids, self._starts = [pa.concat_arrays(self._ids)], [0]
        self._ids.append(ids)
        self._starts.append(self.size)
        self.size += len(ids)

    def _id(self, entry: int) -> str:
        block = bisect_right(self._starts, entry) - 1
        id_: str = self._ids[block][entry - self._starts[block]].as_py()
        return id_


def _hashes(ids: Column, factors: Hashes) -> Hashes:
    """A hash of each id."""
    _, ends, data = ids.buffers()
    bounds = np.frombuffer(ends, np.int32, len(ids) + 1, ids.offset * 4)
    text = np.frombuffer(data, np.uint8)[bounds[0] : bounds[-1]]
    size = bounds[1:] - bounds[:-1]
    longest = int(size.max())
    padded = np.zeros((len(ids), -(-longest // 4) * 4), np.uint8)
    if size.min() == longest:
        padded[:, :longest] = text.reshape(len(ids), longest)
    else:
        padded[:, :longest][np.arange(longest) < size[:, None]] = text
    words = padded.view(np.uint32).astype(np.uint64)
    return words @ factors[: words.shape[1]]
