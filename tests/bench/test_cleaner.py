"""The row-by-row cleaning that peers are measured with does the very work that ours does."""

import os
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from itertools import cycle, islice
from typing import Any

import numpy as np

from agents.clean import Clean, CleanSettings
from connectors.faults import Faults
from connectors.site import SITES, events
from connectors.telemetry_batch import framed
from connectors.traces import load as load_trace
from schemas.batch import Columns, Origin, Raw
from schemas.codec import decode, encode_framed, schema_of
from schemas.columns import marker
from schemas.framing import SINGLE_OBJECT_HEADER_BYTES
from schemas.reasons import Reason
from schemas.records import AcceptedTelemetry, DeadLetter, Position, Quality, Telemetry
from schemas.releases import released
from schemas.topics import READINGS_ACCEPTED, READINGS_RECEIVED, READINGS_REJECTED
from streams.reader import reader
from streams.stage import Stage
from streams.writer import Writer
from streams.writers import Writers
from tests.bench.rules import rules
from tests.bench.subjects.cleaner import Cleaner

EVENTS = 6_000
BATCH = 500
START_AT_MS = 1_760_000_000_000
FAULTS = Faults(dropout=0.05, stuck=0.1, spike=0.05, late=0.05, duplicate=0.05, malformed=0.05)

Outcome = dict[int, tuple[bytes, Any]]
"""By offset: the accepted message and ``None``, or nothing and the reason."""


@cache
def messages() -> tuple[list[bytes | None], list[int]]:
    """What faulty devices send, every ninth message broken in a way of its own; and when."""
    site = SITES["farm"]
    sent = events(
        site,
        load_trace(site.trace),
        devices=20,
        start_at_ms=START_AT_MS,
        interval_s=300.0,
        seed=4,
        faults=FAULTS,
        encode=framed,
    )
    broken = cycle(range(len(broken_messages(next(sent).record))))
    values: list[bytes | None] = []
    times: list[int] = []
    for number, each in enumerate(islice(sent, EVENTS)):
        odd = number % 9 == 8
        values.append(broken_messages(each.record)[next(broken)] if odd else each.value)
        times.append(each.due_ms)
    return values, times


def broken_messages(good: Telemetry) -> list[bytes | None]:
    """One for each thing that a contract, or framing, can object to, and some borderline cases."""
    reading, *_ = good.readings
    day_ms = 86_400_000
    records = [
        replace(good, event_id=""),
        replace(good, event_id="x" * 129),
        replace(good, site="a\nb"),
        replace(good, device="a\x85b"),
        replace(good, profile="nobody.knows"),
        replace(good, profile=""),
        replace(good, at=0),
        replace(good, at=good.at + 2 * day_ms),
        replace(good, at=good.at + 120_000),
        replace(good, position=Position(lat=91.0, lon=0.0)),
        replace(good, position=Position(lat=0.0, lon=float("nan"))),
        replace(good, position=None, received_at=good.at - 1000),
        replace(good, received_at=good.at + 10 * day_ms),
        replace(good, tags={str(number): "" for number in range(33)}),
        replace(good, tags={"": "x"}),
        replace(good, tags={"k": "x" * 257}),
        replace(good, readings=()),
        replace(good, readings=(reading,) * 65),
        replace(good, readings=(reading, reading)),
        *(
            replace(good, readings=(odd, *good.readings[1:]))
            for odd in (
                replace(reading, resource="pressure"),
                replace(reading, unit="ppm"),
                replace(reading, unit="parsec"),
                replace(reading, unit=None),
                replace(reading, unit="degC", value=20.1),
                replace(reading, unit="K", value=290.0),
                replace(reading, value="warm"),
                replace(reading, value=True),
                replace(reading, value=None),
                replace(reading, value=float("inf")),
                replace(reading, unit="[degF]", value=1.7e308),
                replace(reading, value=200.0),
                replace(reading, quality=Quality.SUSPECT),
            )
        ),
    ]
    return [*map(encode_framed, records), None, b"", b"\xc3\x01", b"\x00\x00\x00\x00\x07abc"]


def ours(values: Sequence[bytes | None], times: Sequence[int]) -> Outcome:
    read = reader(
        READINGS_RECEIVED, Columns, marker=marker(os.urandom), known=Writers(released(), None).known
    )
    topics = (READINGS_ACCEPTED, READINGS_REJECTED)
    headers = {topic.name: schema_of(topic.record).header for topic in topics}
    stage = Stage("clean", read, Writer(topics, headers))
    agent = Clean(CleanSettings())
    made: Outcome = {}
    for begin in range(0, len(values), BATCH):
        part = slice(begin, begin + BATCH)
        offsets = np.arange(len(values))[part]
        origin = Origin(
            topic=READINGS_RECEIVED.name,
            partition=0,
            offsets=offsets,
            logged_at=np.array(times[part], np.int64),
        )
        raw = Raw(origin=origin, keys=[None] * len(offsets), values=values[part])
        result = stage.process(raw, agent, now_ms=0)
        refused = [reason_of(each["value"]) for each in result.messages[READINGS_REJECTED.name]]
        made |= {offset: (b"", reason) for offset, reason in refused}
        kept = [offset for offset in offsets.tolist() if offset not in made]
        accepted = [each["value"] for each in result.messages[READINGS_ACCEPTED.name]]
        made |= {offset: (value, None) for offset, value in zip(kept, accepted, strict=True)}
    return made


def row_by_row(values: Sequence[bytes | None], times: Sequence[int]) -> Outcome:
    cleaner = Cleaner(rules(CleanSettings()), READINGS_RECEIVED.name, 0)
    made: Outcome = {}
    for offset, (value, time) in enumerate(zip(values, times, strict=True)):
        topic, message = cleaner.clean(offset, time, None, value)
        accepted = topic == READINGS_ACCEPTED.name
        made[offset] = (message, None) if accepted else (b"", reason_of(message)[1])
    return made


def reason_of(letter: bytes) -> tuple[int, str]:
    record = decode(letter[SINGLE_OBJECT_HEADER_BYTES:], DeadLetter)
    return record.offset, record.reason


def test_both_accept_the_same_events_byte_for_byte_and_refuse_the_others_for_the_same_reason() -> (
    None
):
    expected, actual = ours(*messages()), row_by_row(*messages())

    assert {} == {
        offset: (expected[offset], actual[offset])
        for offset in range(EVENTS)
        if expected[offset] != actual[offset]
    }


def test_the_comparison_meets_every_reason_and_every_verdict() -> None:
    made = row_by_row(*messages()).values()
    accepted = [
        decode(message[SINGLE_OBJECT_HEADER_BYTES:], AcceptedTelemetry)
        for message, reason in made
        if not reason
    ]

    reasons = list(Reason)  # those that others than cleaning give stand behind
    ours = set(reasons[: reasons.index(Reason.DUPLICATE) + 1]) - {Reason.TOO_LARGE}
    assert ours == {reason for _, reason in made if reason}
    assert set(Quality) == {each.quality for event in accepted for each in event.readings}
