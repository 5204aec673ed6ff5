"""Outboxes as bytes, and as the producer takes them."""

import pytest

from connectors.outgoing import Outgoing
from schemas.codec import UndecodableError
from streams.outbox import Said, batches, outbox, packed, unpacked

WORDS = (
    Said(topic="visits", key="a", value=b"1"),
    Said(topic="visits", key="b", value=b"2"),
    Said(topic="notifications", key="c", value=b"3", partition=7),
)


def test_messages_are_what_they_were_in_their_order() -> None:
    sent: dict[str, list[Outgoing]] = {
        "visits": [{"key": "a", "value": b"1"}, {"key": "b", "value": b"2"}],
        "notifications": [{"key": "c", "value": b"3", "partition": 7}],
    }

    assert WORDS == outbox(sent)
    assert sent == batches(WORDS)
    assert () == outbox({"visits": []})


@pytest.mark.parametrize("state", [b"", b"state", bytes(range(256)) * 10_000])
def test_state_and_outbox_come_back(state: bytes) -> None:
    assert (state, WORDS) == unpacked(packed(state, WORDS))


@pytest.mark.parametrize("state", [b"", b"{}", b"\xc3\x01", bytes(100)])
def test_a_state_alone_stays_as_it_was_before_there_were_outboxes(state: bytes) -> None:
    assert state == packed(state, ())
    assert (state, ()) == unpacked(state)


def test_one_cut_short_is_no_state() -> None:
    with pytest.raises(UndecodableError):
        unpacked(packed(b"state", WORDS)[:-1])


def test_bytes_are_as_they_lie_in_kafka_where_the_next_release_has_to_read_them() -> None:
    said = Said(topic="t", key="k", value=b"v", partition=1)
    kept = bytes.fromhex("c301 e4f54f12ff832890 02 0274 026b 0276 0202 00 0273")

    assert kept == packed(b"s", (said,))
    assert (b"s", (said,)) == unpacked(kept)
