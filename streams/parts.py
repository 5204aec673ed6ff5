"""What was fetched together, as a batch, and in the parts that are worked on at once."""

from typing import cast

import numpy as np

from schemas.batch import Origin, Raw
from streams.settle import part
from streams.transport import Fetched


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
