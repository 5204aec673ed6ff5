"""What a step remembers of a partition, kept in a topic so that a restart goes on from there."""

from dataclasses import dataclass
from typing import Annotated


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryPart:
    """A part of a snapshot, or its last word, which alone makes the parts before it count."""

    place: Annotated[str, "Slot and number of the part, or slot/last; snapshots alternate slots."]
    offset: Annotated[int, "Offset of the last message of the step's input that is in it."]
    logged_at: Annotated[int, "Kafka's timestamp of that message, epoch milliseconds UTC."]
    parts: Annotated[int, "How many parts the snapshot has."]
    digest: Annotated[str, "SHA-256 of all parts together, in hexadecimal."]
    data: Annotated[bytes, "The part; empty in the last word."]
