"""How warm a room may be set, by what it has shown of itself, and by a model where it has not.

Loads rise without warning, and air needs minutes to follow: until then the inlet warms by more than
half of what it will in the end. So much is kept in reserve for the jump that may come, as loads
have jumped lately and at this time of other days. A load that never moves needs no reserve.

Every change costs energy, compressors hunt. So the setpoint falls at once, but rises by whole steps
and only where the load of the last while allowed it too; a room that has shown nothing yet stays
still until it has.

Constants without another source were chosen on the development ground of ``tests/evaluation``.
"""

from math import inf

from models.energy.experience import MIN_MS, Experience
from models.energy.shown import LEVEL

TOLERANCE_K = 0.15
"""What is kept below the limit: noise, and the conditioner's own swing."""

RESERVE = 0.6
"""Part of a sudden rise of the inlet that comes before colder air does."""

FULL = 1.0
"""What a load may jump to, as long as no whole day was seen."""

SLOPE_K, STEEP_K = 4.0, 6.0
"""By how much an inlet may warm from idle to full load where that was never seen, and by how much
at the same pace beyond the highest load that was."""

JUMP = 0.05
"""A load so much above its mean has risen."""

WHILE = 8
"""For so many blocks of five minutes the load must have allowed a rise."""

PATIENCE_K = 0.05
"""So much above the ceiling the setpoint may stay."""

STAY_K = 0.01
"""So much above the setpoint, for rounding down to come to it."""

WARM_K, WAIT_MS = 0.05, 4 * MIN_MS
"""An inlet so near to the limit is too warm, once colder air had so long to come."""


def too_warm_k(room: Experience, limit_c: float) -> float:
    """By how much the inlet is too warm, though colder air had its time to come; 0 if it is not."""
    over_k = room.inlet_c - (limit_c - WARM_K)
    return over_k if over_k > 0 and room.at - room.changed_at >= WAIT_MS else 0.0


def allowed_c(room: Experience, raw_c: float, step_c: float, limit_c: float) -> float:
    """How warm the room may be set now, in steps of ``step_c``, for an inlet below ``limit_c``.

    ``raw_c`` is what a model says.
    """
    lately, now_c = room.lately, room.setpoint_c
    load = room.load if room.load > lately + JUMP else lately
    down_c = _ceiling(room, load, raw_c, step_c, limit_c)
    if over_k := too_warm_k(room, limit_c):
        return min(down_c, now_c - over_k)
    if down_c < now_c - PATIENCE_K:
        return down_c
    up_c = _ceiling(room, max(load, room.highest(WHILE)), raw_c, step_c, limit_c)
    return up_c if up_c >= now_c + step_c else now_c + STAY_K


def always_c(room: Experience, limit_c: float) -> float:
    """What is safe at every load that the room has shown; endless if it has shown nothing."""
    return limit_c - TOLERANCE_K - room.curve.excess_k[-1] if room.curve.loads else inf


def _ceiling(room: Experience, load: float, raw_c: float, step_c: float, limit_c: float) -> float:
    """The warmest safe setpoint at a load.

    Below the loads that were shown the model judges, but no colder than at the lowest of them.
    Above them the inlet is taken to warm as steeply as any, and the model is heard if it is afraid.
    """
    loads, reserve_k = room.curve.loads, RESERVE * _rise_k(room, load)
    guess_c, now_c = raw_c - reserve_k, room.setpoint_c
    if loads:
        shown_c = limit_c - TOLERANCE_K - _excess_k(room, load) - reserve_k
        if load > loads[-1] + LEVEL and guess_c <= now_c - step_c:
            return min(guess_c, shown_c)
        if load >= loads[0] - LEVEL:
            return shown_c
        guess_c = max(guess_c, shown_c)
    if guess_c > now_c - step_c and not (guess_c >= now_c and room.still):
        return now_c
    return guess_c


def _rise_k(room: Experience, load: float) -> float:
    """By how much the inlet would warm if the load jumped."""
    coming = room.coming(load)
    top = FULL if coming is None else coming
    return max(0.0, _excess_k(room, top) - _excess_k(room, load))


def _excess_k(room: Experience, load: float) -> float:
    """How warm the inlet becomes, as far as anybody can tell; over an idle room's at first."""
    loads, curve = room.curve.loads, room.curve
    if not loads:
        return SLOPE_K * load
    return curve.at(load) + STEEP_K * max(0.0, load - loads[-1])
