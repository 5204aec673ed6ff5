from typing import Any

import pytest

from models.arrivals import arrivals
from models.refusals import refusals
from models.rules import Rules
from schemas.reasons import DETAIL_LIMIT, Reason
from schemas.records import Position, Reading, Telemetry
from tests.models.telemetry import DAY, NOW, PROFILES, Logged, batch, event, said

YEAR_2000 = 946_684_800_000

NAN, INFINITY = float("nan"), float("inf")

REFUSED: list[tuple[Reason, dict[str, Any]]] = [
    (Reason.EMPTY_NAME, {"event_id": ""}),
    (Reason.EMPTY_NAME, {"site": ""}),
    (Reason.EMPTY_NAME, {"device": ""}),
    (Reason.EMPTY_NAME, {"profile": ""}),
    (Reason.EMPTY_NAME, {"tags": {"": "x"}}),
    (Reason.NAME_TOO_LONG, {"event_id": "x" * 129}),
    (Reason.NAME_TOO_LONG, {"site": "é" * 129}),
    (Reason.NAME_TOO_LONG, {"device": "x" * 129}),
    (Reason.NAME_TOO_LONG, {"profile": "x" * 129}),
    (Reason.NAME_TOO_LONG, {"tags": {"x" * 257: "x"}}),
    (Reason.NAME_TOO_LONG, {"tags": {"x": "x" * 257}}),
    (Reason.NAME_TOO_LONG, {"readings": (said("x" * 1025, "note"),)}),
    (Reason.CONTROL_CHARACTER, {"event_id": "a\nb"}),
    (Reason.CONTROL_CHARACTER, {"site": "a\x00"}),
    (Reason.CONTROL_CHARACTER, {"device": "a\x7f"}),
    (Reason.CONTROL_CHARACTER, {"device": "a\x85"}),
    (Reason.CONTROL_CHARACTER, {"profile": "a\x1b[31m"}),
    (Reason.CONTROL_CHARACTER, {"tags": {"a\r": "x"}}),
    (Reason.CONTROL_CHARACTER, {"tags": {"x": "a\t"}}),
    (Reason.NO_READINGS, {"readings": ()}),
    (Reason.TOO_MANY_READINGS, {"readings": (said(1.0),) * 65}),
    (Reason.TOO_MANY_TAGS, {"tags": {str(n): "" for n in range(33)}}),
    (Reason.REPEATED_RESOURCE, {"readings": (said(1.0), said(None))}),
    (Reason.NOT_FINITE, {"readings": (said(NAN),)}),
    (Reason.NOT_FINITE, {"readings": (said(-INFINITY, "count"),)}),
    (Reason.NOT_FINITE, {"readings": (said(1e308, "pressure", unit="kPa"),)}),
    (Reason.TIME_TOO_EARLY, {"at": YEAR_2000 - 1}),
    (Reason.TIME_TOO_EARLY, {"at": -(2**63)}),
    (Reason.TIME_IN_FUTURE, {"at": NOW + DAY + 1}),
    (Reason.TIME_IN_FUTURE, {"at": 2**63 - 1}),
    (Reason.UNKNOWN_PROFILE, {"profile": "unheard.of"}),
    (Reason.UNKNOWN_RESOURCE, {"readings": (said(1.0, "wind"),)}),
    (Reason.UNKNOWN_RESOURCE, {"profile": "cold.room", "readings": (said(1.0, "pressure"),)}),
    (Reason.UNKNOWN_UNIT, {"readings": (said(1.0, unit="furlong"),)}),
    (Reason.UNKNOWN_UNIT, {"readings": (said(1.0, unit="%"),)}),
    (Reason.UNKNOWN_UNIT, {"readings": (said(1.0, "count", unit="Cel"),)}),
    (Reason.WRONG_TYPE, {"readings": (said("20"),)}),
    (Reason.WRONG_TYPE, {"readings": (said(1.0, "door"),)}),
    (Reason.WRONG_TYPE, {"readings": (Reading(resource="note", value=True),)}),
    (Reason.BAD_POSITION, {"position": Position(lat=90.1, lon=0.0)}),
    (Reason.BAD_POSITION, {"position": Position(lat=0.0, lon=-180.1)}),
    (Reason.BAD_POSITION, {"position": Position(lat=NAN, lon=0.0)}),
]

LEGAL: list[dict[str, Any]] = [
    {"event_id": "x" * 128, "site": "é" * 128, "device": "💧" * 128},
    {"tags": {"k" * 256: "é" * 256, "empty": ""}},
    {"tags": {str(n): "" for n in range(32)}},
    {"tags": {}},
    {"site": " ", "device": "a,b=c/../d'\"\\", "event_id": "\u2028²"},
    {"readings": (said("x" * 1024, "note"), said(None), said(None, "door"))},
    {"at": YEAR_2000},
    {"at": NOW + DAY},
    {"position": Position(lat=-90.0, lon=180.0)},
]


def reasons(*events: Telemetry, logged_at: int = NOW) -> dict[int, Reason]:
    rules = Rules(PROFILES)
    entries = [Logged(each, offset, logged_at) for offset, each in enumerate(events)]
    refused = refusals(arrivals(batch(entries), rules, skew_ms=0), rules)
    for row, aside in refused.items():
        assert row == aside.row
        assert 0 < len(aside.detail) <= DETAIL_LIMIT
        assert aside.detail.isprintable()
    return {row: aside.reason for row, aside in refused.items()}


@pytest.mark.parametrize(("reason", "changes"), REFUSED)
def test_an_event_that_breaks_the_contract_is_refused(
    reason: Reason, changes: dict[str, Any]
) -> None:
    assert {1: reason} == reasons(event(0), event(1, **changes), event(2))


@pytest.mark.parametrize("changes", LEGAL)
def test_the_bounds_themselves_are_legal(changes: dict[str, Any]) -> None:
    assert {} == reasons(event(0, **changes))


def test_each_event_of_a_mixed_batch_gets_its_own_reason() -> None:
    events = [event(n, **changes) for n, (_, changes) in enumerate(REFUSED)]
    assert {n: reason for n, (reason, _) in enumerate(REFUSED)} == reasons(*events)


def test_as_many_readings_as_allowed_are_not_too_many() -> None:
    # sixty-four of one resource are repeated, but not too many
    assert {0: Reason.REPEATED_RESOURCE} == reasons(event(0, *[1.0] * 64))


def test_a_broker_without_a_clock_refuses_rather_than_guesses() -> None:
    assert {0: Reason.TIME_IN_FUTURE} == reasons(event(0), logged_at=-1)


def test_a_broker_far_in_the_future_does_not_let_such_events_in() -> None:
    assert {0: Reason.TIME_IN_FUTURE} == reasons(event(0, at=2**62), logged_at=2**63 - 1)


def test_a_detail_shows_hostile_text_harmlessly() -> None:
    rules = Rules(PROFILES)
    hostile = event(0, said("x" * 5000 + "\n", "temperature\n\x1b"))
    refused = refusals(arrivals(batch([Logged(hostile, 0, NOW)]), rules, skew_ms=0), rules)
    assert "'temperature\\n\\x1b' is not in the profile" == refused[0].detail
