"""Whoever is measured has every event to accept, and finds nothing wrong with it."""

import time

from agents.clean import CleanSettings
from schemas.codec import decode
from schemas.framing import SINGLE_OBJECT_HEADER_BYTES
from schemas.records import AcceptedTelemetry, Quality
from schemas.topics import READINGS_ACCEPTED, READINGS_RECEIVED
from tests.bench.load import messages, start_of
from tests.bench.rules import rules
from tests.bench.subjects.cleaner import Cleaner

EVENTS = 20_000


def test_every_event_of_the_load_is_new_and_good() -> None:
    cleaner = Cleaner(rules(CleanSettings()), READINGS_RECEIVED.name, 0)
    load = messages(READINGS_RECEIVED, 0, EVENTS, start_ms=start_of(EVENTS))
    now_ms = time.time_ns() // 1_000_000
    made = [
        cleaner.clean(offset, now_ms, None, each["value"])
        for offset, each in enumerate(each for batch in load for each in batch)
    ]
    accepted = [
        decode(message[SINGLE_OBJECT_HEADER_BYTES:], AcceptedTelemetry) for _, message in made
    ]

    assert {READINGS_ACCEPTED.name} == {topic for topic, _ in made}
    assert EVENTS == len({event.event_id for event in accepted})
    assert {Quality.GOOD} == {each.quality for event in accepted for each in event.readings}


def test_accepted_events_are_what_the_same_events_become() -> None:
    [received] = messages(READINGS_RECEIVED, 0, 300, start_ms=0)
    [accepted] = messages(READINGS_ACCEPTED, 0, 300, start_ms=0)

    values = decode(accepted[-1]["value"][SINGLE_OBJECT_HEADER_BYTES:], AcceptedTelemetry)
    assert received[-1]["key"] == accepted[-1]["key"]
    assert ["temperature", "humidity", "co2"] == [each.resource for each in values.readings]
    assert 2000 == values.at
