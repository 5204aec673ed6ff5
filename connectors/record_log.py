"""The records of a topic, read on as they come."""

from collections.abc import Iterator
from typing import Generic, TypeVar

from connectors.message_log import MessageLog, Span
from schemas.codec import UndecodableError, decode, schema_of
from schemas.topic import Topic
from schemas.unframe import Known, unframe

R = TypeVar("R")


class RecordLog(Generic[R]):
    """Reads on in a topic, from where it was opened or from its beginning."""

    def __init__(
        self, log: MessageLog, known: Known, topic: Topic[R], *, from_beginning: bool = False
    ) -> None:
        self._log, self._known, self._topic = log, known, topic
        now = log.span(topic.name).bounds
        self._next = {
            partition: first if from_beginning else end for partition, (first, end) in now.items()
        }

    def read(self) -> Iterator[R]:
        """What was logged since the last call; messages that are no such records are passed over.

        Raises:
            MissingTopicError: there is no such topic.
            UnavailableError: no broker answers.

        """
        now = self._log.span(self._topic.name).bounds
        bounds = {part: (self._next.get(part, first), end) for part, (first, end) in now.items()}
        self._next = {partition: end for partition, (_, end) in bounds.items()}
        for logged in self._log.read(Span(self._topic.name, bounds)):
            yield from self._decoded(logged.value)

    def _decoded(self, value: bytes | None) -> Iterator[R]:
        record, most = self._topic.record, self._topic.max_message_bytes
        found = unframe([value], schema_of(record), self._known, max_bytes=most)
        try:
            yield from [decode(body, record) for body in found.bodies]
        except UndecodableError:
            return
