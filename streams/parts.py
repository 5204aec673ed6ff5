"""What was fetched together, as a batch, and in the parts that are worked on at once."""

from dataclasses import dataclass
from typing import cast

import numpy as np
from faust.types import TP

from schemas.batch import Origin, Raw
from streams.fetch import Messages
from streams.settle import part


@dataclass(frozen=True, slots=True, eq=False)
class Fetched:
    """The messages of one partition that were fetched together: the value of a Faust event."""

    tp: TP
    generation: int
    messages: Messages
    highwater: int | None
    """The offset that the partition's next message will get, as of the fetch."""


def raw_of(fetched: Fetched) -> Raw:
    """The fetched messages, column by column."""
    messages = fetched.messages
    return Raw(
        origin=Origin(
            topic=fetched.tp.topic,
            partition=fetched.tp.partition,
            offsets=np.array(messages.offsets, np.int64),
            logged_at=np.array(messages.timestamps, np.int64),
        ),
        keys=messages.keys,
        values=messages.values,
    )


def parts_of(raw: Raw, size: int | None) -> list[Raw]:
    """A batch in parts of at most so many messages."""
    count = len(raw.values)
    if size is None or count <= size:
        return [raw]
    return [cast("Raw", part(raw, start, start + size)) for start in range(0, count, size)]
