"""The topic catalogue: every topic, the one record type it carries, and how it is kept.

Names are ``<plural noun>.<past participle>.v<major>``: dots only, because Kafka folds ``.`` and
``_`` together in metric names and would let two topics collide. Constants are the topic in
capitals.
"""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from schemas.alarms import AlarmChange, AlarmRequest
from schemas.memory import MemoryPart
from schemas.notifications import Notification, NotificationAttempt
from schemas.records import AcceptedTelemetry, DeadLetter, Telemetry

R = TypeVar("R")

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic(Generic[R]):
    """One topic: its name, its record type, its key, and how long it keeps what."""

    name: str
    record: type[R]
    key: tuple[str, ...]
    """Fields whose values, joined by ``/``, are the message key: the thing whose order matters."""

    ends: bool = False
    """Whether it is for people and other systems: no flow of ours has to read it."""

    compacted: bool = False
    """Whether Kafka keeps the newest message of each key for ever."""

    lane: str | None = None
    """Field that holds the partition itself, if the key does not decide it."""

    partitions: int = 4
    retention_h: float = 7 * 24.0
    max_message_bytes: int = MEBIBYTE

    @property
    def subject(self) -> str:
        """The plural noun in front: ``readings`` of ``readings.received.v1``."""
        return self.name.split(".", 1)[0]


READINGS_RECEIVED: Topic[Telemetry] = Topic(
    name="readings.received.v1", record=Telemetry, key=("site", "device")
)
READINGS_ACCEPTED: Topic[AcceptedTelemetry] = Topic(
    name="readings.accepted.v1", record=AcceptedTelemetry, key=("site", "device")
)
READINGS_REJECTED: Topic[DeadLetter] = Topic(
    name="readings.rejected.v1",
    record=DeadLetter,
    key=("topic", "partition"),
    ends=True,
    retention_h=30 * 24.0,
    # room for the largest message another topic can hold, plus the letter's own fields
    max_message_bytes=12 * MEBIBYTE,
)

ALARMS_REQUESTED: Topic[AlarmRequest] = Topic(
    name="alarms.requested.v1", record=AlarmRequest, key=("alarm",)
)
ALARMS_CHANGED: Topic[AlarmChange] = Topic(
    name="alarms.changed.v1",
    record=AlarmChange,
    key=("alarm",),
    # few records, and one place that sees them all: a channel's flood is counted there
    partitions=1,
    retention_h=30 * 24.0,
)
CONDITIONS_REMEMBERED: Topic[MemoryPart] = Topic(
    name="conditions.remembered.v1", record=MemoryPart, key=("place",), compacted=True, ends=True
)
ALARMS_REMEMBERED: Topic[MemoryPart] = Topic(
    name="alarms.remembered.v1", record=MemoryPart, key=("place",), compacted=True, ends=True
)
NOTIFICATIONS_REMEMBERED: Topic[MemoryPart] = Topic(
    name="notifications.remembered.v1",
    record=MemoryPart,
    key=("place",),
    compacted=True,
    ends=True,
)
ALARMS_REJECTED: Topic[DeadLetter] = Topic(
    name="alarms.rejected.v1",
    record=DeadLetter,
    key=("topic", "partition"),
    ends=True,
    retention_h=30 * 24.0,
    max_message_bytes=2 * MEBIBYTE,
)
NOTIFICATIONS_REQUESTED: Topic[Notification] = Topic(
    name="notifications.requested.v1",
    record=Notification,
    key=("channel",),
    lane="lane",
    partitions=16,
)
NOTIFICATIONS_SENT: Topic[NotificationAttempt] = Topic(
    name="notifications.sent.v1", record=NotificationAttempt, key=("channel",), ends=True
)
NOTIFICATIONS_REJECTED: Topic[DeadLetter] = Topic(
    name="notifications.rejected.v1",
    record=DeadLetter,
    key=("topic", "partition"),
    ends=True,
    retention_h=30 * 24.0,
    max_message_bytes=2 * MEBIBYTE,
)

# A topic that one agent alone writes and no agent reads may stand beside that agent instead.
CATALOGUE: tuple[Topic[Any], ...] = (
    READINGS_RECEIVED,
    READINGS_ACCEPTED,
    READINGS_REJECTED,
    ALARMS_REQUESTED,
    ALARMS_CHANGED,
    CONDITIONS_REMEMBERED,
    ALARMS_REMEMBERED,
    ALARMS_REJECTED,
    NOTIFICATIONS_REQUESTED,
    NOTIFICATIONS_SENT,
    NOTIFICATIONS_REMEMBERED,
    NOTIFICATIONS_REJECTED,
)


def dead_letters(topic: Topic[Any], catalogue: tuple[Topic[Any], ...] = CATALOGUE) -> Topic[Any]:
    """The topic that takes what has to be set aside from ``topic``: its subject's ``rejected``.

    Raises:
        LookupError: the catalogue has none for this subject.

    """
    for candidate in catalogue:
        if candidate.record is DeadLetter and candidate.subject == topic.subject:
            return candidate
    raise LookupError(f"no dead-letter topic for {topic.name}: add {topic.subject}.rejected.v1")
