"""Which updates of shadows are set aside, and why."""

from math import isfinite

from models.arrivals import EARLIEST_MS
from models.names import NAME_LIMIT, fault
from models.shadows.issue import TEXT_LIMIT
from models.shadows.limits import POSSIBLE_C
from schemas.reasons import Reason
from schemas.shadows import Origin, ShadowUpdate

AHEAD_MS = 5 * 60_000
"""How far any clock may be ahead of the broker's; nothing counts as later than it was logged."""

Refusal = tuple[Reason, str]


def refusal(update: ShadowUpdate, *, logged_at: int) -> Refusal | None:
    """Why an update is set aside, or None."""
    return _form(update) or _time(update, logged_at=logged_at) or _setpoint(update) or _hold(update)


def _form(update: ShadowUpdate) -> Refusal | None:
    for field in ("update_id", "by"):
        text = getattr(update, field)
        if wrong := fault(text, NAME_LIMIT):
            return wrong, f"{field}: {text[:100]!r}"
    if len(update.text) > TEXT_LIMIT:
        return Reason.BAD_REQUEST, f"text: {len(update.text)} characters, {TEXT_LIMIT} at most"
    return None


def _time(update: ShadowUpdate, *, logged_at: int) -> Refusal | None:
    if update.at < EARLIEST_MS:
        return Reason.TIME_TOO_EARLY, f"at: {update.at} ms is before 2000"
    if update.at > logged_at + AHEAD_MS:
        return Reason.TIME_IN_FUTURE, f"at: {update.at} ms, but it came in at {logged_at} ms"
    return None


def _setpoint(update: ShadowUpdate) -> Refusal | None:
    wish_c = update.setpoint_c
    if wish_c is None:
        model = update.origin is Origin.MODEL
        return (Reason.BAD_REQUEST, "setpoint_c: a model wishes something") if model else None
    if not isfinite(wish_c):
        return Reason.NOT_FINITE, f"setpoint_c: {wish_c}"
    low, high = POSSIBLE_C
    if not low <= wish_c <= high:
        return Reason.ABSURD_VALUE, f"setpoint_c: {wish_c:g} °C is not within {low:g} to {high:g}"
    return None


def _hold(update: ShadowUpdate) -> Refusal | None:
    if update.hold_s is None or update.origin is not Origin.PERSON:
        return None
    if not isfinite(update.hold_s):
        return Reason.NOT_FINITE, f"hold_s: {update.hold_s}"
    if update.hold_s <= 0:
        return Reason.BAD_REQUEST, f"hold_s: {update.hold_s:g} s is no time"
    return None
