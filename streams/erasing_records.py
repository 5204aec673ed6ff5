"""Messages that say something of what is to be erased; dead letters by what is in them."""

from collections.abc import Callable
from typing import Any

from connectors.frame_store import object_key
from connectors.outcome import RefusedError
from models.crowd.concerns import Concerns
from schemas.codec import UndecodableError, decode, schema_of
from schemas.frames import FrameAnalysed, FrameCaptured, FrameKept
from schemas.records import DeadLetter
from schemas.topic import Topic
from schemas.topics import (
    CROWD_COUNTED,
    CROWD_REJECTED,
    FRAMES_ANALYSED,
    FRAMES_CAPTURED,
    FRAMES_KEPT,
    FRAMES_REJECTED,
    VISITS_ENDED,
    VISITS_REJECTED,
)
from schemas.unframe import Known, unframe

OF_PEOPLE: tuple[Topic[Any], ...] = (
    FRAMES_CAPTURED,
    FRAMES_ANALYSED,
    FRAMES_KEPT,
    FRAMES_REJECTED,
    CROWD_COUNTED,
    CROWD_REJECTED,
    VISITS_ENDED,
    VISITS_REJECTED,
)
"""Every topic whose messages may show somebody, or say who was where."""

_BY_NAME = {topic.name: topic for topic in OF_PEOPLE if topic.record is not DeadLetter}


class Messages:
    """Reads messages; notes where in the object store the pictures of concerned frames are."""

    def __init__(self, concerns: Concerns, known: Known) -> None:
        self._concerns, self._known = concerns, known
        self.keys: set[str] = set()

    def of(self, topic: Topic[Any]) -> Callable[[bytes | None], bool]:
        """What tells whether a message of this topic has to go."""
        return lambda value: self._concerned(value, topic)

    def _concerned(self, value: bytes | None, topic: Topic[Any]) -> bool:
        record = self._record(value, topic)
        if isinstance(record, DeadLetter):
            origin = _BY_NAME.get(record.topic)
            return origin is not None and self._concerned(record.value, origin)
        if record is None or not self._concerns(record):
            return False
        if isinstance(record, FrameCaptured | FrameAnalysed | FrameKept):
            self._note(record)
        return True

    def _note(self, frame: FrameCaptured | FrameAnalysed | FrameKept) -> None:
        try:
            self.keys.add(object_key(frame))
        except RefusedError:
            return  # no picture can lie there

    def _record(self, value: bytes | None, topic: Topic[Any]) -> Any:
        """What a message says; None if it says nothing that can be read."""
        schema = schema_of(topic.record)
        found = unframe([value], schema, self._known, max_bytes=topic.max_message_bytes)
        try:
            return decode(found.bodies[0], topic.record) if found.bodies else None
        except UndecodableError:
            return None
