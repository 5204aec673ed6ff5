"""What becomes of an alarm, as records: its opening, and each change after another."""

from dataclasses import replace
from typing import Any
from uuid import UUID, uuid5

from models.alarms.key import parts
from models.alarms.state import AlarmState
from schemas.alarms import AlarmChange, AlarmRequest, Change, Judgement, Level

NAMESPACE = UUID("8d1ac1a4-6f0e-5c3b-9d5a-3f2b7c0e6a41")
"""Of the ids of alarms' openings. Never to be changed: the same opening keeps the same id."""

RANK = {level: rank for rank, level in enumerate(Level)}

TOLD = (
    *("level", "cause", "value", "threshold", "unit"),
    *("flapping", "inhibited", "profile", "position", "seen_at"),
)
"""Fields of a change that a judgement decides alone."""


def opening_id(alarm: str, raised_at: int) -> str:
    """The id of an opening: UUID version 5 of its key and when it was raised."""
    return str(uuid5(NAMESPACE, f"{alarm}@{raised_at}"))


def opening(state: AlarmState, request: AlarmRequest, found: Judgement) -> AlarmChange:
    """The first change of an opening, which a judgement makes."""
    site, device, resource, rule = parts(request.alarm)
    live = state.live
    return AlarmChange(
        alarm=request.alarm,
        alarm_id=opening_id(request.alarm, request.at),
        sequence=state.sequence + 1,
        change=Change.CREATED,
        at=request.at,
        site=site,
        device=device,
        resource=resource,
        rule=rule.partition("!")[0],
        previous_level=Level.OK,
        worst_level=found.level,
        active=True,
        acknowledged=False,
        latched=False,
        backfilled=False,
        disabled=live is not None and live.disabled,
        shelved_until=live.shelved_until if live else None,
        raised_at=request.at,
        cleared_at=None,
        acknowledged_at=None,
        acknowledged_by=None,
        duration_s=0.0,
        openings=state.openings,
        by=request.by,
        text=request.text,
        judged=state.judged,
        request_id=request.request_id,
        **told(found),
    )


def following(
    state: AlarmState, last: AlarmChange, request: AlarmRequest, change: Change, **fields: Any
) -> AlarmChange:
    """The change after ``last``; what ``fields`` does not name stays as it was."""
    level = fields.get("level", last.level)
    cleared_at = fields.get("cleared_at", last.cleared_at)
    end = request.at if cleared_at is None else cleared_at
    return replace(
        last,
        sequence=state.sequence + 1,
        change=change,
        at=request.at,
        previous_level=last.level,
        worst_level=max(last.worst_level, level, key=RANK.__getitem__),
        duration_s=max(0, end - last.raised_at) / 1000,
        openings=state.openings,
        judged=state.judged,
        by=request.by,
        text=request.text,
        request_id=request.request_id,
        **fields,
    )


def told(found: Judgement) -> dict[str, Any]:
    """What a judgement alone says of an alarm, as fields of a change."""
    return {name: getattr(found, name) for name in TOLD}
