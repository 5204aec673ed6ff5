"""The life of one shadow as time passes: holds end, commands expire, and nobody answering is said.

All times are the device's event time. A person's wish goes before the model's until its hold ends;
meanwhile the model's newest is remembered, and commanded then if it is not too old.

A command is PROPOSED where the site does not act, and that is all. Elsewhere it is SENT, until it
is ACKNOWLEDGED or REFUSED by the device, SUPERSEDED by the next version, or EXPIRED. Expired and
refused ones raise an alarm, as does a row of versions of which none was acknowledged for as long.
"""

from dataclasses import replace

from models.shadows.alarm import raised
from models.shadows.issue import Step, Told, commanded, recorded
from models.shadows.shadow import Shadow
from models.shadows.terms import Terms
from schemas.shadows import CommandState


def now_of(shadow: Shadow, at: int) -> int:
    """The time at which something that happened at ``at`` counts: a shadow's time never falls."""
    return max(at, shadow.heard_at, shadow.command.at if shadow.command else 0)


def due(shadow: Shadow, terms: Terms) -> int | None:
    """When something is due that nobody has to ask for; None if nothing is."""
    command = shadow.command
    times = [] if shadow.manual_until is None else [shadow.manual_until]
    if command and command.state is CommandState.SENT:
        times.append(command.expires_at)
        if shadow.waiting_since is not None and not shadow.alarmed:
            times.append(shadow.waiting_since + terms.ttl_ms)
    return min(times, default=None)


def passed(shadow: Shadow, terms: Terms, now: int) -> Step:
    """What has become due by ``now``, each thing at its time."""
    told: list[Told] = []
    while (at := due(shadow, terms)) is not None and at <= now:
        if shadow.manual_until == at:
            shadow, more = released(shadow, terms, at, text="the hold is over")
        elif shadow.command and shadow.command.expires_at <= at:
            shadow, more = _expired(shadow, terms, at)
        else:
            shadow, more = _unanswered(shadow, terms, at)
        told += more
    return shadow, told


def released(shadow: Shadow, terms: Terms, at: int, *, text: str, update_id: str = "") -> Step:
    """Give the model its way again, and command what it wanted last if that still holds."""
    held = shadow.person is not None
    shadow = replace(shadow, person=None, manual_until=None)
    shadow, told = commanded(shadow, terms, at, update_id=update_id, text=text)
    if held and not told and shadow.command:
        return recorded(shadow, at=at, manual_until=None, update_id=update_id, text=text)
    return shadow, told


def _expired(shadow: Shadow, terms: Terms, at: int) -> Step:
    text = f"not acknowledged within {terms.ttl_ms / 1000:g} s"
    shadow, told = recorded(shadow, at=at, state=CommandState.EXPIRED, update_id="", text=text)
    shadow, alarms = _unanswered(shadow, terms, at)
    return shadow, [*told, *alarms]


def _unanswered(shadow: Shadow, terms: Terms, at: int) -> Step:
    """The alarm that nothing has been acknowledged for too long; none where nothing is sent."""
    if not terms.act:
        return replace(shadow, waiting_since=None), []
    text = f"no command acknowledged for {terms.ttl_ms / 1000:g} s"
    shadow, alarms = raised(shadow, at=at, text=text)
    return shadow, [*alarms]
