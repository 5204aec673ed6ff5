"""Commanding what goes first: a wish within its limits, as a version of its own or anew.

It is a new version if it is another setpoint than the one that stands, or the first since the
site acts or has ceased to. If it is the same, that goes out again under its version where it has
not been followed by the time it expired.
"""

from dataclasses import replace
from typing import Any
from uuid import UUID, uuid5

from models.shadows.alarm import cleared
from models.shadows.limits import allowed, lower_after, standing, within
from models.shadows.shadow import Shadow, Wish
from models.shadows.terms import Terms
from schemas.alarms import AlarmRequest
from schemas.shadows import CommandState, DeviceCommand, Origin

NAMESPACE = UUID("c1f3f2a8-6a0b-5f0e-9d43-58b1f1c7a2de")
"""Of the tokens of commands. Never to be changed: the same command keeps the same token."""

TEXT_LIMIT = 500
"""Longest text, in characters."""

UNANSWERED = (CommandState.SENT, CommandState.EXPIRED)

Told = DeviceCommand | AlarmRequest

Step = tuple[Shadow, list[Told]]
"""The shadow afterwards, and what is to be told of the way there."""


def token(site: str, device: str, version: int) -> str:
    """The client token of a command: UUID version 5 of site, device and version."""
    return str(uuid5(NAMESPACE, f"{len(site)}:{site}/{device}#{version}"))


def off(shadow: Shadow, terms: Terms, setpoint_c: float | None) -> bool:
    """Whether a setpoint is another one than that reported, by more than half a step."""
    if setpoint_c is None or shadow.reported_c is None:
        return setpoint_c is not shadow.reported_c
    return abs(setpoint_c - shadow.reported_c) > terms.limits.step_c / 2


def recorded(shadow: Shadow, **fields: Any) -> Step:
    """The standing command with these fields, and with what is reported by now."""
    command, reported_c = shadow.command, shadow.reported_c
    assert command is not None
    delta_c = None if reported_c is None else round(command.desired_c - reported_c, 6)
    made = replace(command, reported_c=reported_c, delta_c=delta_c, **fields)
    return replace(shadow, command=made), [made]


def commanded(
    shadow: Shadow, terms: Terms, at: int, *, update_id: str, text: str = "", anew: bool = False
) -> Step:
    """Command what goes first, unless it stands. ``anew``: send it again unless it is followed."""
    wish = shadow.person or shadow.model
    if wish is None or (wish is shadow.model and wish.at + terms.ttl_ms <= at):
        return shadow, []
    desired_c = allowed(shadow, wish, terms.limits, act=terms.act, at=at)
    command = standing(shadow, act=terms.act)
    told = {"at": at, "update_id": update_id, "text": _why(wish, desired_c, text)}
    if command is None or command.desired_c != desired_c:
        return _next(shadow, wish, desired_c, terms, told)
    if _is_wanted_again(shadow, command, terms, at, anew=anew):
        again = told | {"text": _why(wish, desired_c, text or "sent again")}
        return _sent(shadow, wish, terms, again)
    if (command.origin, command.manual_until) == (wish.origin, shadow.manual_until):
        return shadow, []
    return recorded(shadow, **told, **_whose(shadow, wish))


def adopted(shadow: Shadow, wish: Wish, terms: Terms, at: int, *, update_id: str) -> Step:
    """The next version, for what a device was set to by somebody else: it is there already."""
    desired_c = within(terms.limits, wish.setpoint_c)
    told = {"at": at, "update_id": update_id, "text": _why(wish, desired_c, "")}
    shadow, over = _made(shadow, wish, desired_c, terms, told)
    shadow, done = recorded(shadow, state=CommandState.ACKNOWLEDGED)
    return shadow, [*over, *done]


def _next(shadow: Shadow, wish: Wish, desired_c: float, terms: Terms, told: dict[str, Any]) -> Step:
    """The next version, on its way."""
    shadow, over = _made(shadow, wish, desired_c, terms, told)
    shadow, sent = _sent(shadow, wish, terms, told)
    return shadow, [*over, *sent]


def _made(shadow: Shadow, wish: Wish, desired_c: float, terms: Terms, told: dict[str, Any]) -> Step:
    """The next version, of which nothing is told yet, and what is of the one before."""
    before, over = shadow.command, list[Told]()
    person = wish.origin is Origin.PERSON
    lower = lower_after(shadow, terms.limits, desired_c, act=terms.act, at=told["at"])
    if before and before.state in UNANSWERED:
        # one that was begun in time takes its time as well
        shadow = replace(shadow, in_doubt_until=before.expires_at + terms.ttl_ms)
    if before and before.state is CommandState.SENT:
        shadow, over = recorded(shadow, **told | {"state": CommandState.SUPERSEDED, "text": ""})
    version = before.version + 1 if before else 1
    made = DeviceCommand(
        site=shadow.site,
        device=shadow.device,
        version=version,
        client_token=token(shadow.site, shadow.device, version),
        state=CommandState.PROPOSED,
        desired_c=desired_c,
        reported_c=None,
        delta_c=None,
        wished_at=wish.at,
        expires_at=told["at"] + terms.ttl_ms,
        **told,
        **_whose(shadow, wish),
    )
    known = {"changed_at": told["at"], "lower": () if person else lower}
    return replace(shadow, command=made, **known), over


def _sent(shadow: Shadow, wish: Wish, terms: Terms, told: dict[str, Any]) -> Step:
    """The standing command as it goes out, or is proposed where the site does not act."""
    at, alarms = told["at"], list[AlarmRequest]()
    if terms.act:
        waiting_since = at if shadow.waiting_since is None else shadow.waiting_since
        shadow = replace(shadow, waiting_since=waiting_since)
    else:
        shadow, alarms = cleared(shadow, at=at, text="commands are a dry run now")
        shadow = replace(shadow, waiting_since=None)
    shadow, sent = recorded(
        shadow,
        state=CommandState.SENT if terms.act else CommandState.PROPOSED,
        wished_at=wish.at,
        expires_at=at + terms.ttl_ms,
        **told,
        **_whose(shadow, wish),
    )
    return shadow, [*sent, *alarms]


def _is_wanted_again(
    shadow: Shadow, command: DeviceCommand, terms: Terms, at: int, *, anew: bool
) -> bool:
    """Whether a setpoint that stands goes out again: it was lost, refused, or not kept."""
    acknowledged = command.state is CommandState.ACKNOWLEDGED
    follows = acknowledged and not off(shadow, terms, command.desired_c)
    return terms.act and not follows and (anew or at >= command.expires_at)


def _whose(shadow: Shadow, wish: Wish) -> dict[str, Any]:
    return {"origin": wish.origin, "by": wish.by, "manual_until": shadow.manual_until}


def _why(wish: Wish, desired_c: float, text: str) -> str:
    limited = "" if desired_c == wish.setpoint_c else f"{wish.setpoint_c:g} °C limited"
    return "; ".join(part for part in (text, limited, wish.text) if part)[:TEXT_LIMIT]
