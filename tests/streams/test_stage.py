"""A step on one batch: every message in is accounted for by what has to be sent."""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import pytest

from schemas.batch import Columns, Origin, Raw, Records
from schemas.codec import Schema, decode, encode_framed, schema_of
from schemas.framing import SINGLE_OBJECT_HEADER_BYTES, confluent_header
from schemas.reasons import DETAIL_LIMIT, Reason, SetAside
from schemas.records import DeadLetter, Reading, Telemetry
from schemas.topic import Topic
from schemas.topics import READINGS_RECEIVED, READINGS_REJECTED
from streams.reader import reader
from streams.stage import Agent, Result, Stage
from streams.writer import Writer

NOW_MS = 1_800_000_000_000
MARKER = b"\x01\x02\x03\x04\x05\x06\x07\x08"
KEPT: Topic[Telemetry] = Topic(name="readings.kept.v1", record=Telemetry, key=("site", "device"))


def telemetry(number: int) -> Telemetry:
    return Telemetry(
        event_id=f"e-{number}",
        site="house",
        device=f"room-{number}",
        profile="room.climate",
        at=1_700_000_000_000 + number,
        readings=(Reading(resource="temperature", value=21.5),),
        tags={},
    )


def raw(*values: bytes | None) -> Raw:
    offsets = np.arange(100, 100 + len(values), dtype=np.int64)
    origin = Origin(topic="t", partition=3, offsets=offsets, logged_at=offsets * 10)
    return Raw(origin=origin, keys=[b"key"] * len(values), values=list(values))


def known(header: bytes) -> Schema | None:
    ours = schema_of(Telemetry)
    return ours if header == ours.header else None


def stage(shape: Any, header: bytes = schema_of(Telemetry).header) -> Stage:
    headers = {KEPT.name: header, READINGS_REJECTED.name: schema_of(DeadLetter).header}
    read = reader(READINGS_RECEIVED, shape, marker=MARKER, known=known)
    return Stage("keep", read, Writer((KEPT, READINGS_REJECTED), headers))


def processed(shape: Any, agent: Agent, *values: bytes | None) -> Result:
    return stage(shape).process(raw(*values), agent, now_ms=NOW_MS)


def letters(result: Result) -> list[DeadLetter]:
    values = [each["value"] for each in result.messages[READINGS_REJECTED.name]]
    return [decode(value[SINGLE_OBJECT_HEADER_BYTES:], DeadLetter) for value in values]


def keep_columns(batch: Columns[Telemetry]) -> Iterable[Columns[Telemetry] | SetAside]:
    return [Columns(record=Telemetry, rows=batch.rows)]


def keep_records(batch: Records[Telemetry]) -> Iterable[Telemetry | SetAside]:
    return batch.rows


Keep = pytest.mark.parametrize(
    ("shape", "keep"), [(Columns, keep_columns), (Records, keep_records)]
)


@Keep
def test_records_go_out_framed_under_their_key_in_their_order(
    shape: Any, keep: Callable[[Any], Any]
) -> None:
    values = [encode_framed(telemetry(number)) for number in range(5)]

    result = processed(shape, keep, *values)

    assert values == [each["value"] for each in result.messages[KEPT.name]]
    assert [f"house/room-{number}" for number in range(5)] == [
        each["key"] for each in result.messages[KEPT.name]
    ]
    assert (5, {}) == (result.records_out, dict(result.aside))


@Keep
def test_a_bad_message_becomes_a_dead_letter_with_its_bytes_origin_and_time(
    shape: Any, keep: Callable[[Any], Any]
) -> None:
    result = processed(shape, keep, encode_framed(telemetry(0)), b"<xml/>", None)

    first, second = letters(result)
    assert ("t", 3, 101, "keep", "unknown_framing", b"key", b"<xml/>", NOW_MS, 1010) == (
        *(first.topic, first.partition, first.offset, first.step, first.reason),
        *(first.key, first.value, first.at, first.logged_at),
    )
    assert (102, "tombstone", None) == (second.offset, second.reason, second.value)
    assert {"unknown_framing": 1, "tombstone": 1} == dict(result.aside)
    assert 1 == result.records_out


@Keep
def test_what_an_agent_sets_aside_is_the_message_it_came_from(
    shape: Any, keep: Callable[[Any], Any]
) -> None:
    def refuse_second(batch: Any) -> Iterable[Any]:
        return [SetAside(1, Reason.DUPLICATE, "x" * 2 * DETAIL_LIMIT), *keep(batch)]

    values = [encode_framed(telemetry(number)) for number in range(3)]
    result = processed(shape, refuse_second, None, *values)

    found = letters(result)
    assert [(100, "tombstone"), (102, "duplicate")] == [
        (each.offset, each.reason) for each in found
    ]
    assert values[1] == found[1].value
    assert DETAIL_LIMIT == len(found[1].detail)


def test_an_agent_is_not_called_for_a_batch_without_records() -> None:
    def never(_: object) -> Iterable[Any]:
        raise AssertionError

    assert {"tombstone": 1} == dict(processed(Columns, never, None).aside)


def test_what_an_agent_raises_comes_through() -> None:
    def broken(_: object) -> Iterable[Any]:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        processed(Columns, broken, encode_framed(telemetry(0)))


@Keep
def test_with_a_registry_messages_carry_its_framing(shape: Any, keep: Callable[[Any], Any]) -> None:
    ours = encode_framed(telemetry(0))

    result = stage(shape, confluent_header(7)).process(raw(ours), keep, now_ms=NOW_MS)

    [message] = result.messages[KEPT.name]
    assert b"\0\0\0\0\x07" + ours[SINGLE_OBJECT_HEADER_BYTES:] == message["value"]
