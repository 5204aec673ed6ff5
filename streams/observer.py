"""What is counted while one step works, and the line that is said when things turn."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import structlog

from connectors.outcome import UnavailableError
from schemas.batch import Raw
from streams.metrics import Metrics
from streams.parts import Fetched
from streams.readiness import Readiness
from streams.work import Outcome

log = structlog.get_logger(__name__)


class Observer:
    """Watches one step or drain."""

    def __init__(
        self, step: str, metrics: Metrics, readiness: Readiness, now_ms: Callable[[], int]
    ) -> None:
        self._step = step
        self._metrics = metrics
        self._readiness = readiness
        self._now_ms = now_ms
        self._work = metrics.work.labels(step)
        self._write = metrics.write.labels(step)

    @contextmanager
    def working(self) -> Iterator[None]:
        """Time the computing half of a batch."""
        with self._work.time():
            yield

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Time the waiting half of a batch."""
        with self._write.time():
            yield

    def waiting(self, error: UnavailableError) -> None:
        """The store is away: not ready, and said once, not at every try."""
        self._metrics.retries.labels(self._step).inc()
        if self._step not in self._readiness.reasons:
            log.warning("store away, waiting", step=self._step, reason=str(error))
        self._readiness.hold(self._step, str(error))

    def written(self) -> None:
        """The store took a batch."""
        if self._step in self._readiness.reasons:
            log.info("store back", step=self._step)
            self._readiness.clear(self._step)

    def expired(self, count: int) -> None:
        """The store keeps nothing as old as so many records of a batch."""
        self._metrics.expired.labels(self._step).inc(count)
        log.warning("records older than the store keeps them", step=self._step, records=count)

    def passed(self, found: int) -> None:
        """A pass of a chore is over, before which so much waited."""
        self.written()
        self._metrics.backlog.labels(self._step).set(found)
        self._metrics.passes.labels(self._step).inc()

    def finished(self, fetched: Fetched, raw: Raw, outcome: Outcome) -> None:
        """A batch is confirmed."""
        step, metrics = self._step, self._metrics
        offsets, logged_at = raw.origin.offsets, raw.origin.logged_at
        metrics.received.labels(step).inc(len(offsets))
        metrics.batch.labels(step).observe(len(offsets))
        metrics.sent.labels(step).inc(outcome.sent)
        for reason, count in outcome.aside.items():
            metrics.rejected.labels(step, reason).inc(count)
        now_ms = self._now_ms()
        metrics.delay.labels(step).observe(max(0.0, (now_ms - int(logged_at[0])) / 1000))
        lag = max(0, (fetched.highwater or 0) - int(offsets[-1]) - 1)
        place = (step, fetched.tp.topic, str(fetched.tp.partition))
        metrics.lag.labels(*place).set(lag)
        age_s = max(0.0, (now_ms - int(logged_at[-1])) / 1000) if lag else 0.0
        metrics.lag_age.labels(*place).set(age_s)


def wall_ms() -> int:
    """The wall clock, epoch milliseconds UTC."""
    return time.time_ns() // 1_000_000
