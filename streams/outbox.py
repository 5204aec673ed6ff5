"""What a step says by the clock, kept with what its agent knew, so that no crash makes it unsaid.

No batch brings it again, and by the time of a restart more may have come that changes it. So it is
kept before it is sent, and sent again by whoever recalls it: more than once perhaps, but the same.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

from connectors.outgoing import Outgoing
from schemas.codec import decode, encode, schema_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One message as it is sent."""

    topic: Annotated[str, "Where it goes."]
    key: Annotated[str, "Its key."]
    value: Annotated[bytes, "The record with its framing."]
    partition: Annotated[int | None, "Where in the topic; null if the key decides."] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """What an agent knew when it had said something, and what it said."""

    said: Annotated[tuple[Said, ...], "Perhaps not sent yet."]
    state: Annotated[bytes, "What the agent saved."]


def outbox(messages: Mapping[str, Sequence[Outgoing]]) -> tuple[Said, ...]:
    """Messages by topic as an outbox holds them."""
    return tuple(Said(topic=topic, **each) for topic, some in messages.items() for each in some)


def batches(said: Iterable[Said]) -> dict[str, list[Outgoing]]:
    """Messages by topic, in their order, as the producer takes them."""
    by_topic: dict[str, list[Outgoing]] = {}
    for each in said:
        message: Outgoing = {"key": each.key, "value": each.value}
        if each.partition is not None:
            message["partition"] = each.partition
        by_topic.setdefault(each.topic, []).append(message)
    return by_topic


def packed(state: bytes, said: tuple[Said, ...]) -> bytes:
    """Both as bytes; a state alone, with nothing said, stays as it is."""
    if not said:
        return state
    return schema_of(Remembered).header + encode(Remembered(said=said, state=state))


def unpacked(data: bytes) -> tuple[bytes, tuple[Said, ...]]:
    """The state in these bytes, and what was said.

    Raises:
        UndecodableError: they are cut short or corrupt.

    """
    header = schema_of(Remembered).header
    if not data.startswith(header):
        return data, ()
    found = decode(data.removeprefix(header), Remembered)
    return found.state, found.said
