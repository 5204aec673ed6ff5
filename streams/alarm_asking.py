"""Asking something for alarms from the command line, and hearing what came of it."""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from connectors.alarm_log import AlarmLog
from connectors.dead_letters import DeadLetters, Wanted
from connectors.delivery import Parcel
from connectors.message_log import MessageLog, Span
from connectors.outcome import RefusedError
from schemas.alarms import AlarmChange, AlarmRequest
from schemas.codec import encode_framed
from schemas.topics import ALARMS_REJECTED, ALARMS_REQUESTED
from schemas.unframe import Known
from streams.registered import known_writers
from streams.sending import send
from streams.settings import Settings

LOOK_EVERY_S = 0.1


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a request."""

    request: AlarmRequest
    change: AlarmChange | None = None
    """What it changed last; None if nothing was heard in time."""

    refused: str | None = None
    """Why it was set aside, if it was."""


def ask(
    settings: Settings, requests: Sequence[AlarmRequest], *, within_s: float
) -> Iterator[Answer]:
    """Send requests, and tell what came of each, for so many seconds.

    Raises:
        MissingTopicError: a topic of alarms is missing.
        UnavailableError: no broker answers.
        RefusedError: the broker will not take a request.

    """
    known = known_writers(settings.registry)
    values = {each.request_id: encode_framed(each) for each in requests}
    parcels = [Parcel(each.alarm.encode(), values[each.request_id]) for each in requests]
    with MessageLog(settings.kafka) as log:
        changes, letters = AlarmLog(log, known), _Letters(log, known)
        sent = send(settings.kafka, ALARMS_REQUESTED.name, iter(parcels), answered=lambda _: None)
        if sent.refusals:
            raise RefusedError(f"kafka: {sent.refusals[0].reason}")
        waiting = {each.request_id: each for each in requests}
        end_s = time.monotonic() + within_s
        while waiting and time.monotonic() < end_s:
            time.sleep(LOOK_EVERY_S)
            found = {change.request_id: change for change in changes.read()}
            refused = letters.read()
            for request_id in [*waiting]:
                change, why = found.get(request_id), refused.get(values[request_id])
                if change or why:
                    yield Answer(waiting.pop(request_id), change, why)
        yield from map(Answer, waiting.values())


class _Letters:
    """Dead letters about requests, from now on."""

    def __init__(self, log: MessageLog, known: Known) -> None:
        self._log, self._letters = log, DeadLetters(log, known)
        self._next = {part: end for part, (_, end) in self._bounds().items()}

    def read(self) -> Mapping[bytes | None, str]:
        """Reasons by the messages that were set aside since the last call."""
        now = self._bounds()
        bounds = {part: (self._next.get(part, first), end) for part, (first, end) in now.items()}
        self._next = {part: end for part, (_, end) in bounds.items()}
        found = self._letters.find(
            Span(ALARMS_REJECTED.name, bounds), Wanted(topic=ALARMS_REQUESTED.name)
        )
        return {each.letter.value: f"{each.letter.reason}: {each.letter.detail}" for each in found}

    def _bounds(self) -> Mapping[int, tuple[int, int]]:
        return self._log.span(ALARMS_REJECTED.name).bounds
