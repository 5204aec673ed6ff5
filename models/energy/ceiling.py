"""How warm a room may be set, by what it has shown of itself, and by a model where it has not.

Loads rise without warning, and air needs minutes to follow: on the way the inlet warms by about
half of what it will in the end. So much is kept in reserve for the jump that may come, as loads
have jumped lately and at this time of other days. A load that never moves needs no reserve.

Every change costs energy, compressors hunt. So the setpoint falls at once, but rises by whole steps
and only where the load of the last while allowed it too; a room that has shown nothing yet stays
still until it has.
"""

from math import inf

from models.energy.experience import LEVEL, MIN_MS, SWAY, Experience

LIMIT_C = 27.0
"""ASHRAE's highest recommended temperature at the inlet."""

TOLERANCE_K = 0.15
"""What is kept below the limit: noise, and the conditioner's own swing."""

RESERVE = 0.5
"""Part of a sudden rise of the inlet that comes before colder air does."""

FULL = 1.0
"""What a load may jump to, as long as no whole day was seen."""

SLOPE_K = 4.0
"""By how much an inlet may warm from idle to full load, where that was never seen."""

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


def allowed_c(room: Experience, raw_c: float, step_c: float) -> float:
    """How warm the room may be set now, where a model says ``raw_c``, in steps of ``step_c``."""
    lately, now_c = room.lately, room.setpoint_c
    load = room.load if room.load > lately + JUMP else lately
    down_c = _ceiling(room, load, raw_c, step_c)
    over_k = room.inlet_c - (LIMIT_C - WARM_K)
    if over_k > 0 and room.at - room.changed_at >= WAIT_MS:
        if abs(room.load - lately) < SWAY:  # the load cannot be why
            room.show(lately, room.inlet_c - now_c)
        return min(down_c, now_c - over_k)
    if down_c < now_c - PATIENCE_K:
        return down_c
    up_c = _ceiling(room, max(load, room.highest(WHILE)), raw_c, step_c)
    return up_c if up_c >= now_c + step_c else now_c + STAY_K


def _ceiling(room: Experience, load: float, raw_c: float, step_c: float) -> float:
    """The warmest safe setpoint at a load."""
    loads, reserve_k = room.curve.loads, RESERVE * _rise_k(room, load)
    shown_c = -inf
    if loads and load <= loads[-1] + LEVEL:
        shown_c = LIMIT_C - TOLERANCE_K - room.curve.at(load) - reserve_k
        if load >= loads[0] - LEVEL:
            return shown_c
    guess_c = max(raw_c - reserve_k, shown_c)
    if guess_c > room.setpoint_c - step_c and not (guess_c >= room.setpoint_c and room.still):
        return room.setpoint_c
    return guess_c


def _rise_k(room: Experience, load: float) -> float:
    """By how much the inlet would warm if the load jumped."""
    coming = room.coming(load)
    top, curve = FULL if coming is None else coming, room.curve
    if not curve.loads:
        return SLOPE_K * max(0.0, top - load)
    beyond = max(0.0, top - curve.loads[-1] - LEVEL) * SLOPE_K
    return max(0.0, curve.at(top) - curve.at(load) + beyond)
