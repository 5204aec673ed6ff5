import json
from dataclasses import replace
from typing import Any

import pytest

from connectors.dead_letters import Found, Wanted
from schemas.codec import Schema, encode_framed, schema_of
from schemas.records import DeadLetter, Reading, Telemetry
from schemas.topics import READINGS_RECEIVED
from streams.letters import content, described, document, finite, hex_dump, line

EVENT = Telemetry(
    event_id="e",
    site="house",
    device="room-1",
    profile="room.climate",
    at=1_780_000_000_000,
    readings=(Reading(resource="temperature", value=float("nan"), unit="Cel"),),
    tags={},
)
LETTER = DeadLetter(
    topic="readings.received.v1",
    partition=2,
    offset=17,
    step="clean",
    reason="not_finite",
    detail="'temperature' is no finite number",
    at=1_780_000_000_500,
    logged_at=1_780_000_000_100,
    key=b"house/room-1",
    value=encode_framed(EVENT),
)
FOUND = Found("readings.rejected.v1", 0, 5, LETTER)


def known(header: bytes) -> Schema | None:
    return schema_of(Telemetry) if header == schema_of(Telemetry).header else None


def test_a_line_says_why_where_from_and_how_large() -> None:
    assert {
        "place": "0:5",
        "at": "2026-05-28T20:26:40.500Z",
        "reason": "not_finite",
        "detail": "'temperature' is no finite number",
        "origin": "readings.received.v1 2:17",
        "step": "clean",
        "key": "house/room-1",
        "size_bytes": len(LETTER.value or b""),
    } == line(FOUND)


def test_a_line_shows_keys_that_are_no_text_and_letters_without_bytes() -> None:
    odd = line(replace(FOUND, letter=replace(LETTER, key=b"\xff\x00a", value=None)))
    none = line(replace(FOUND, letter=replace(LETTER, key=None)))

    assert (r"\xff" + "\x00a", 0, None) == (odd["key"], odd["size_bytes"], none["key"])


@pytest.mark.parametrize(
    ("value", "trouble"),
    [
        (None, "no bytes"),
        (b"", "no bytes"),
        (b"hello", "neither of the two framings"),
        (b"\x00\x00\x00\x00\x07abc", "its schema is unknown"),
        (encode_framed(EVENT)[:-3], "EOFError"),
        (encode_framed(EVENT) + b"x", "1 bytes after the record"),
    ],
)
def test_bytes_that_say_nothing_are_explained(value: bytes | None, trouble: str) -> None:
    said, why = content(value, READINGS_RECEIVED, known)

    assert said is None
    assert trouble in (why or "")


def test_bytes_of_a_topic_of_others_are_not_read() -> None:
    assert (None, "the topic is not in the catalogue") == content(b"x", None, known)


def test_bytes_that_decode_say_their_event() -> None:
    said, trouble = content(LETTER.value, READINGS_RECEIVED, known)

    assert trouble is None
    assert "room-1" == said["device"]


def test_a_document_is_json_though_a_reading_is_no_number() -> None:
    said, trouble = content(LETTER.value, READINGS_RECEIVED, known)
    written = json.loads(json.dumps(document(FOUND, said, trouble), allow_nan=False))

    assert "nan" == written["content"]["readings"][0]["value"]
    assert "aG91c2Uvcm9vbS0x" == written["key_base64"]


def test_a_letter_is_described_with_its_bytes_and_what_they_say() -> None:
    said, trouble = content(LETTER.value, READINGS_RECEIVED, known)
    text = described(FOUND, said, trouble)

    for part in ("reason:     not_finite", "00000000  c3 01 ", '"device": "room-1"'):
        assert part in text


def test_a_long_letter_is_cut_and_a_bad_one_explained() -> None:
    text = described(replace(FOUND, letter=replace(LETTER, value=bytes(3000))), None, "a\x1b[2J")

    assert "… and 1,976 bytes more" in text
    assert r"undecodable: a\x1b[2J" in text


def test_hex_has_offset_bytes_and_plain_text() -> None:
    first, second = hex_dump(b"engawa\x00\xff\x1b~0123456789")

    assert first == "00000000  65 6e 67 61 77 61 00 ff 1b 7e 30 31 32 33 34 35  engawa...~012345"
    assert second == "00000010  36 37 38 39" + " " * 36 + "  6789"


@pytest.mark.parametrize(
    ("data", "made"),
    [(float("inf"), "inf"), ({"a": [float("nan"), 1.5]}, {"a": ["nan", 1.5]}), ("x", "x")],
)
def test_what_json_cannot_say_becomes_a_word(data: Any, made: Any) -> None:
    assert made == finite(data)


def test_letters_are_wanted_by_topic_and_reason() -> None:
    assert Wanted()(LETTER)
    assert Wanted(topic="readings.received.v1", reason="not_finite")(LETTER)
    assert not Wanted(topic="readings.accepted.v1")(LETTER)
    assert not Wanted(reason="duplicate")(LETTER)
