"""A topic: the one record type it carries, and how it is kept."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from schemas.memory import MemoryPart
from schemas.records import DeadLetter

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

    compaction_lag_h: float = 0.0
    """How long Kafka keeps every message of a compacted topic all the same."""

    meeting: bool = False
    """Whether several steps write it, so that the order of what they say is one."""

    lane: str | None = None
    """Field that holds the partition itself, if the key does not decide it."""

    partitions: int = 4
    retention_h: float = 7 * 24.0
    max_message_bytes: int = MEBIBYTE

    @property
    def subject(self) -> str:
        """The plural noun in front: ``readings`` of ``readings.received.v1``."""
        return self.name.split(".", 1)[0]


def rejected(subject: str, max_message_bytes: int = 2 * MEBIBYTE) -> Topic[DeadLetter]:
    """Dead letters of a subject: room for its largest message, and for the letter's own fields."""
    return Topic(
        name=f"{subject}.rejected.v1",
        record=DeadLetter,
        key=("topic", "partition"),
        ends=True,
        retention_h=30 * 24.0,
        max_message_bytes=max_message_bytes,
    )


def remembered(subject: str) -> Topic[MemoryPart]:
    """What a step remembers of each partition."""
    return Topic(
        name=f"{subject}.remembered.v1",
        record=MemoryPart,
        key=("place",),
        compacted=True,
        ends=True,
    )
