"""Memory: what a worker holds after a million events, and after many more."""

import time
from collections.abc import Callable
from typing import Any

from schemas.topics import READINGS_ACCEPTED, READINGS_RECEIVED
from tests.bench.ground import Ground
from tests.bench.in_out import check_written
from tests.bench.load import messages, send
from tests.bench.patience import wait_for

WORK = "memory"
PART = 100_000
SETTLE_S = 1.0
DONE_WITHIN_S = 120.0


def memory(
    ground: Ground, stops: tuple[int, ...], *, start_ms: int, report: Callable[[int], None]
) -> list[dict[str, Any]]:
    """Resident memory of one worker once it has done each number of events in ``stops``."""
    ground.clear()
    found = []
    with ground.start("engawa", "streams", "worker", "telemetry") as subject:
        for first in range(0, stops[-1], PART):
            done = min(first + PART, stops[-1])
            load = messages(READINGS_RECEIVED, first, done - first, start_ms=start_ms)
            send(ground.bootstrap, READINGS_RECEIVED, load)
            _wait(ground, done)
            subject.check()
            report(done)
            if done in stops:
                time.sleep(SETTLE_S)
                found.append({"events": done, "rss_mb": round(subject.rss_mb, 1)})
    check_written(ground, stops[-1])
    return found


def _wait(ground: Ground, done: int) -> None:
    wait_for(
        lambda: ground.written(READINGS_ACCEPTED.name) >= done, DONE_WITHIN_S, f"{done} events"
    )
