"""What an agent says to messages: framed for the topic of its record type, under its key."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pyarrow.compute as pc

from schemas.batch import Columns, Raw
from schemas.codec import encode
from schemas.columns import encode_columns
from schemas.reasons import DETAIL_LIMIT, SetAside
from schemas.records import DeadLetter
from schemas.topic import Topic

Outgoing = dict[str, Any]
"""One message, ``key`` and ``value``, as the producer takes it."""


class Writer:
    """Encodes outputs; the record type decides the topic."""

    def __init__(self, topics: Iterable[Topic[Any]], headers: Mapping[str, bytes]) -> None:
        self._topics = {topic.record: (topic, headers[topic.name]) for topic in topics}

    def columns(self, output: Columns[Any]) -> tuple[str, list[Outgoing]]:
        """One message for each row."""
        topic, header = self._topics[output.record]
        keys = pc.binary_join_element_wise(*(output.rows.column(name) for name in topic.key), "/")
        bodies = encode_columns(output.rows, output.record)
        return topic.name, [
            {"key": key, "value": header + body}
            for key, body in zip(keys.to_pylist(), bodies, strict=True)
        ]

    def records(self, outputs: Sequence[Any]) -> tuple[str, list[Outgoing]]:
        """One message for each of these records, which are of one type."""
        topic, header = self._topics[type(outputs[0])]
        return topic.name, [message(topic, header, output) for output in outputs]


def message(topic: Topic[Any], header: bytes, record: Any) -> Outgoing:
    """One record as the producer takes it."""
    made: Outgoing = {
        "key": "/".join(str(getattr(record, name)) for name in topic.key),
        "value": header + encode(record),
    }
    if topic.lane:
        made["partition"] = getattr(record, topic.lane)
    return made


def dead_letter(raw: Raw, aside: SetAside, *, step: str, now_ms: int) -> DeadLetter:
    """The letter about one message of ``raw``."""
    return DeadLetter(
        topic=raw.origin.topic,
        partition=raw.origin.partition,
        offset=int(raw.origin.offsets[aside.row]),
        step=step,
        reason=aside.reason.value,
        detail=aside.detail[:DETAIL_LIMIT],
        at=now_ms,
        logged_at=int(raw.origin.logged_at[aside.row]),
        key=raw.keys[aside.row],
        value=raw.values[aside.row],
    )
