"""The limits of a room's setpoint, kept whoever wishes it, in the time of the room's own sets.

Down it may go at once. Up it may go once it has stood for ``hold_s``, and by ``rise_c`` at most
over the lowest that it was in the last ``rise_s``. Between two steps, the cooler one is taken.

Where it stands is what was recommended, for ``hold_s``: the air conditioner may need time to take
it and to say so. After that, what the air conditioner says counts, if it is known.
"""

from dataclasses import dataclass
from math import floor

from models.sites import SetpointLimits

BELIEVABLE_C = (5.0, 40.0)
"""What an air conditioner may say it is set to: the widest limits a site book can have."""

SLACK = 1e-6
"""Steps that a sum of floats may lack and still be whole."""

Past = tuple[tuple[int, float], ...]


@dataclass(frozen=True, slots=True)
class Level:
    """What was recommended for a room: each change, when (epoch ms) and to what (°C)."""

    past: Past = ()
    """The oldest first; what no limit needs any more is left out."""


def limited(
    level: Level, wish_c: float, current_c: float | None, at: int, limits: SetpointLimits
) -> tuple[float, Level]:
    """The setpoint nearest to ``wish_c`` that is allowed at ``at``, and the level after it.

    ``current_c`` is what the air conditioner says; None if it is unknown.
    """
    hold_ms = limits.hold_s * 1000
    past = _recent(level.past, at - limits.rise_s * 1000)
    if not past:  # where it was all the time, as far as anybody knows
        began_c = limits.fallback_c if current_c is None else current_c
        past = ((at - round(hold_ms), _within(began_c, limits)),)
    since, last_c = past[-1]
    holds = at - since < hold_ms
    now_c, been = last_c, past
    if current_c is not None and not holds:
        now_c, been = current_c, past[:-1]
    now_c = _within(now_c, limits)
    lowest = min([now_c, *(was for _, was in been)])
    highest = now_c if holds else max(now_c, lowest + limits.rise_c)
    setpoint = _step_down(min(wish_c, highest, limits.max_c), limits.step_c)
    # a step below the lowest is cooler than anybody allowed
    setpoint = max(setpoint, limits.min_c)
    if setpoint != last_c:
        past = (*past, (at, setpoint))
    return setpoint, Level(past)


def believable(current_c: float) -> float | None:
    """What an air conditioner says it is set to, or None if that cannot be."""
    low, high = BELIEVABLE_C
    return current_c if low <= current_c <= high else None


def _within(setpoint_c: float, limits: SetpointLimits) -> float:
    return min(max(setpoint_c, limits.min_c), limits.max_c)


def _recent(past: Past, after: float) -> Past:
    """What stood after this time, and what stands still."""
    first = 0
    while first + 1 < len(past) and past[first + 1][0] <= after:
        first += 1
    return past[first:]


def _step_down(setpoint_c: float, step_c: float) -> float:
    return round(floor(setpoint_c / step_c + SLACK) * step_c, 6)
