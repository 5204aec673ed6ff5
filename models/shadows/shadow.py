"""What is remembered of each device that can be set, and how it is kept."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Annotated

from schemas.codec import decode, encode, schema, schema_of
from schemas.shadows import DeviceCommand, Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A setpoint that somebody wants."""

    origin: Annotated[Origin, "Whose wish it is."]
    by: Annotated[str, "Name of the person, or of the model with its version."]
    setpoint_c: Annotated[float, "As wished, before all limits."]
    at: Annotated[int, "When, in the device's event time, epoch ms UTC."]
    text: Annotated[str, "Reason in words."]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lower:
    """A setpoint that stood not long ago, below the one that stands: rises are counted from it."""

    setpoint_c: Annotated[float, "Degrees Celsius."]
    until: Annotated[int, "When it gave way to a higher one, epoch ms UTC."]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shadow:
    """One device: its newest command says how it is, the rest how it may go on."""

    site: Annotated[str, "Site of the device."]
    device: Annotated[str, "The device."]
    command: Annotated[DeviceCommand | None, "The standing command, as last told."] = None
    heard_at: Annotated[int, "Newest event time of its room, epoch ms UTC; 0 before any."] = 0
    heard_logged_at: Annotated[int, "When Kafka logged what said so, epoch ms UTC."] = 0
    reported_c: Annotated[float | None, "What the device last said it is set to."] = None
    reported_at: Annotated[int, "Newest time of a report, as the device has it."] = 0
    model: Annotated[Wish | None, "The model's newest wish."] = None
    model_at: Annotated[int, "Its time, as the model has it."] = 0
    person: Annotated[Wish | None, "The wish of a person that goes first."] = None
    person_at: Annotated[int, "Newest time of a person's wish, as the person has it."] = 0
    manual_until: Annotated[int | None, "Until when it goes first, epoch ms UTC."] = None
    changed_at: Annotated[int, "When the wanted setpoint changed last, epoch ms UTC."] = 0
    lower: Annotated[tuple[Lower, ...], "Lower setpoints before it, ascending."]
    waiting_since: Annotated[int | None, "Since when nothing sent was acknowledged."] = None
    answered: Annotated[int, "Newest version that the device acknowledged by name; 0 if none."] = 0
    repeats_version: Annotated[bool, "Whether its newest report named that version again."] = False
    in_doubt_until: Annotated[int, "Until when an overtaken command may be done, epoch ms UTC."] = 0
    alarmed: Annotated[bool, "Whether an alarm stands."] = False
    judged: Annotated[int, "Number of the last judgement on that alarm."] = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ShadowPages:
    """Everything a shadow book remembers."""

    schema: Annotated[str, "Avro schema of the shadows, so that later versions can read them."]
    shadows: Annotated[tuple[bytes, ...], "Each shadow."]
    updates: Annotated[tuple[str, ...], "Ids of updates taken in, the oldest first."]


def pages(shadows: Iterable[bytes], updates: Iterable[str]) -> bytes:
    """A book as bytes; ``shadows`` are encoded."""
    text = schema_of(Shadow).text
    return encode(ShadowPages(schema=text, shadows=tuple(shadows), updates=tuple(updates)))


def opened(data: bytes) -> tuple[Iterator[Shadow], tuple[str, ...]]:
    """The shadows of a book, and the ids of updates.

    Raises:
        UndecodableError: these bytes are no book.

    """
    book = decode(data, ShadowPages)
    writer = schema(json.loads(book.schema))
    return (decode(body, Shadow, writer) for body in book.shadows), book.updates
