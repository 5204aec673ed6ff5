"""A setpoint turned at the device's own panel: a person's wish, as if it had been asked for.

A report tells of one only if nothing else explains it. The device had acknowledged the command
that stands, and the report before said so, too; this one is newer and names no older version; and
no command overtaken before it was answered can still be on its way. A device that names a version
in every report and no longer does has started anew: nobody turned that.

Nothing is sent for what the device is set to already, so nobody is turned back while still
turning, and no echo of a command is taken for the next person. Beyond the room's limits the
nearest that is allowed is sent at once.
"""

from dataclasses import replace

from models.shadows.issue import Step, adopted, commanded, off, token
from models.shadows.limits import standing, within
from models.shadows.shadow import Shadow, Wish
from models.shadows.terms import Terms
from schemas.shadows import CommandState, Origin, ShadowUpdate

BY = "at the device"
"""Whose wish it is: panels do not say who stands before them."""


def turned(shadow: Shadow, update: ShadowUpdate, terms: Terms, *, at: int, now: int) -> bool:
    """Whether a report, not yet taken in, says that somebody turned the setpoint."""
    command = standing(shadow, act=terms.act)
    if command is None or command.state is not CommandState.ACKNOWLEDGED:
        return False
    if update.refused or update.setpoint_c is None or update.at <= shadow.reported_at:
        return False
    if at < shadow.in_doubt_until or at + terms.hold_ms <= now:
        return False
    after = replace(shadow, reported_c=update.setpoint_c)
    followed = not off(shadow, terms, command.desired_c)
    moved = off(shadow, terms, update.setpoint_c) and off(after, terms, command.desired_c)
    return followed and moved and _is_current(shadow, update)


def held(shadow: Shadow, update: ShadowUpdate, terms: Terms, *, at: int, now: int) -> Step:
    """Let what was turned go first from ``at`` on, for as long as a person's wish does."""
    assert update.setpoint_c is not None
    wish = Wish(origin=Origin.PERSON, by=BY, setpoint_c=update.setpoint_c, at=at, text=update.text)
    shadow = replace(
        shadow,
        reported_at=update.at,
        reported_c=update.setpoint_c,
        person=wish,
        manual_until=at + terms.hold_ms,
    )
    if off(shadow, terms, within(terms.limits, wish.setpoint_c)):
        return commanded(shadow, terms, now, update_id=update.update_id, anew=True)
    return adopted(shadow, wish, terms, now, update_id=update.update_id)


def _is_current(shadow: Shadow, update: ShadowUpdate) -> bool:
    """Whether a report names the version that the device answered last, or never names any."""
    named = update.version, update.client_token
    if named == (None, None):
        return not shadow.repeats_version
    return named == (shadow.answered, token(shadow.site, shadow.device, shadow.answered))
