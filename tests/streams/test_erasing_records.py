"""Messages that say something of what is to be erased, and where their pictures are."""

from typing import Any

import pytest

from connectors.frame_store import object_key
from models.crowd.concerns import Concerns
from schemas.codec import encode_framed
from schemas.erasures import Erasure
from schemas.frames import FrameKept
from schemas.records import DeadLetter
from schemas.topic import Topic
from schemas.topics import (
    CROWD_COUNTED,
    CROWD_REJECTED,
    FRAMES_ANALYSED,
    FRAMES_CAPTURED,
    FRAMES_KEPT,
    FRAMES_REJECTED,
    READINGS_RECEIVED,
    VISITS_ENDED,
    VISITS_REJECTED,
)
from streams.erasing_records import Messages
from tests.connectors.crowd_records import visit, window
from tests.models.camera_frames import frame as captured
from tests.models.crowd_frames import NINE, frame

DOOR = captured(site="hall", camera="door", at=NINE)
TILL = captured(site="hall", camera="till", at=NINE)
SEEN = frame(NINE, site="hall", camera="door")
KEPT = FrameKept(frame_id="f-9", site="hall", camera="door", at=NINE, blurred=1, image=b"jpeg")
VISIT = visit(NINE, site="hall", camera="door")
WINDOW = window(NINE, site="hall", camera="door")


def door() -> Messages:
    asked = Erasure(erasure_id="e", site="hall", at=NINE, by="me", camera="door")
    return Messages(Concerns(asked), lambda _: None)


def letter(topic: Topic[Any], value: bytes | None) -> bytes:
    """A message of a topic as it was set aside."""
    return encode_framed(
        DeadLetter(
            topic=topic.name,
            partition=0,
            offset=7,
            step="detect",
            reason="image_broken",
            detail="",
            at=NINE,
            logged_at=NINE,
            key=b"hall/door",
            value=value,
        )
    )


@pytest.mark.parametrize(
    ("topic", "aside", "record"),
    [
        (FRAMES_CAPTURED, FRAMES_REJECTED, DOOR),
        (FRAMES_ANALYSED, FRAMES_REJECTED, SEEN),
        (FRAMES_KEPT, FRAMES_REJECTED, KEPT),
        (CROWD_COUNTED, CROWD_REJECTED, WINDOW),
        (VISITS_ENDED, VISITS_REJECTED, VISIT),
    ],
)
def test_a_message_goes_also_when_it_was_set_aside(
    topic: Topic[Any], aside: Topic[Any], record: Any
) -> None:
    value = encode_framed(record)

    assert door().of(topic)(value)
    assert door().of(aside)(letter(topic, value))
    assert not door().of(aside)(letter(READINGS_RECEIVED, value))


def test_what_others_said_and_what_cannot_be_read_stays() -> None:
    messages = door()

    for value in (encode_framed(TILL), encode_framed(DOOR)[:-1], b"", b"?", None):
        assert not messages.of(FRAMES_CAPTURED)(value)
        assert not messages.of(FRAMES_REJECTED)(letter(FRAMES_CAPTURED, value))
        assert not messages.of(FRAMES_REJECTED)(value)
    assert set() == messages.keys


@pytest.mark.parametrize(
    ("topic", "frame"), [(FRAMES_CAPTURED, DOOR), (FRAMES_ANALYSED, SEEN), (FRAMES_KEPT, KEPT)]
)
def test_it_notes_where_the_pictures_of_frames_are(topic: Topic[Any], frame: Any) -> None:
    plain, aside = door(), door()
    plain.of(topic)(encode_framed(frame))
    aside.of(FRAMES_REJECTED)(letter(topic, encode_framed(frame)))

    assert {object_key(frame)} == plain.keys == aside.keys


def test_a_frame_whose_names_lead_nowhere_has_no_picture() -> None:
    messages = door()
    nameless = captured(site="hall", camera="door", at=NINE, frame_id="")

    assert messages.of(FRAMES_CAPTURED)(encode_framed(nameless))
    assert set() == messages.keys
