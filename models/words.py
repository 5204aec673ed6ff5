"""Columns of text that repeats itself, as numbers."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from models.arrays import Column, Ints


@dataclass(frozen=True, slots=True)
class Words:
    """Which of the ``distinct`` words each row has; ``len(distinct)`` if none of them.

    Some of the distinct words may be in no row.
    """

    distinct: Column
    codes: Ints

    def words(self, rows: Ints) -> list[str]:
        """The words of some rows, none of them unknown."""
        distinct = self.distinct.to_pylist()
        return [distinct[code] for code in self.codes[rows].tolist()]


class Vocabulary:
    """Numbers words: those that are ``known``, else all, in the order of their first use.

    Fleets say the same words in the same order, batch after batch. So the last answer is kept,
    and given again, or as much of it as is asked for, if the bytes are the same.
    """

    def __init__(self, known: Column | None = None) -> None:
        self._known = known
        self._asked: Column = pa.array([], pa.string())
        self._answer = Words(self._asked, np.empty(0, np.intp))

    def __call__(self, texts: Column) -> Words:
        """Look up every row."""
        if not _begins_with(self._asked, texts):
            self._asked = texts
            self._answer = self._look_up(texts)
        return Words(self._answer.distinct, self._answer.codes[: len(texts)])

    def _look_up(self, texts: Column) -> Words:
        if self._known is None:
            encoded = texts.dictionary_encode()
            return Words(encoded.dictionary, encoded.indices.to_numpy().astype(np.intp))
        places = pc.index_in(texts, value_set=self._known)
        if places.null_count:
            places = places.fill_null(len(self._known))
        return Words(self._known, places.to_numpy().astype(np.intp))


def _begins_with(texts: Column, some: Column) -> bool:
    """Whether ``some`` are, byte for byte, the first of ``texts``; False if in doubt."""
    if len(texts) < len(some) or texts.null_count or some.null_count or texts.offset or some.offset:
        return False
    _, bounds, data = texts.buffers()
    _, some_bounds, some_data = some.buffers()
    size = 4 * (len(some) + 1)
    if not bounds.slice(0, size).equals(some_bounds.slice(0, size)):
        return False
    end = int(np.frombuffer(some_bounds, np.int32)[len(some)])
    return end == 0 or bool(data.slice(0, end).equals(some_data.slice(0, end)))
