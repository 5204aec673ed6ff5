"""The two decoders give one verdict: Rust's speed, fastavro's judgement."""

import os
from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.codec import UndecodableError, decode, encode, from_data, schema_of
from schemas.columns import ColumnDecoder, encode_columns, marker
from schemas.reasons import Reason
from schemas.records import Position, Quality, Reading, Telemetry
from schemas.unframe import Bodies

MARKER = marker(Random(7).randbytes)
DECODER = ColumnDecoder(Telemetry, MARKER)


def marked(bodies: list[bytes]) -> Bodies:
    return Bodies([body + MARKER for body in bodies])


names = st.text(max_size=20)
values = st.none() | st.booleans() | st.floats(allow_nan=False) | names
readings = st.builds(
    Reading,
    resource=names,
    value=values,
    unit=st.none() | names,
    quality=st.none() | st.sampled_from(Quality),
)
longs = st.integers(min_value=-(2**63), max_value=2**63 - 1)
floats = st.floats(allow_nan=False)
telemetries = st.builds(
    Telemetry,
    event_id=names,
    site=names,
    device=names,
    profile=names,
    at=longs,
    received_at=st.none() | longs,
    readings=st.lists(readings, max_size=5).map(tuple),
    position=st.none() | st.builds(Position, lat=floats, lon=floats),
    tags=st.dictionaries(names, names, max_size=3),
)


def telemetry(**changes: Any) -> Telemetry:
    fields: dict[str, Any] = {
        "event_id": "e-1",
        "site": "bleiswijk",
        "device": "air-1",
        "profile": "farm.climate",
        "at": 1_700_000_000_000,
        "readings": (
            Reading(resource="temperature", value=21.5, unit="Cel"),
            Reading(resource="door", value=True, quality=Quality.SUSPECT),
            Reading(resource="note", value="naïve — 温度"),
        ),
        "tags": {"firmware": "1.2"},
    }
    return Telemetry(**fields | changes)


def as_records(rows: Any) -> list[Telemetry]:
    plain = rows.to_pylist()
    return [from_data({**row, "tags": dict(row["tags"])}, Telemetry) for row in plain]


@given(st.lists(telemetries, max_size=20))
@settings(max_examples=60, deadline=None)
def test_columns_hold_what_was_written_and_encode_to_the_same_bytes(
    written: list[Telemetry],
) -> None:
    bodies = [encode(record) for record in written]

    decoded = DECODER.decode(marked(bodies))

    assert written == as_records(decoded.rows)
    assert [] == decoded.aside
    assert written == [decode(body, Telemetry) for body in encode_columns(decoded.rows, Telemetry)]


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda body: body + b"\0", Reason.TRAILING_BYTES),
        (lambda body: body + MARKER[:4], Reason.TRAILING_BYTES),
        (lambda body: body[:-1], Reason.UNDECODABLE),
        (lambda _: b"", Reason.UNDECODABLE),
        (lambda _: b"\x02\xff" + b"\0" * 30, Reason.UNDECODABLE),
        (lambda _: b"\xfe\xff\xff\xff\xff\xff\xff\xff\xff\x01", Reason.UNDECODABLE),
    ],
    ids=["one byte more", "part of the marker more", "one less", "empty", "bad UTF-8", "huge"],
)
@pytest.mark.parametrize("place", [0, 1, 499, 999])
def test_one_bad_body_among_a_thousand_is_found_and_set_aside(
    spoil: Callable[[bytes], bytes], reason: Reason, place: int
) -> None:
    good = encode(telemetry())
    bodies = [good] * 1000
    bodies[place] = spoil(good)

    decoded = DECODER.decode(marked(bodies))

    assert [(place, reason)] == [(aside.row, aside.reason) for aside in decoded.aside]
    assert [row for row in range(1000) if row != place] == decoded.kept
    assert 999 == decoded.rows.num_rows


def mutated(body: bytes, rng: Random) -> bytes:
    """Flip, cut, insert or repeat a few bytes."""
    bytes_ = bytearray(body)
    for _ in range(rng.randint(1, 3)):
        at = rng.randrange(len(bytes_) + 1)
        match rng.randrange(4):
            case 0 if at < len(bytes_):
                bytes_[at] = rng.randrange(256)
            case 1:
                del bytes_[at : at + rng.randint(1, 4)]
            case 2:
                bytes_[at:at] = rng.randbytes(rng.randint(1, 4))
            case _:
                bytes_[at:at] = bytes_[at : at + rng.randint(1, 8)]
    return bytes(bytes_)


@pytest.mark.parametrize("seed", range(4))
def test_both_decoders_give_the_same_verdict_on_mutated_bytes(seed: int) -> None:
    rng = Random(seed)
    good = [encode(telemetry(event_id=f"e-{i}", at=rng.getrandbits(40))) for i in range(50)]
    bodies = [mutated(rng.choice(good), rng) for _ in range(2000)]
    accepted: dict[int, str] = {}
    for index, body in enumerate(bodies):
        try:
            accepted[index] = repr(decode(body, Telemetry))
        except UndecodableError:
            continue

    decoded = DECODER.decode(marked(bodies))

    assert list(accepted) == decoded.kept
    assert list(accepted.values()) == [repr(record) for record in as_records(decoded.rows)]
    assert len(bodies) == len(accepted) + len(decoded.aside)
    assert 20 < len(accepted) < 1980


def test_a_marker_never_repeats_its_first_byte() -> None:
    assert all(drawn[0] not in drawn[1:] for drawn in (marker(os.urandom) for _ in range(200)))


def test_the_contract_has_the_header_the_specification_asks_for() -> None:
    assert schema_of(Telemetry).header.startswith(b"\xc3\x01")
    assert 10 == len(schema_of(Telemetry).header)
