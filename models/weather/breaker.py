"""A circuit breaker: how long a provider that failed is left alone.

Closed, each failure is tried again after a short pause, and the third in a row opens the breaker;
a refusal, or a limit, opens it at once. Open, nothing is asked. After its pause one call is a
trial (half open): if it fails the breaker opens again for twice as long; any success closes it.
"""

from dataclasses import dataclass

from schemas.weather import PollOutcome

SUCCESSES = frozenset({PollOutcome.OBSERVED, PollOutcome.UNCHANGED})
AT_ONCE = frozenset({PollOutcome.REFUSED, PollOutcome.LIMITED})


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakerRules:
    """Pauses in intervals of the usual poll; with 10 min they are 1 and 20 min, 1 h, 1 and 6 h."""

    failures: int = 3
    """So many in a row open it."""

    retry: float = 0.1
    """After the first failure; the second waits twice as long."""

    pause: float = 2.0
    longest: float = 6.0
    refused: float = 6.0
    """A wrong key does not mend itself."""

    longest_refused: float = 36.0


class Breaker:
    """What one provider's latest calls for one site say."""

    def __init__(self, interval_ms: int, rules: BreakerRules | None = None) -> None:
        self._interval_ms = interval_ms
        self._rules = rules or BreakerRules()
        self.failures = 0
        """Calls in a row that failed."""

        self.openings = 0
        """How often in a row it opened."""

        self.wait_ms = interval_ms
        """How long after the latest call the next may be made."""

    def ended(self, outcome: PollOutcome, *, asked_ms: int = 0) -> None:
        """Take in how a call ended; ``asked_ms`` is the pause that the provider asked for."""
        self.wait_ms = self._interval_ms
        if outcome in SUCCESSES:
            self.failures = self.openings = 0
            return
        self.failures += 1
        rules = self._rules
        if outcome in AT_ONCE or self.openings or self.failures >= rules.failures:
            self.wait_ms = max(asked_ms, self._pause_ms(outcome))
            self.openings += 1
        elif outcome is PollOutcome.UNAVAILABLE:
            retry_ms = int(self._interval_ms * rules.retry * 2 ** (self.failures - 1))
            self.wait_ms = max(asked_ms, retry_ms)

    def _pause_ms(self, outcome: PollOutcome) -> int:
        rules = self._rules
        refused = outcome is PollOutcome.REFUSED
        first, longest = (
            (rules.refused, rules.longest_refused) if refused else (rules.pause, rules.longest)
        )
        doublings = min(self.openings, 16)  # the longest is reached long before
        return int(self._interval_ms * min(first * 2**doublings, longest))
