"""Two workers against one on the same topic, and what the machine leaves them to win."""

import os
from collections.abc import Callable, Sequence
from uuid import uuid4

import httpx

from compose.ports import free_ports
from schemas.topics import READINGS_ACCEPTED, READINGS_RECEIVED
from tests.bench.ground import Ground
from tests.bench.in_out import Loads, check_written
from tests.bench.load import send, size
from tests.bench.stretch import Stretch, stretch
from tests.bench.subject import OURS, Subject

WORK = "two workers"
SUBJECTS = ("engawa 1", "engawa 2", "copy 1", "copy 2")
READY = 200


def workers(ground: Ground, name: str, loads: Loads) -> Stretch:
    """Measure so many processes, in one group, on the halves of a topic's partitions."""
    kind, count = name.split()
    ground.clear()
    starts, ready = (engawa if kind == "engawa" else _copies)(ground, int(count))
    measured = stretch(
        ground,
        starts,
        ready=ready,
        warm_up=lambda: send(ground.bootstrap, READINGS_RECEIVED, loads.warm),
        warm=size(loads.warm),
        send=lambda: send(ground.bootstrap, READINGS_RECEIVED, loads.main),
        events=size(loads.main),
        progress=lambda: ground.written(READINGS_ACCEPTED.name),
    )
    check_written(ground, size(loads.warm) + size(loads.main))
    return measured


def most_possible(idle_cores: float) -> float:
    """How much faster two can be at most, by what one leaves idle of the machine.

    One process keeps a core busy, and the broker a part of another. Each event takes as much of
    both with two processes, so they are at most faster by what is left.
    """
    cores = os.cpu_count() or 1
    return round(cores / (cores - idle_cores), 2)


def engawa(
    ground: Ground, count: int, flow: str = "telemetry", **environment: str
) -> tuple[Sequence[Callable[[], Subject]], Callable[[], bool]]:
    """How to start so many of our workers, and whether all of them have their partitions."""
    ports = free_ports(count)

    def starter(port: int) -> Callable[[], Subject]:
        return lambda: ground.start(
            "engawa",
            *("streams", "worker", flow),
            python=OURS,
            **environment,
            ENGAWA_WORKER__HTTP_PORT=str(port),
        )

    return [starter(port) for port in ports], lambda: all(map(_is_ready, ports))


def _copies(
    ground: Ground, count: int
) -> tuple[Sequence[Callable[[], Subject]], Callable[[], bool]]:
    group = f"bench-copy-{uuid4().hex[:6]}"
    arguments = ("tests.bench.subjects.copying", ground.bootstrap, group, str(ground.rules))
    return (
        [lambda: ground.start("copy", *arguments)] * count,
        lambda: ground.members(group) == count,
    )


def _is_ready(port: int) -> bool:
    """Whether a worker has its partitions."""
    try:
        answer = httpx.get(f"http://127.0.0.1:{port}/health/ready", trust_env=False)
    except httpx.TransportError:
        return False
    return answer.status_code == READY
