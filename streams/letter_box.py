"""The dead letters that a command looks at: what lay in their topics when it began."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import typer

from connectors.dead_letters import DeadLetters, Found, Wanted
from connectors.message_log import MessageLog, Span
from schemas.records import DeadLetter
from schemas.topics import CATALOGUE
from schemas.unframe import Known
from streams.instants import at
from streams.observer import wall_ms
from streams.output import say
from streams.registered import known_writers
from streams.settings import Settings

LETTERS = [topic.name for topic in CATALOGUE if topic.record is DeadLetter]


@dataclass(frozen=True, slots=True)
class Box:
    """Letters, within bounds."""

    letters: DeadLetters
    spans: list[Span]
    known: Known

    def find(self, wanted: Wanted) -> Iterator[Found]:
        """Every letter that is wanted."""
        for span in self.spans:
            yield from self.letters.find(span, wanted)


@contextmanager
def opened(since: str | None, place: str | None) -> Iterator[Box]:
    """The letters since then, or at that place; says in the end what it could not read.

    Raises:
        MissingTopicError: a dead-letter topic is missing.
        UnavailableError: no broker answers.

    """
    settings = Settings()
    known = known_writers(settings.registry)
    since_ms = None if since is None else at(since, "--since", now_ms=wall_ms())
    spot = None if place is None else _spot(place)
    with MessageLog(settings.kafka) as log:
        spans = [log.span(name, since_ms=since_ms) for name in LETTERS]
        if spot:
            spans = [span.only(*spot) for span in spans]
        box = Box(DeadLetters(log, known), spans, known)
        yield box
        if box.letters.unreadable:
            say(f"{box.letters.unreadable} messages there are no dead letters")


def _spot(place: str) -> tuple[int, int]:
    partition, _, offset = place.partition(":")
    if not (partition.isdecimal() and offset.isdecimal()):
        raise typer.BadParameter(f"{place!r} is no place; write partition:offset, e.g. 0:12")
    return int(partition), int(offset)
