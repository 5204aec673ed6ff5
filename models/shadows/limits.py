"""What may be commanded of what is wished: within the room's limits, and for a model no faster.

A rise is counted from the lowest setpoint that stood in the last ``rise_s``, so however wishes
come no window of that length holds a rise of more than ``rise_c``. It comes ``hold_s`` after the
last change at the earliest, and goes no further than ``rise_c`` above what the device says it is
set to: one that does not follow is not led away. Where rooms take steps larger than ``rise_c``, a
model never rises. A person may rise at once; a model's rises are then counted from there.
"""

from math import floor

from models.shadows.shadow import Lower, Shadow, Wish
from models.sites import SetpointLimits
from schemas.shadows import CommandState, DeviceCommand, Origin

MOST_LOWER = 64
"""Lower setpoints remembered; beyond it the two oldest count as the lower for as long as the
later."""

POSSIBLE_C = (5.0, 40.0)
"""What any setpoint lies within, as any limit of a room does: the rest is a mistake."""

_EPSILON = 1e-9


def within(limits: SetpointLimits, wish_c: float) -> float:
    """The wish in whole steps within the room's limits."""
    stepped = round(wish_c / limits.step_c) * limits.step_c
    return min(max(round(stepped, 6), limits.min_c), limits.max_c)


def allowed(shadow: Shadow, wish: Wish, limits: SetpointLimits, *, act: bool, at: int) -> float:
    """The setpoint to command for a wish at an event time."""
    wanted = within(limits, wish.setpoint_c)
    if wish.origin is Origin.PERSON:
        return wanted
    top = _top(shadow, limits, act=act, at=at)
    stepped = floor(top / limits.step_c + _EPSILON) * limits.step_c
    # a setpoint that stands need not be one of whole steps: the room's limits need not be
    base = standing(shadow, act=act)
    if base and stepped < base.desired_c <= top:
        stepped = base.desired_c
    return min(wanted, max(round(stepped, 6), limits.min_c))


def standing(shadow: Shadow, *, act: bool) -> DeviceCommand | None:
    """The command that stands: what was proposed does not where the site acts, nor the reverse."""
    command = shadow.command
    if command is None or (command.state is CommandState.PROPOSED) == act:
        return None
    return command


def lower_after(
    shadow: Shadow, limits: SetpointLimits, desired_c: float, *, act: bool, at: int
) -> tuple[Lower, ...]:
    """The lower setpoints that count once the model's ``desired_c`` stands."""
    base = standing(shadow, act=act)
    if base is None:
        reported_c = shadow.reported_c if act else None
        if reported_c is None or reported_c >= desired_c:
            return ()
        return (Lower(setpoint_c=reported_c, until=at),)
    kept = [each for each in _recent(shadow, limits, at) if each.setpoint_c < desired_c]
    if base.desired_c < desired_c:
        # older ones above it stood no lower than it does
        kept = [each for each in kept if each.setpoint_c < base.desired_c]
        kept.append(Lower(setpoint_c=base.desired_c, until=at))
    if len(kept) > MOST_LOWER:
        kept[:2] = [Lower(setpoint_c=kept[0].setpoint_c, until=kept[1].until)]
    return tuple(kept)


def _top(shadow: Shadow, limits: SetpointLimits, *, act: bool, at: int) -> float:
    """The highest that a model may have."""
    base = standing(shadow, act=act)
    reported_c = shadow.reported_c if act else None
    if base is None:
        return limits.fallback_c if reported_c is None else reported_c + limits.rise_c
    top = base.desired_c
    if at >= shadow.changed_at + round(limits.hold_s * 1000):
        lowest = min([top, *(each.setpoint_c for each in _recent(shadow, limits, at))])
        top = max(top, lowest + limits.rise_c)
    return top if reported_c is None else min(top, reported_c + limits.rise_c)


def _recent(shadow: Shadow, limits: SetpointLimits, at: int) -> list[Lower]:
    since = at - round(limits.rise_s * 1000)
    return [each for each in shadow.lower if each.until > since]
