"""The life of one alarm as a pure fold: a state and what is asked of it give the next state.

One judgement gives one change at most. If it opens or clears the alarm, that is the change; else
if it begins or ends flapping or a silence of the device; else if it moves the level. What else it
says stands in the change's fields.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from models.alarms.changes import RANK, following, opening, told
from models.alarms.state import AlarmState
from schemas.alarms import Action, AlarmChange, AlarmRequest, Change, Judgement, Level

ASKED: Mapping[Action, tuple[Change, Mapping[str, Any]]] = {
    Action.SHELVE: (Change.SHELVED, {}),
    Action.UNSHELVE: (Change.UNSHELVED, {"shelved_until": None}),
    Action.DISABLE: (Change.DISABLED, {"disabled": True}),
    Action.ENABLE: (Change.ENABLED, {"disabled": False}),
    Action.COMMENT: (Change.COMMENTED, {}),
}
"""What people ask for, what it is called once done, and what it sets."""

Step = tuple[AlarmState, list[AlarmChange]]
"""The state afterwards, and what became of the alarm on the way."""


def judged(state: AlarmState, request: AlarmRequest, *, latch: bool, logged_at: int) -> Step:
    """Take in a judgement of the rules.

    A repeat is passed over: its number is not above the last one, nor its time. A gap in the
    numbers is no reason to hide an alarm, so what comes after it is taken in. The same goes for
    numbers that begin anew with a later time: whoever counts them has lost count.
    """
    found = request.judgement
    assert found is not None
    if found.number <= state.judged and (found.backfilled or request.at <= state.judged_at):
        return state, []
    newest = state.judged_at if found.backfilled else max(state.judged_at, request.at)
    state = replace(state, judged=found.number, judged_at=newest)
    if found.backfilled:
        return _backfilled(state, request, found)
    live = state.live
    if live is None or not live.active:
        if found.level is Level.OK:
            return state, []
        known = replace(state, seen_since=min(request.at, logged_at), openings=state.openings + 1)
        return _kept(known, opening(known, request, found))
    return _followed(state, live, request, found, latch=latch)


def asked(state: AlarmState, request: AlarmRequest) -> Step:
    """Do what a person asks for an alarm that has opened; nothing if it is so already."""
    live = state.live
    assert live is not None
    if request.action is Action.ACKNOWLEDGE:
        return (state, []) if live.acknowledged else _acknowledged(state, live, request)
    change, fields = ASKED[request.action]
    if request.action is Action.SHELVE:
        fields = {"shelved_until": request.until}
    if fields and all(getattr(live, name) == value for name, value in fields.items()):
        return state, []
    return _kept(state, following(state, live, request, change, **fields))


def _followed(
    state: AlarmState, live: AlarmChange, request: AlarmRequest, found: Judgement, *, latch: bool
) -> Step:
    """A judgement on an alarm that stands."""
    gone = found.level is Level.OK
    latched = gone and latch and not live.acknowledged
    change = Change.CLEARED if gone and not latched else _named(live, found)
    if change is None:
        return state, []
    fields = told(found) | {"latched": latched}
    if change is Change.CLEARED:
        fields |= {"active": False, "cleared_at": request.at}
    return _kept(state, following(state, live, request, change, **fields))


def _named(live: AlarmChange, found: Judgement) -> Change | None:
    """What a judgement changes about an alarm that stands on."""
    if found.flapping != live.flapping:
        return Change.FLAPPING if found.flapping else Change.STEADY
    if found.inhibited != live.inhibited:
        return Change.INHIBITED if found.inhibited else Change.RELEASED
    if found.level is live.level:
        return None
    return Change.RAISED if RANK[found.level] > RANK[live.level] else Change.LOWERED


def _acknowledged(state: AlarmState, live: AlarmChange, request: AlarmRequest) -> Step:
    fields = {
        "acknowledged": True,
        "acknowledged_at": request.at,
        "acknowledged_by": request.by,
    }
    seen = following(state, live, request, Change.ACKNOWLEDGED, **fields)
    state, changes = _kept(state, seen)
    if not seen.latched:
        return state, changes
    fields = {"active": False, "latched": False, "cleared_at": request.at}
    state, cleared = _kept(state, following(state, seen, request, Change.CLEARED, **fields))
    return state, changes + cleared


def _backfilled(state: AlarmState, request: AlarmRequest, found: Judgement) -> Step:
    """What late data tell is history: each finding an opening of its own that never stands."""
    past = state.past
    if found.level is not Level.OK:
        state = replace(state, openings=state.openings + 1)
        made = replace(opening(state, request, found), active=False, backfilled=True)
    elif past is not None and past.cleared_at is None:
        fields = told(found) | {"cleared_at": request.at}
        made = following(state, past, request, Change.CLEARED, **fields)
    else:
        return state, []
    return replace(state, sequence=made.sequence, past=made), [made]


def _kept(state: AlarmState, made: AlarmChange) -> Step:
    return replace(state, sequence=made.sequence, live=made), [made]
