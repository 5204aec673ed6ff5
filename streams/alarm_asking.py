"""Asking something for alarms from the command line, and hearing what came of it."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from connectors.delivery import Parcel
from connectors.message_log import MessageLog
from connectors.outcome import RefusedError
from connectors.record_log import RecordLog
from schemas.alarms import AlarmChange, AlarmRequest
from schemas.codec import encode_framed
from schemas.topics import ALARMS_CHANGED, ALARMS_REQUESTED
from streams.refusals import Refusals
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
        changes = RecordLog(log, known, ALARMS_CHANGED)
        refusals = Refusals(log, known, ALARMS_REQUESTED)
        sent = send(settings.kafka, ALARMS_REQUESTED.name, iter(parcels), answered=lambda _: None)
        if sent.refusals:
            raise RefusedError(f"kafka: {sent.refusals[0].reason}")
        waiting = {each.request_id: each for each in requests}
        end_s = time.monotonic() + within_s
        while waiting and time.monotonic() < end_s:
            time.sleep(LOOK_EVERY_S)
            found = {change.request_id: change for change in changes.read()}
            refused = refusals.read()
            for request_id in [*waiting]:
                change, why = found.get(request_id), refused.get(values[request_id])
                if change or why:
                    yield Answer(waiting.pop(request_id), change, why)
        yield from map(Answer, waiting.values())
