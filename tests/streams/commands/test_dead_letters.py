import base64
from dataclasses import replace
from itertools import count
from typing import Any
from uuid import uuid4

import pytest

from connectors.delivery import Parcel
from connectors.message_log import MessageLog
from schemas.codec import encode_framed
from schemas.framing import confluent_header
from schemas.records import DeadLetter
from schemas.topics import READINGS_RECEIVED, READINGS_REJECTED
from streams.sending import send
from streams.settings import Settings


class Post:
    """Writes dead letters of a reason nobody else has."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.reason = f"tested_{uuid4().hex}"
        self._numbers = count()

    def letter(self, **changes: Any) -> DeadLetter:
        number = next(self._numbers)
        letter = DeadLetter(
            topic=READINGS_RECEIVED.name,
            partition=3,
            offset=number,
            step="clean",
            reason=self.reason,
            detail="a\x1b[31mb",
            at=1_780_000_000_000 + number,
            logged_at=1_780_000_000_000,
            key=f"{self.reason}/{number}".encode(),
            value=b"\xc3\x01not avro",
        )
        return replace(letter, **changes)

    def put(self, *letters: DeadLetter) -> None:
        self.put_raw(*map(encode_framed, letters))

    def put_raw(self, *values: bytes) -> None:
        parcels = iter([Parcel(None, value) for value in values])
        send(self.settings.kafka, READINGS_REJECTED.name, parcels, answered=lambda _: None)

    def returned(self) -> set[tuple[bytes | None, bytes | None]]:
        """What is on the origin's topic under one of our keys."""
        mine = self.reason.encode()
        with MessageLog(self.settings.kafka) as log:
            found = log.read(log.span(READINGS_RECEIVED.name))
            return {(each.key, each.value) for each in found if (each.key or b"").startswith(mine)}


@pytest.fixture
def post(stocked: dict[str, str], settings: Settings) -> Post:
    assert stocked
    return Post(settings)


pytestmark = pytest.mark.integration


def test_letters_are_listed_newest_first_and_counted(
    engawa: Any, stocked: dict[str, str], post: Post
) -> None:
    post.put(*(post.letter() for _ in range(5)))
    called = engawa(
        *("dead-letters", "list", "--reason", post.reason, "--limit", "2", "--format", "json"),
        environment=stocked,
    )

    assert called.code == 0
    assert {post.reason: 5} == called.document["by_reason"]
    assert ["readings.received.v1 3:4", "readings.received.v1 3:3"] == [
        row["origin"] for row in called.document["letters"]
    ]


def test_a_table_of_letters_does_not_obey_what_senders_wrote(
    engawa: Any, stocked: dict[str, str], post: Post
) -> None:
    post.put(post.letter())
    called = engawa("dead-letters", "list", "--reason", post.reason, environment=stocked)

    assert r"a\x1b[31mb" in called.out
    assert "\x1b" not in called.out


def test_letters_are_found_by_topic_time_and_place(
    engawa: Any, stocked: dict[str, str], post: Post
) -> None:
    post.put(post.letter(), post.letter(topic="readings.accepted.v1"))

    def listed(*filters: str) -> Any:
        arguments = ("dead-letters", "list", "--reason", post.reason, "--format", "json", *filters)
        return engawa(*arguments, environment=stocked).document["letters"]

    [found] = listed("--topic", "readings.accepted.v1")
    assert 2 == len(listed("--since", "1h"))
    assert [] == listed("--since", "now")
    assert [found] == listed("--offset", found["place"])


def test_one_letter_is_shown_with_its_bytes(
    engawa: Any, stocked: dict[str, str], post: Post
) -> None:
    post.put(post.letter())
    arguments = ("dead-letters", "list", "--reason", post.reason, "--format", "json")
    [found] = engawa(*arguments, environment=stocked).document["letters"]
    text = engawa("dead-letters", "show", found["place"], environment=stocked)
    full = engawa("dead-letters", "show", found["place"], "--format", "json", environment=stocked)

    assert (0, 0) == (text.code, full.code)
    assert "c3 01 6e 6f 74 20 61 76 72 6f" in text.out
    assert b"\xc3\x01not avro" == base64.b64decode(full.document["value_base64"])
    assert "its schema is unknown" == full.document["undecodable"]


@pytest.mark.parametrize(
    ("place", "code"), [("0:999999999", 1), ("77:0", 1), ("12", 2), ("a:b", 2)]
)
def test_a_place_without_a_letter_is_said_to_be_empty(
    engawa: Any, stocked: dict[str, str], place: str, code: int
) -> None:
    assert code == engawa("dead-letters", "show", place, environment=stocked).code


def test_messages_are_put_back_with_their_key_and_bytes(
    engawa: Any, stocked: dict[str, str], post: Post
) -> None:
    letters = [post.letter(), post.letter(value=None), post.letter(value=bytes(900_000))]
    post.put(*letters)
    called = engawa("dead-letters", "resend", "--reason", post.reason, "--yes", environment=stocked)

    assert called.code == 0
    assert {(each.key, each.value) for each in letters} == post.returned()
    assert "3 of 3 sent" in called.err


def test_nothing_is_put_back_by_a_dry_run_or_without_consent(
    engawa: Any, stocked: dict[str, str], post: Post
) -> None:
    post.put(post.letter())
    arguments = ("dead-letters", "resend", "--reason", post.reason)
    dry = engawa(*arguments, "--dry-run", environment=stocked)
    refused = engawa(*arguments, environment=stocked, typed="n\n")

    assert (0, 1) == (dry.code, refused.code)
    assert set() == post.returned()


def test_consent_is_asked_for_and_heard(engawa: Any, stocked: dict[str, str], post: Post) -> None:
    post.put(post.letter())
    called = engawa(
        "dead-letters", "resend", "--reason", post.reason, environment=stocked, typed="y\n"
    )

    assert (0, 1) == (called.code, len(post.returned()))


def test_resending_everything_needs_a_filter(engawa: Any, stocked: dict[str, str]) -> None:
    assert 2 == engawa("dead-letters", "resend", "--yes", environment=stocked).code


def test_a_letter_cannot_send_to_a_topic_that_is_not_ours(
    engawa: Any, stocked: dict[str, str], post: Post
) -> None:
    post.put(post.letter(topic="somebody.elses"), post.letter(topic=READINGS_REJECTED.name))
    called = engawa("dead-letters", "resend", "--reason", post.reason, "--yes", environment=stocked)

    assert called.code == 0
    assert "nothing to send" in called.err


def test_messages_that_are_no_letters_are_counted_and_passed_over(
    engawa: Any, stocked: dict[str, str], post: Post
) -> None:
    post.put_raw(b"junk", confluent_header(7) + b"x", encode_framed(post.letter())[:-2])
    called = engawa("dead-letters", "list", "--since", "1h", environment=stocked)

    assert called.code == 0
    assert "are no dead letters" in called.err
