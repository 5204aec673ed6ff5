"""Which offsets are safe to commit: never past a batch that is not finished."""

from collections import deque
from collections.abc import Hashable
from dataclasses import dataclass


@dataclass(slots=True)
class _InFlight:
    batch: Hashable
    next_offset: int
    done: bool = False


class Watermark:
    """The low watermark of one partition's batches, which begin in order and end in any order.

    >>> mark = Watermark()
    >>> mark.begin("a", next_offset=10)
    >>> mark.begin("b", next_offset=20)
    >>> mark.finish("b"), mark.offset
    (True, None)
    >>> mark.finish("a"), mark.offset
    (True, 20)
    """

    def __init__(self) -> None:
        self._in_flight: deque[_InFlight] = deque()
        self.offset: int | None = None
        """The offset to commit (the next one to read), or None while nothing is finished."""

    def begin(self, batch: Hashable, *, next_offset: int) -> None:
        """Note that ``batch``, which ends just before ``next_offset``, is on its way."""
        self._in_flight.append(_InFlight(batch, next_offset))

    def finish(self, batch: Hashable) -> bool:
        """Note that ``batch`` is done; False if it never began here, e.g. before a rebalance."""
        for entry in self._in_flight:
            if entry.batch == batch:
                entry.done = True
                self._advance()
                return True
        return False

    def _advance(self) -> None:
        while self._in_flight and self._in_flight[0].done:
            self.offset = self._in_flight.popleft().next_offset

    @property
    def in_flight(self) -> int:
        """How many batches have begun and still hold the watermark back."""
        return len(self._in_flight)
