"""Dead letters: found again by what they say, one at a time."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from connectors.message_log import Logged, MessageLog, Span
from schemas.codec import UndecodableError, decode, schema_of
from schemas.records import DeadLetter
from schemas.unframe import Known, unframe

MAX_LETTER_BYTES = 16 * 1024 * 1024
"""More than the largest message a dead-letter topic takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which letters are looked for; None means any."""

    topic: str | None = None
    """The topic the message was read from."""

    reason: str | None = None

    def __call__(self, letter: DeadLetter) -> bool:
        """Tell whether a letter is looked for."""
        return self.topic in (None, letter.topic) and self.reason in (None, letter.reason)


@dataclass(frozen=True, slots=True)
class Found:
    """A letter and where it lies."""

    topic: str
    partition: int
    offset: int
    letter: DeadLetter

    @property
    def place(self) -> str:
        """Partition and offset, as ``engawa dead-letters`` writes and takes them."""
        return f"{self.partition}:{self.offset}"


class DeadLetters:
    """The letters of dead-letter topics."""

    def __init__(self, log: MessageLog, known: Known) -> None:
        self._log = log
        self._known = known
        self.unreadable = 0
        """Messages met so far that are no dead letters."""

    def find(self, span: Span, wanted: Wanted) -> Iterator[Found]:
        """The letters of a span that are wanted.

        Raises:
            UnavailableError: no broker answers.

        """
        for logged in self._log.read(span):
            letter = self._letter(logged)
            if letter is None:
                self.unreadable += 1
            elif wanted(letter):
                yield Found(logged.topic, logged.partition, logged.offset, letter)

    def _letter(self, logged: Logged) -> DeadLetter | None:
        read = partial(unframe, known=self._known, max_bytes=MAX_LETTER_BYTES)
        bodies = read([logged.value], schema_of(DeadLetter)).bodies
        try:
            return decode(bodies[0], DeadLetter) if bodies else None
        except UndecodableError:
            return None
