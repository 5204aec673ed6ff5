"""What a dataflow is made of: steps, drains and clockworks, put together to flows."""

from dataclasses import dataclass, field
from typing import Any

from schemas.memory import MemoryPart
from schemas.topic import MEBIBYTE, Topic
from streams.chores import MakeChore


@dataclass(frozen=True, slots=True)
class Step:
    """An agent, the topic it reads and the topics it writes.

    The agent is a function of a batch, or a class: then each partition has an instance of its
    own, made from the settings that its constructor asks for.
    """

    name: str
    reads: Topic[Any]
    agent: Any
    writes: tuple[Topic[Any], ...] = field(kw_only=True)
    remembers: Topic[MemoryPart] | None = None
    """Where the agent's memory is kept, if it must outlive a restart: see ``streams.remember``."""

    beside: tuple[Topic[Any], ...] = ()
    """Topics of few records that the agent learns as of its batches: see ``streams.beside``."""

    fetches: Any = None
    """Connector that brings what the records only refer to: see ``streams.fetching``."""

    at_once: int | None = None
    """Messages worked on together at most, if each takes much work or memory."""


@dataclass(frozen=True, slots=True)
class Drain:
    """A topic and the sink it ends in, made from the settings that its constructor asks for."""

    name: str
    reads: Topic[Any]
    sink: Any
    gather_s: float = 0.0
    """How long batches may be held to be written as one; nothing held is acknowledged."""

    gather_bytes: int = MEBIBYTE
    """Size at which they are written, however young."""

    writes: tuple[Topic[Any], ...] = ()
    """What the sink reports of its writing, e.g. each attempt."""


@dataclass(frozen=True, slots=True)
class Clockwork:
    """A chore done by the clock; if it writes nothing, several workers may do it at once."""

    name: str
    chore: MakeChore
    every_s: float = field(kw_only=True)
    writes: tuple[Topic[Any], ...] = ()
    """What it says: such a chore is done by one worker alone, the one that holds the first
    partition of the flow's first topic."""


@dataclass(frozen=True, slots=True)
class Flow:
    """What one worker process runs: one consumer group, scaled by starting more workers."""

    name: str
    parts: tuple[Step | Drain, ...]
    clockworks: tuple[Clockwork, ...] = ()


def read_by(part: Step | Drain) -> tuple[Topic[Any], ...]:
    """The topic that a part reads, and those it knows beside it."""
    return (part.reads, *part.beside) if isinstance(part, Step) else (part.reads,)
