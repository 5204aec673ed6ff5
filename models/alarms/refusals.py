"""Which requests for alarms are set aside, and why."""

import math

from models.alarms.key import KEY_CHARACTERS, parts
from models.alarms.state import AlarmState
from models.arrivals import EARLIEST_MS
from models.names import NAME_LIMIT, fault
from schemas.alarms import Action, AlarmRequest, Judgement
from schemas.reasons import Reason

TEXT_LIMIT = 500
"""Longest comment, in characters."""

AHEAD_MS = 5 * 60_000
"""How far a person's clock may be ahead of the broker's."""

SHELVING_MS = 30 * 86_400_000
"""Longest shelving: what is longer is forgotten by those who asked for it; disable instead."""

Refusal = tuple[Reason, str]


def refusal(request: AlarmRequest, state: AlarmState | None, *, logged_at: int) -> Refusal | None:
    """Why a request is set aside, or None. ``state`` is the alarm's, if it is known."""
    return _form(request) or (
        _judgement(request)
        if request.action is Action.JUDGE
        else _person(request, state, logged_at=logged_at)
    )


def _form(request: AlarmRequest) -> Refusal | None:
    try:
        parts(request.alarm)
    except ValueError as error:
        return Reason.BAD_REQUEST, f"alarm: {error}"
    # a judgement's id is made of the key
    id_limit = NAME_LIMIT if request.judgement is None else KEY_CHARACTERS + NAME_LIMIT
    for field, limit in (("alarm", KEY_CHARACTERS), ("request_id", id_limit), ("by", NAME_LIMIT)):
        text = getattr(request, field)
        if wrong := fault(text, limit):
            return wrong, f"{field}: {text[:100]!r}"
    if request.text is not None and len(request.text) > TEXT_LIMIT:
        return Reason.BAD_REQUEST, f"text: {len(request.text)} characters, {TEXT_LIMIT} at most"
    if request.at < EARLIEST_MS:
        return Reason.TIME_TOO_EARLY, f"at: {request.at} ms is before 2000"
    if (request.action is Action.JUDGE) != (request.judgement is not None):
        return Reason.BAD_REQUEST, f"judgement: not as {request.action} asks for"
    return None


def _judgement(request: AlarmRequest) -> Refusal | None:
    found: Judgement | None = request.judgement
    assert found is not None
    if found.number < 1:
        return Reason.BAD_REQUEST, f"judgement.number: {found.number} is below 1"
    for field in ("value", "threshold"):
        number = getattr(found, field)
        if number is not None and not math.isfinite(number):
            return Reason.NOT_FINITE, f"judgement.{field}: {number}"
    for field in ("profile", "unit"):
        if wrong := fault(getattr(found, field) or "", NAME_LIMIT, shortest=0):
            return wrong, f"judgement.{field}: {getattr(found, field)[:100]!r}"
    return None


def _person(request: AlarmRequest, state: AlarmState | None, *, logged_at: int) -> Refusal | None:
    if state is None or state.live is None:
        return Reason.UNKNOWN_ALARM, f"alarm: {request.alarm} has never opened"
    if request.at > logged_at + AHEAD_MS:
        return Reason.TIME_IN_FUTURE, f"at: {request.at} ms, but it came in at {logged_at} ms"
    match request.action:
        case Action.ACKNOWLEDGE if request.at < state.seen_since:
            raised_at = state.live.raised_at
            return Reason.LATE_REQUEST, f"at: {request.at} ms, but it was raised at {raised_at} ms"
        case Action.SHELVE:
            return _shelving(request.until, logged_at=logged_at)
        case Action.COMMENT if not (request.text or "").strip():
            return Reason.BAD_REQUEST, "text: a comment says something"
    return None


def _shelving(until: int | None, *, logged_at: int) -> Refusal | None:
    if until is None:
        return Reason.BAD_REQUEST, "until: a shelving has an end"
    if until <= logged_at:
        return Reason.LATE_REQUEST, f"until: {until} ms, but it came in at {logged_at} ms"
    if until > logged_at + SHELVING_MS:
        return Reason.BAD_REQUEST, f"until: {until} ms is more than 30 days ahead"
    return None
