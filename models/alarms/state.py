"""What is remembered of each alarm, and how it is kept."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Annotated

from schemas.alarms import AlarmChange
from schemas.codec import decode, encode, schema, schema_of


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmState:
    """One alarm: its newest change says how it is, the counters how it came there."""

    alarm: Annotated[str, "Key of the alarm."]
    sequence: Annotated[int, "Number of its newest change."] = 0
    openings: Annotated[int, "How many times it has opened."] = 0
    judged: Annotated[int, "Number of the last judgement taken in."] = 0
    judged_at: Annotated[int, "Newest event time of a judgement, epoch ms UTC."] = 0
    seen_since: Annotated[int, "Earliest that a person can know of this opening, epoch ms."] = 0
    live: Annotated[AlarmChange | None, "Newest change of the alarm as it stands."] = None
    past: Annotated[AlarmChange | None, "Newest change of what late data told."] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BookPages:
    """Everything an alarm book remembers."""

    schema: Annotated[str, "Avro schema of the alarms, so that later versions can read them."]
    alarms: Annotated[tuple[bytes, ...], "Each alarm, the longest untouched first."]
    requests: Annotated[tuple[str, ...], "Ids of requests taken in, the oldest first."]


def pages(alarms: Iterable[bytes], requests: Iterable[str]) -> bytes:
    """A book as bytes; ``alarms`` are encoded states."""
    text = schema_of(AlarmState).text
    return encode(BookPages(schema=text, alarms=tuple(alarms), requests=tuple(requests)))


def opened(data: bytes) -> tuple[Iterator[tuple[AlarmState, bytes]], tuple[str, ...]]:
    """The alarms of a book, each with its bytes, and the request ids.

    Raises:
        UndecodableError: these bytes are no book.

    """
    book = decode(data, BookPages)
    writer = schema(json.loads(book.schema))
    same = writer.header == schema_of(AlarmState).header
    states = ((decode(body, AlarmState, writer), body) for body in book.alarms)
    return ((state, body if same else encode(state)) for state, body in states), book.requests
