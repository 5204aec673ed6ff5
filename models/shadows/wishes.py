"""What each kind of update does to a shadow, and which come too late to do anything."""

from dataclasses import replace

from models.shadows.alarm import cleared
from models.shadows.fold import now_of, released
from models.shadows.issue import Step, commanded
from models.shadows.panel import held, turned
from models.shadows.refusals import AHEAD_MS, Refusal
from models.shadows.reports import reported
from models.shadows.shadow import Shadow, Wish
from models.shadows.terms import Terms
from schemas.reasons import Reason
from schemas.shadows import Origin, ShadowUpdate


def event_time(shadow: Shadow, update: ShadowUpdate, *, logged_at: int) -> int:
    """When an update happened, in the device's event time; never later than it was logged.

    People live in the broker's time. Where that and the room's are further apart than
    ``AHEAD_MS``, as in a replay of the past, theirs is moved by what lies between.
    """
    at = min(update.at, logged_at)
    behind = shadow.heard_logged_at - shadow.heard_at
    return at - behind if update.origin is Origin.PERSON and behind > AHEAD_MS else at


def heard(shadow: Shadow, update: ShadowUpdate, *, at: int, logged_at: int) -> Shadow:
    """The shadow with the time that an update tells; people's do not tell a room's time."""
    if update.origin is Origin.PERSON or at < shadow.heard_at:
        return shadow
    return replace(shadow, heard_at=at, heard_logged_at=logged_at)


def came_before(shadow: Shadow, update: ShadowUpdate) -> bool:
    """Whether an update is a wish that is not newer than the newest of its origin."""
    newest = {Origin.MODEL: shadow.model_at, Origin.PERSON: shadow.person_at}
    return update.at <= newest.get(update.origin, 0)


def late(shadow: Shadow, update: ShadowUpdate, terms: Terms, *, at: int) -> Refusal | None:
    """Why a wish is over before it came in, or None. Reports and releases never are."""
    if update.origin is Origin.DEVICE or update.setpoint_c is None:
        return None
    model = update.origin is Origin.MODEL
    lasts_ms = terms.ttl_ms if model else terms.held_ms(update.hold_s)
    if now_of(shadow, at) < at + lasts_ms:
        return None
    return Reason.LATE_REQUEST, f"at: {update.at} ms, and it holds for {lasts_ms} ms"


def taken(shadow: Shadow, update: ShadowUpdate, terms: Terms, *, at: int) -> Step:
    """Take in an update that is neither refused nor late, once what was due before is done."""
    now = now_of(shadow, at)
    if update.origin is Origin.DEVICE:
        take = held if turned(shadow, update, terms, at=at, now=now) else reported
        return take(shadow, update, terms, at=at, now=now)
    if update.origin is Origin.MODEL:
        shadow = replace(shadow, model=_wish(update, at), model_at=update.at)
        return commanded(shadow, terms, now, update_id=update.update_id)
    shadow = replace(shadow, person_at=update.at)
    if update.setpoint_c is None:
        return _let_go(shadow, update, terms, now)
    until = at + terms.held_ms(update.hold_s)
    shadow = replace(shadow, person=_wish(update, at), manual_until=until)
    return commanded(shadow, terms, now, update_id=update.update_id, anew=True)


def _let_go(shadow: Shadow, update: ShadowUpdate, terms: Terms, now: int) -> Step:
    text = f"{update.by} released it"
    shadow, alarms = cleared(shadow, at=now, text=text)
    shadow = replace(shadow, waiting_since=None)
    shadow, told = released(shadow, terms, now, text=text, update_id=update.update_id)
    return shadow, [*alarms, *told]


def _wish(update: ShadowUpdate, at: int) -> Wish:
    assert update.setpoint_c is not None
    return Wish(
        origin=update.origin,
        by=update.by,
        setpoint_c=update.setpoint_c,
        at=at,
        text=update.text,
    )
