"""When a site's weather may be asked for: by an interval, and by a budget of calls in 24 hours."""

from collections import deque

from models.weather.breaker import Breaker
from schemas.weather import PollOutcome

DAY_MS = 24 * 3_600_000


class Pace:
    """The calls for one site, as far back as they matter.

    In any 24 hours there are at most ``calls_per_day`` calls, however they end: each waits until
    that many calls before it are a day old. What retries took is missing later.
    """

    def __init__(self, *, interval_ms: int, calls_per_day: int, first_ms: int) -> None:
        self._calls: deque[int] = deque(maxlen=calls_per_day)
        self._first_ms = first_ms
        self.breaker = Breaker(interval_ms)

    def called(self, at_ms: int, outcome: PollOutcome, *, asked_ms: int = 0) -> None:
        """Take in a call, no older than the latest, and how it ended."""
        self.recall(at_ms)
        self.breaker.ended(outcome, asked_ms=asked_ms)

    def recall(self, at_ms: int) -> None:
        """Take in a call of which only is known that it was made."""
        self._calls.append(at_ms)

    def may_call(self, now_ms: int) -> bool:
        """Whether it is time for the next call."""
        if self._calls and self._calls[-1] > now_ms:
            self._set_back(now_ms)
        return now_ms >= self.next_ms()

    def next_ms(self) -> int:
        """When the next call may be made."""
        if not self._calls:
            return self._first_ms
        next_ms = self._calls[-1] + self.breaker.wait_ms
        if len(self._calls) == self._calls.maxlen:
            next_ms = max(next_ms, self._calls[0] + DAY_MS)
        return next_ms

    def calls_in_day(self, now_ms: int) -> int:
        """How many calls were made in the 24 hours up to now."""
        return sum(at_ms > now_ms - DAY_MS for at_ms in self._calls)

    def _set_back(self, now_ms: int) -> None:
        """A clock that was ahead must not keep us waiting: what lies ahead was just now."""
        self._calls = deque((min(at, now_ms) for at in self._calls), maxlen=self._calls.maxlen)
