"""Telemetry in and out: one topic to another, cleaned, by each subject in turn."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from uuid import uuid4

from schemas.topics import READINGS_ACCEPTED, READINGS_RECEIVED, READINGS_REJECTED
from tests.bench.ground import Ground
from tests.bench.load import AT_ONCE, Messages, send, size
from tests.bench.stretch import Stretch, stretch
from tests.bench.subject import OURS, PEERS, SubjectError

WORK = "telemetry in-out"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One of those that are compared."""

    module: str
    arguments: Callable[[str, str, str], tuple[str, ...]] = lambda *given: given
    """What to start it with, given the broker, a consumer group and the file of rules."""

    python: Path = OURS
    most_events: int | None = None
    writes: bool = True


KINDS: Mapping[str, Kind] = {
    "engawa": Kind(module="streams", arguments=lambda *_: ("worker", "telemetry")),
    "quix": Kind(module="tests.bench.subjects.with_quix", python=PEERS),
    "bytewax": Kind(module="tests.bench.subjects.with_bytewax", python=PEERS),
    "faust": Kind(module="tests.bench.subjects.with_faust", most_events=20_000),
    "hand": Kind(module="tests.bench.subjects.by_hand"),
    "copy": Kind(module="tests.bench.subjects.copying"),
    "consume": Kind(module="tests.bench.subjects.consuming", writes=False),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Loads:
    """What every subject is given: some events to warm up with, and those that count."""

    warm: Messages
    main: Messages

    def cut(self, events: int | None) -> Self:
        """The same with no more events that count, to the batch."""
        batches = None if events is None else -(-events // AT_ONCE)
        return type(self)(warm=self.warm, main=self.main[:batches])


def in_out(ground: Ground, name: str, loads: Loads) -> Stretch:
    """Measure one subject once.

    Raises:
        SubjectError: it did not write each accepted event exactly once.

    """
    kind = KINDS[name]
    loads = loads.cut(kind.most_events)
    group = f"bench-{name}-{uuid4().hex[:6]}"
    arguments = (kind.module, *kind.arguments(ground.bootstrap, group, str(ground.rules)))
    ground.clear()
    measured = stretch(
        ground,
        [lambda: ground.start(name, *arguments, python=kind.python)],
        warm_up=lambda: send(ground.bootstrap, READINGS_RECEIVED, loads.warm),
        warm=size(loads.warm),
        send=lambda: send(ground.bootstrap, READINGS_RECEIVED, loads.main),
        events=size(loads.main),
        progress=(
            (lambda: ground.written(READINGS_ACCEPTED.name))
            if kind.writes
            else (lambda: ground.committed(group, READINGS_RECEIVED.name))
        ),
    )
    if kind.writes:
        check_written(ground, size(loads.warm) + size(loads.main))
    return measured


def check_written(ground: Ground, events: int) -> None:
    """A figure counts only if each event was accepted, and exactly once."""
    accepted, rejected = (
        ground.written(topic.name) for topic in (READINGS_ACCEPTED, READINGS_REJECTED)
    )
    if (accepted, rejected) != (events, 0):
        raise SubjectError(f"of {events} events {accepted} were accepted, {rejected} rejected")
