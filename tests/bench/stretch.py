"""One measured stretch: the load lies ready, the subjects go on, and the clocks run to its end."""

import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

from tests.bench.clock import cpu_s, idle_s
from tests.bench.ground import Ground
from tests.bench.patience import POLL_S, wait_for
from tests.bench.subject import Subject, SubjectError

SETTLE_S = 0.5
"""After the warm-up, for what follows it: commits, the garbage of the start."""

WARM_WITHIN_S = 60.0
STALLED_AFTER_S = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """What a number of events took."""

    events: int
    cpu_s: float
    """CPU time of all subjects."""

    wall_s: float
    broker_cores: float
    """Cores that the broker kept busy meanwhile."""

    influx_cores: float
    """Cores that InfluxDB kept busy."""

    idle_cores: float
    """Cores that nothing kept busy."""

    @property
    def cpu_us(self) -> float:
        """CPU microseconds for each event."""
        return self.cpu_s / self.events * 1e6

    @property
    def wall_us(self) -> float:
        """Microseconds for each event."""
        return self.wall_s / self.events * 1e6


def stretch(
    ground: Ground,
    starts: Sequence[Callable[[], Subject]],
    *,
    ready: Callable[[], bool] = lambda: True,
    warm_up: Callable[[], object],
    warm: int,
    send: Callable[[], object],
    events: int,
    progress: Callable[[], int],
) -> Stretch:
    """Start subjects, warm them up, pause them, send the load, and clock them through it.

    ``progress`` says how many events are done, of ``warm`` and then ``warm + events``.
    """
    with ExitStack() as stack:
        subjects = [stack.enter_context(start()) for start in starts]
        wait_for(lambda: _alive(subjects) and ready(), WARM_WITHIN_S, "the subjects", every_s=0.05)
        warm_up()
        wait_for(
            lambda: _alive(subjects) and progress() >= warm,
            WARM_WITHIN_S,
            "the warm-up",
            every_s=0.05,
        )
        time.sleep(SETTLE_S)
        for subject in subjects:
            subject.pause()
        send()

        def go_on() -> None:
            for subject in subjects:
                subject.resume()
            _watch(subjects, events, lambda: progress() - warm)

        return clocked(ground, lambda: sum(each.cpu_s for each in subjects), events, go_on)


def clocked(
    ground: Ground, cpu: Callable[[], float], events: int, work: Callable[[], object]
) -> Stretch:
    """Do this work, and tell what it took; ``cpu`` gives the subjects' CPU seconds."""

    def used() -> list[float]:
        return [cpu(), cpu_s(ground.broker_pid), cpu_s(ground.influx_pid), idle_s()]

    before, start = used(), time.perf_counter()
    work()
    wall_s = time.perf_counter() - start
    subjects, *others = (after - each for after, each in zip(used(), before, strict=True))
    broker, influx, idle = (each / wall_s for each in others)
    return Stretch(
        events=events,
        cpu_s=subjects,
        wall_s=wall_s,
        broker_cores=broker,
        influx_cores=influx,
        idle_cores=idle,
    )


def _watch(subjects: Sequence[Subject], events: int, done: Callable[[], int]) -> None:
    """Wait for the last event; a subject that stands still has failed."""
    newest, moved = 0, time.monotonic()
    while (count := done()) < events:
        _alive(subjects)
        if count > newest:
            newest, moved = count, time.monotonic()
        if time.monotonic() - moved > STALLED_AFTER_S:
            raise SubjectError(
                f"stands still at {count} of {events} events:\n{subjects[0].last_words()}"
            )
        time.sleep(POLL_S)


def _alive(subjects: Sequence[Subject]) -> bool:
    """True, or SubjectError."""
    for subject in subjects:
        subject.check()
    return True
