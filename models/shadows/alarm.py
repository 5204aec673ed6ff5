"""The alarm of a device that does not follow its commands."""

from dataclasses import replace

from models.alarms.key import COMMAND, alarm_key
from models.shadows.shadow import Shadow
from schemas.alarms import Action, AlarmRequest, Cause, Judgement, Level

BY = "command"
"""Who asks."""


def raised(shadow: Shadow, *, at: int, text: str) -> tuple[Shadow, list[AlarmRequest]]:
    """Raise it, if it doesn't stand."""
    if shadow.alarmed:
        return shadow, []
    shadow = replace(shadow, alarmed=True, judged=shadow.judged + 1)
    return shadow, [_judged(shadow, Level.WARNING, at=at, text=text)]


def cleared(shadow: Shadow, *, at: int, text: str) -> tuple[Shadow, list[AlarmRequest]]:
    """Clear it, if it stands."""
    if not shadow.alarmed:
        return shadow, []
    shadow = replace(shadow, alarmed=False, judged=shadow.judged + 1)
    return shadow, [_judged(shadow, Level.OK, at=at, text=text)]


def _judged(shadow: Shadow, level: Level, *, at: int, text: str) -> AlarmRequest:
    key = alarm_key(shadow.site, shadow.device, *COMMAND)
    waiting_since = shadow.waiting_since
    found = Judgement(
        number=shadow.judged,
        level=level,
        cause=Cause.TROUBLE,
        value=shadow.reported_c,
        threshold=shadow.command.desired_c if shadow.command else None,
        unit="Cel",
        since=at if level is Level.OK or waiting_since is None else waiting_since,
    )
    return AlarmRequest(
        request_id=f"{key}#{shadow.judged}",
        alarm=key,
        action=Action.JUDGE,
        at=at,
        by=BY,
        text=text,
        judgement=found,
    )
