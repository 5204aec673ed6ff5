from math import isnan

import numpy as np
import pytest

from connectors.faults import Damage, Fault, Faults, damaged, parse
from schemas.codec import UndecodableError, decode, encode_framed
from schemas.framing import header_of
from schemas.records import Reading, Telemetry

RECORD = Telemetry(
    event_id="e-1",
    site="bleiswijk",
    device="air-0001",
    profile="farm.climate",
    at=1_700_000_000_000,
    readings=(
        Reading(resource="temperature", value=21.5, unit="Cel"),
        Reading(resource="co2", value=410.0, unit="ppm"),
    ),
    tags={"place": "outdoor"},
)
GOOD = encode_framed(RECORD)


def damage_done(damage: Damage, seed: int) -> bytes:
    return damaged(RECORD, damage, encode_framed, np.random.default_rng(seed))


def verdict(message: bytes) -> str:
    header = header_of(message)
    if header is None or not GOOD.startswith(header):
        return "unknown"
    try:
        record = decode(message[len(header) :], Telemetry)
    except UndecodableError:
        return "undecodable"
    return "not finite" if isnan(float(record.readings[0].value or 0.0)) else "fine"


def test_nothing_goes_wrong_unless_asked_for() -> None:
    assert {None: 1.0} == {fault: p for fault, p in Faults().onsets().items() if p}


@pytest.mark.parametrize(
    ("shares", "complaint"),
    [
        ({"spike": -0.1}, "spike: -0.1 is no share between 0 and 1"),
        ({"late": 1.5}, "late: 1.5 is no share between 0 and 1"),
        ({"stuck": float("nan")}, "stuck: nan is no share between 0 and 1"),
        ({"late": 0.6, "stuck": 0.6}, "the shares of all faults add up to more than 1"),
        ({"dropout": 1.0}, "dropout: nothing would ever be sent"),
    ],
)
def test_shares_that_make_no_sense_are_named(shares: dict[str, float], complaint: str) -> None:
    with pytest.raises(ValueError, match=r"share|dropout") as caught:
        Faults(**shares)

    assert complaint == str(caught.value)


def test_a_fault_that_lasts_begins_as_many_times_more_rarely() -> None:
    onsets = Faults(stuck=0.12, spike=0.12).onsets()

    assert onsets[Fault.SPIKE] == pytest.approx(12 * onsets[Fault.STUCK])
    assert sum(onsets.values()) == pytest.approx(1.0)


@pytest.mark.parametrize("damage", Damage)
def test_damaged_bytes_are_never_the_good_ones(damage: Damage) -> None:
    assert all(damage_done(damage, seed) != GOOD for seed in range(200))


@pytest.mark.parametrize("damage", Damage)
def test_the_same_seed_does_the_same_damage(damage: Damage) -> None:
    assert damage_done(damage, 7) == damage_done(damage, 7)


@pytest.mark.parametrize(
    ("damage", "verdicts"),
    [
        (Damage.TRUNCATED, {"unknown", "undecodable"}),
        (Damage.EXTENDED, {"undecodable"}),
        (Damage.WRONG_MAGIC, {"unknown"}),
        (Damage.RANDOM_BYTES, {"unknown"}),
        (Damage.INVALID_UTF8, {"undecodable"}),
        (Damage.NOT_A_NUMBER, {"not finite"}),
    ],
)
def test_no_damage_passes_for_a_good_event(damage: Damage, verdicts: set[str]) -> None:
    assert verdicts == {verdict(damage_done(damage, seed)) for seed in range(200)}


def test_faults_are_read_from_text() -> None:
    assert Faults(dropout=0.01, malformed=0.05) == parse("dropout=0.01,malformed=0.05")
    assert Faults() == parse("")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("dropuot=0.1", "'dropuot' is none of dropout, stuck"),
        ("stuck", "stuck: '' is no share"),
        ("stuck=often", "stuck: 'often' is no share"),
        ("stuck=2", r"stuck: 2\.0 is no share"),
        ("stuck=nan", "stuck: nan is no share"),
        ("stuck=0.6,late=0.6", "more than 1"),
    ],
)
def test_faults_that_make_no_sense_are_named(text: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        parse(text)
