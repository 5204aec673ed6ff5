"""What a device says of itself: it moves what is reported, and may answer the standing command.

A device that sends back version and token answers the command they belong to, and no other. One
that sends back neither acknowledges by being set, to half a step, to what was wished before; by
refusing, it refuses that. An answer to an older version says nothing of this one. A late
acknowledgement still is one: an expired command becomes acknowledged, and its alarm is cleared.
"""

from dataclasses import replace
from typing import Any

from models.shadows.alarm import cleared, raised
from models.shadows.issue import UNANSWERED, Step, off, recorded
from models.shadows.shadow import Shadow
from models.shadows.terms import Terms
from schemas.shadows import CommandState, DeviceCommand, ShadowUpdate


def reported(shadow: Shadow, update: ShadowUpdate, terms: Terms, *, at: int, now: int) -> Step:
    """Take in a report that counts as of ``at``, and is told of as of ``now``.

    One that is older than the newest can do no more than answer a command that waits for it.
    Nothing is told if it changes neither the command's state nor, by over half a step, the device.
    """
    newest = update.at >= shadow.reported_at
    if newest:
        setpoint_c = shadow.reported_c if update.setpoint_c is None else update.setpoint_c
        repeats = update.version == shadow.answered
        shadow = replace(
            shadow, reported_at=update.at, reported_c=setpoint_c, repeats_version=repeats
        )
    command = shadow.command
    if command is None:
        return shadow, []
    fields: dict[str, Any] = {"at": now, "update_id": update.update_id}
    if _answers(shadow, command, update, terms, at=at, newest=newest):
        state = CommandState.REFUSED if update.refused else CommandState.ACKNOWLEDGED
        if state is not command.state:
            return _answered(shadow, state, update, terms, fields)
    text = _foreign(command, update)
    if off(shadow, terms, command.reported_c) or text not in ("", command.text):
        return recorded(shadow, text=text, **fields)
    return shadow, []


def _answers(
    shadow: Shadow,
    command: DeviceCommand,
    update: ShadowUpdate,
    terms: Terms,
    *,
    at: int,
    newest: bool,
) -> bool:
    """Whether a report answers the standing command."""
    if command.state is CommandState.PROPOSED:
        return False
    if update.version is not None or update.client_token is not None:
        same = (update.version, update.client_token) == (command.version, command.client_token)
        return same and (newest or command.state in UNANSWERED)
    if not newest or at <= command.wished_at:
        return False
    told = update.setpoint_c is not None
    return update.refused or (told and not off(shadow, terms, command.desired_c))


def _answered(
    shadow: Shadow,
    state: CommandState,
    update: ShadowUpdate,
    terms: Terms,
    fields: dict[str, Any],
) -> Step:
    refused = state is CommandState.REFUSED
    text = update.text or ("refused by the device" if refused else "")
    shadow, told = recorded(shadow, state=state, text=text, **fields)
    if refused and terms.act:
        shadow, alarms = raised(shadow, at=fields["at"], text=text)
    else:
        shadow, alarms = cleared(shadow, at=fields["at"], text=text)
        answered = update.version or shadow.answered
        shadow = replace(shadow, waiting_since=None, answered=answered)
    return shadow, [*told, *alarms]


def _foreign(command: DeviceCommand, update: ShadowUpdate) -> str:
    """What is odd about what a report answers."""
    if update.version is not None and update.version > command.version:
        return "the device answers a version that was never made; ignored"
    if update.version == command.version and update.client_token != command.client_token:
        return "the device answers with a wrong token; ignored"
    return ""
