"""Changes of alarms, read from their topic."""

from collections.abc import Iterator

from connectors.message_log import MessageLog, Span
from schemas.alarms import AlarmChange
from schemas.codec import UndecodableError, decode, schema_of
from schemas.topics import ALARMS_CHANGED
from schemas.unframe import Known, unframe


class AlarmLog:
    """Reads on in ``alarms.changed``, from where it was opened or from its beginning."""

    def __init__(self, log: MessageLog, known: Known, *, from_beginning: bool = False) -> None:
        self._log, self._known = log, known
        now = log.span(ALARMS_CHANGED.name).bounds
        self._next = {
            partition: first if from_beginning else end for partition, (first, end) in now.items()
        }

    def read(self) -> Iterator[AlarmChange]:
        """What was logged since the last call; messages that are no changes are passed over.

        Raises:
            MissingTopicError: there is no such topic.
            UnavailableError: no broker answers.

        """
        now = self._log.span(ALARMS_CHANGED.name).bounds
        bounds = {part: (self._next.get(part, first), end) for part, (first, end) in now.items()}
        self._next = {partition: end for partition, (_, end) in bounds.items()}
        for logged in self._log.read(Span(ALARMS_CHANGED.name, bounds)):
            found = unframe(
                [logged.value],
                schema_of(AlarmChange),
                self._known,
                max_bytes=ALARMS_CHANGED.max_message_bytes,
            )
            try:
                yield from (decode(body, AlarmChange) for body in found.bodies)
            except UndecodableError:
                continue
