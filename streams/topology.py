"""The dataflow on one page: what is read, what is done, what is written. Read this first."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from agents.alarm import Alarm
from agents.clean import Clean
from agents.notify import Notify
from agents.watch import Watch
from connectors.alarm_points import AlarmPointsSink
from connectors.archive import ArchiveSink
from connectors.deliver import DeliverSink
from connectors.influx import InfluxSink
from connectors.mongo import AlarmsSink
from schemas.memory import MemoryPart
from schemas.topics import (
    ALARMS_CHANGED,
    ALARMS_REMEMBERED,
    ALARMS_REQUESTED,
    CATALOGUE,
    CONDITIONS_REMEMBERED,
    MEBIBYTE,
    NOTIFICATIONS_REMEMBERED,
    NOTIFICATIONS_REQUESTED,
    NOTIFICATIONS_SENT,
    READINGS_ACCEPTED,
    READINGS_RECEIVED,
    READINGS_REJECTED,
    Topic,
)
from streams.chores import MakeChore, RollUp


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


FLOWS: tuple[Flow, ...] = (
    Flow(
        "telemetry",
        (
            # name, topic read, agent, topics written
            Step("clean", READINGS_RECEIVED, Clean, writes=(READINGS_ACCEPTED, READINGS_REJECTED)),
        ),
    ),
    Flow(
        "alarms",
        (
            Step(
                "watch",
                READINGS_ACCEPTED,
                Watch,
                writes=(ALARMS_REQUESTED,),
                remembers=CONDITIONS_REMEMBERED,
            ),
            Step(
                "alarm",
                ALARMS_REQUESTED,
                Alarm,
                writes=(ALARMS_CHANGED,),
                remembers=ALARMS_REMEMBERED,
            ),
        ),
    ),
    Flow(
        "notify",
        (
            Step(
                "notify",
                ALARMS_CHANGED,
                Notify,
                writes=(NOTIFICATIONS_REQUESTED,),
                remembers=NOTIFICATIONS_REMEMBERED,
            ),
            Drain("deliver", NOTIFICATIONS_REQUESTED, DeliverSink, writes=(NOTIFICATIONS_SENT,)),
        ),
    ),
    Flow(
        "store",
        (
            # name, topic read, sink
            Drain("influx", READINGS_ACCEPTED, InfluxSink, gather_s=0.2),
            Drain(
                "archive", READINGS_RECEIVED, ArchiveSink, gather_s=10.0, gather_bytes=8 * MEBIBYTE
            ),
            Drain("mongo", ALARMS_CHANGED, AlarmsSink),
            Drain("alarm-points", ALARMS_CHANGED, AlarmPointsSink),
        ),
        clockworks=(Clockwork("roll-up", RollUp, every_s=10.0),),
    ),
)


def parts(flows: tuple[Flow, ...] = FLOWS) -> Iterator[Step | Drain]:
    """Every step and drain of these flows, in the order in which a record meets them."""
    for flow in flows:
        yield from flow.parts


def read_by(part: Step | Drain) -> tuple[Topic[Any], ...]:
    """The topic that a part reads, and those it knows beside it."""
    return (part.reads, *part.beside) if isinstance(part, Step) else (part.reads,)


def topics(flows: tuple[Flow, ...] = FLOWS) -> tuple[Topic[Any], ...]:
    """Every topic: the catalogue's, and those that stand beside the agents that write them."""
    written = [topic for part in parts(flows) for topic in part.writes]
    return tuple(dict.fromkeys([*CATALOGUE, *written]))
