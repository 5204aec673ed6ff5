"""Rows that are added at the end, and taken off there."""

from typing import Any

import numpy as np
import numpy.typing as npt

Rows = npt.NDArray[Any]


class Growing:
    """A table of rows of one kind, in memory that doubles when it is full."""

    def __init__(self, rows: Rows) -> None:
        self._rows, self._size = rows, len(rows)

    def __len__(self) -> int:
        return self._size

    @property
    def rows(self) -> Rows:
        """All rows; a view, good until the next is added."""
        return self._rows[: self._size]

    def add(self, rows: Rows) -> None:
        """Add rows."""
        size = self._size + len(rows)
        if size > len(self._rows):
            room = np.zeros((max(64, 2 * size), *self._rows.shape[1:]), self._rows.dtype)
            room[: self._size] = self.rows
            self._rows = room
        self._rows[self._size : size] = rows
        self._size = size

    def cut(self, size: int) -> None:
        """Take off what lies beyond ``size``."""
        self._size = min(size, self._size)
