"""A site's time: days of its time zone, windows of its days, and pieces of windows.

Windows are counted in elapsed time from local midnight; the last one ends with the day. On a day
of 23 or 25 hours there is one window of an hour less or more. Longer ones lie, by the clock on the
wall, an hour off after the change. A midnight that daylight saving leaps over is the first moment
after the leap; of one that comes twice, the first counts.

A piece is short enough that whoever is seen twice in it has not been away: the unit in which
people are told apart.
"""

from dataclasses import dataclass
from datetime import date as date_of
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np

from schemas.batch import Int64s


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of time, epoch milliseconds UTC."""

    start: int
    end: int
    """First moment after it."""

    day: bool = False
    """Whether it is a whole day."""


class Calendar:
    """The time of one site."""

    def __init__(self, zone: ZoneInfo, *, window_s: int, gap_s: int) -> None:
        self._zone = zone
        self._window_ms = window_s * 1000
        pieces = -(-window_s // gap_s)
        self.piece_ms = -(-self._window_ms // pieces)
        self.day = lru_cache(maxsize=64)(self._day)

    def day_of(self, at: int) -> Span:
        """The local day in which a time lies."""
        return self.day(datetime.fromtimestamp(at / 1000, self._zone).toordinal())

    def ordinal(self, at: int) -> int:
        """Number of the local day, as ``date.toordinal``."""
        return datetime.fromtimestamp(at / 1000, self._zone).toordinal()

    def window_of(self, at: int) -> Span:
        """The window in which a time lies."""
        day = self.day_of(at)
        start = day.start + (at - day.start) // self._window_ms * self._window_ms
        return Span(start, min(start + self._window_ms, day.end))

    def end_of_piece(self, start: int) -> int:
        """End of the piece that starts then."""
        return min(start + self.piece_ms, self.window_of(start).end)

    def pieces(self, at: Int64s) -> Int64s:
        """Start of the piece in which each time lies."""
        starts = np.empty_like(at)
        todo = np.ones(len(at), bool)
        while todo.any():
            day = self.day_of(int(at[todo].min()))
            mine = todo & (at < day.end)
            since = at[mine] - day.start
            window = since // self._window_ms * self._window_ms
            piece = (since - window) // self.piece_ms * self.piece_ms
            starts[mine] = day.start + window + piece
            todo &= ~mine
        return starts

    def _day(self, ordinal: int) -> Span:
        return Span(self._midnight(ordinal), self._midnight(ordinal + 1), day=True)

    def _midnight(self, ordinal: int) -> int:
        date = date_of.fromordinal(ordinal)
        midnight = datetime(date.year, date.month, date.day, tzinfo=self._zone)
        return round(midnight.timestamp() * 1000)
