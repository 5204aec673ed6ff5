"""One bad message never costs its neighbours, whatever shape the batch is asked for in."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from schemas.batch import Columns, Origin, Raw, Records
from schemas.codec import Schema, encode, encode_framed, schema_of
from schemas.reasons import Reason, SetAside
from schemas.records import DeadLetter, Telemetry
from schemas.topics import READINGS_RECEIVED
from streams.reader import Read, reader
from tests.streams.test_worker import telemetry

MARKER = b"\x01\x02\x03\x04\x05\x06\x07\x08"
OURS = schema_of(Telemetry)


def raw(*values: bytes | None, first: int = 100) -> Raw:
    offsets = np.arange(first, first + len(values), dtype=np.int64)
    origin = Origin(topic="t", partition=3, offsets=offsets, logged_at=offsets * 10)
    return Raw(origin=origin, keys=[b"k"] * len(values), values=list(values))


def known(header: bytes) -> Schema | None:
    return OURS if header == OURS.header else None


def read(shape: Any, *values: bytes | None) -> Read:
    return reader(READINGS_RECEIVED, shape, marker=MARKER, known=known)(raw(*values))


def ids(found: Read) -> list[str]:
    if isinstance(found.batch, Columns):
        return [str(each) for each in found.batch.rows.column("event_id").to_pylist()]
    assert isinstance(found.batch, Records)
    return [each.event_id for each in found.batch.rows]


def good(number: int) -> bytes:
    return encode_framed(telemetry(number))


BAD = {
    Reason.TOMBSTONE: None,
    Reason.EMPTY: b"",
    Reason.TOO_LARGE: good(1) + b"\0" * READINGS_RECEIVED.max_message_bytes,
    Reason.UNKNOWN_FRAMING: b"<xml/>",
    Reason.UNKNOWN_SCHEMA: b"\0\0\0\0\x09" + good(1)[10:],
    Reason.UNDECODABLE: good(1)[:-3],
    Reason.TRAILING_BYTES: good(1) + b"!",
}


@pytest.mark.parametrize("shape", [Columns, Records])
@pytest.mark.parametrize("reason", BAD)
def test_a_bad_message_is_set_aside_and_its_neighbours_are_read(shape: Any, reason: Reason) -> None:
    found = read(shape, good(0), BAD[reason], good(2))

    assert ["e-0", "e-2"] == ids(found)
    assert [(1, reason)] == [(each.row, each.reason) for each in found.aside]
    assert found.batch.origin is not None
    assert [100, 102] == found.batch.origin.offsets.tolist()
    assert [1000, 1020] == found.batch.origin.logged_at.tolist()


@pytest.mark.parametrize("shape", [Columns, Records])
def test_a_whole_batch_is_read_as_it_stands(shape: Any) -> None:
    found = read(shape, *(good(number) for number in range(50)))

    assert [f"e-{number}" for number in range(50)] == ids(found)
    assert ([], 50) == (found.aside, found.size)


@pytest.mark.parametrize("shape", [Columns, Records])
def test_a_batch_of_nothing_good_leaves_nothing_to_work_on(shape: Any) -> None:
    found = read(shape, *BAD.values())

    assert 0 == found.size
    assert set(BAD) == {each.reason for each in found.aside}


@pytest.mark.parametrize("shape", [Columns, Records])
def test_what_is_set_aside_of_the_decoded_is_counted_among_the_messages(shape: Any) -> None:
    found = read(shape, None, good(1), b"", good(3))

    assert 3 == found.in_messages(SetAside(1, Reason.DUPLICATE)).row


def test_raw_bytes_come_through_untouched() -> None:
    batch = raw(good(0), None, b"<xml/>")

    found = reader(READINGS_RECEIVED, Raw, marker=MARKER, known=known)(batch)

    assert batch is found.batch
    assert ([], 3) == (found.aside, found.size)


@pytest.mark.parametrize("shape", [Columns, Records])
def test_a_message_of_another_known_record_is_undecodable(shape: Any) -> None:
    letter = DeadLetter(
        topic="t",
        partition=0,
        offset=0,
        step="s",
        reason="r",
        detail="",
        at=0,
        logged_at=0,
        key=None,
        value=None,
    )
    read_all = reader(
        READINGS_RECEIVED, shape, marker=MARKER, known=lambda _: schema_of(DeadLetter)
    )

    found = read_all(raw(encode_framed(letter), encode_framed(replace(letter, offset=1))))

    assert [Reason.UNDECODABLE] * 2 == [each.reason for each in found.aside]


@pytest.mark.parametrize("shape", [Columns, Records])
def test_both_framings_are_read_side_by_side(shape: Any) -> None:
    confluent = b"\0\0\0\0\x07"
    read_all = reader(READINGS_RECEIVED, shape, marker=MARKER, known=lambda _: OURS)

    found = read_all(raw(good(0), confluent + encode(telemetry(1))))

    assert ["e-0", "e-1"] == ids(found)
