"""What became of messages that were set aside, heard by those who sent them."""

from collections.abc import Mapping
from typing import Any

from connectors.dead_letters import DeadLetters, Wanted
from connectors.message_log import MessageLog, Span
from schemas.topic import Topic
from schemas.topics import dead_letters
from schemas.unframe import Known


class Refusals:
    """Dead letters about the messages of a topic, from now on."""

    def __init__(self, log: MessageLog, known: Known, topic: Topic[Any]) -> None:
        self._log, self._letters = log, DeadLetters(log, known)
        self._wanted, self._rejected = Wanted(topic=topic.name), dead_letters(topic).name
        self._next = {part: end for part, (_, end) in self._bounds().items()}

    def read(self) -> Mapping[bytes | None, str]:
        """Reasons by the messages that were set aside since the last call."""
        now = self._bounds()
        bounds = {part: (self._next.get(part, first), end) for part, (first, end) in now.items()}
        self._next = {part: end for part, (_, end) in bounds.items()}
        found = self._letters.find(Span(self._rejected, bounds), self._wanted)
        return {each.letter.value: f"{each.letter.reason}: {each.letter.detail}" for each in found}

    def _bounds(self) -> Mapping[int, tuple[int, int]]:
        return self._log.span(self._rejected).bounds
