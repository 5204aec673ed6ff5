"""Asking for a setpoint from the command line, and hearing what came of it."""

import time
from dataclasses import dataclass

from connectors.delivery import Parcel
from connectors.message_log import MessageLog
from connectors.outcome import RefusedError
from connectors.record_log import RecordLog
from schemas.codec import encode_framed
from schemas.shadows import DeviceCommand, ShadowUpdate
from schemas.topics import DEVICES_COMMANDED, SHADOWS_UPDATED
from streams.refusals import Refusals
from streams.registered import known_writers
from streams.sending import send
from streams.settings import Settings

LOOK_EVERY_S = 0.1


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of an update."""

    command: DeviceCommand | None = None
    """The device's shadow after it; None if nothing was heard in time."""

    refused: str | None = None
    """Why it was set aside, if it was."""


def ask(settings: Settings, update: ShadowUpdate, *, within_s: float) -> Answer:
    """Send an update, and tell what came of it within so many seconds.

    Raises:
        MissingTopicError: a topic of shadows is missing.
        UnavailableError: no broker answers.
        RefusedError: the broker will not take it.

    """
    known = known_writers(settings.registry)
    value = encode_framed(update)
    parcel = Parcel(f"{update.site}/{update.device}".encode(), value)
    with MessageLog(settings.kafka) as log:
        commands = RecordLog(log, known, DEVICES_COMMANDED)
        refusals = Refusals(log, known, SHADOWS_UPDATED)
        sent = send(settings.kafka, SHADOWS_UPDATED.name, iter([parcel]), answered=lambda _: None)
        if sent.refusals:
            raise RefusedError(f"kafka: {sent.refusals[0].reason}")
        end_s = time.monotonic() + within_s
        while time.monotonic() < end_s:
            time.sleep(LOOK_EVERY_S)
            # the command that it superseded carries its id as well, and comes before
            made = [each for each in commands.read() if each.update_id == update.update_id]
            why = refusals.read().get(value)
            if made or why:
                return Answer(made[-1] if made else None, why)
    return Answer()


def told(settings: Settings) -> list[DeviceCommand]:
    """Every command that Kafka still has, those of each device in their order.

    Raises:
        MissingTopicError: the topic of commands is missing.
        UnavailableError: no broker answers.

    """
    known = known_writers(settings.registry)
    with MessageLog(settings.kafka) as log:
        return list(RecordLog(log, known, DEVICES_COMMANDED, from_beginning=True).read())
