"""``engawa alarms ack | shelve | …``: people act on alarms by asking whoever keeps them."""

import re
from collections.abc import Sequence
from typing import Annotated
from uuid import uuid4

import typer

from connectors.alarms_reader import reading
from connectors.outcome import UnavailableError
from models.alarms.refusals import SHELVING_MS, TEXT_LIMIT
from models.names import NAME_LIMIT, fault
from schemas.alarms import Action, AlarmRequest
from streams.alarm_asking import Answer, ask
from streams.alarm_lines import state
from streams.exits import FOUND_WRONG
from streams.instants import at
from streams.observer import wall_ms
from streams.output import Row, say, show
from streams.settings import Settings

ANSWER_WITHIN_S = 5.0

Keys = Annotated[
    list[str], typer.Argument(metavar="KEY…", help="site/device/resource/rule, as the list has it.")
]
Key = Annotated[str, typer.Argument(metavar="KEY", help="site/device/resource/rule.")]
By = Annotated[str, typer.Option("--by", help="Your name; it is kept with the change.")]
Why = Annotated[str | None, typer.Option("--comment", help="Why, in your words.")]


def ack(keys: Keys, *, by: By, comment: Why = None) -> None:
    """Acknowledge alarms: you have seen them. Reminders end; a latched alarm that is over clears.

    Example: [bold]engawa alarms ack house/room-1/temperature/too-warm --by ana[/bold]
    """
    _ask(keys, Action.ACKNOWLEDGE, by=by, text=comment)


def shelve(
    keys: Keys,
    *,
    by: By,
    duration: Annotated[
        str | None, typer.Option("--for", help="For how long: 30m, 2h, 7d; 30d at most.")
    ] = None,
    until: Annotated[str | None, typer.Option(help="Until when: an ISO time.")] = None,
    comment: Why = None,
) -> None:
    """Put alarms aside for a time: they are kept, but nobody hears of them.

    Example: [bold]engawa alarms shelve house/room-1/co2/high --for 2h --by ana[/bold]
    """
    _ask(keys, Action.SHELVE, by=by, text=comment, until=_end(duration, until, wall_ms()))


def unshelve(keys: Keys, *, by: By, comment: Why = None) -> None:
    """Take alarms back from the shelf."""
    _ask(keys, Action.UNSHELVE, by=by, text=comment)


def disable(keys: Keys, *, by: By, comment: Why = None) -> None:
    """Switch alarms off until somebody enables them: they are kept, but nobody hears of them."""
    _ask(keys, Action.DISABLE, by=by, text=comment)


def enable(keys: Keys, *, by: By, comment: Why = None) -> None:
    """Switch alarms on again."""
    _ask(keys, Action.ENABLE, by=by, text=comment)


def comment(key: Key, text: str, *, by: By) -> None:
    """Say something about an alarm; it is kept in its history.

    Example: [bold]engawa alarms comment house/room-1/co2/high "valve replaced" --by ana[/bold]
    """
    _ask([key], Action.COMMENT, by=by, text=text)


ACTIONS = (ack, shelve, unshelve, disable, enable, comment)


def _ask(
    keys: Sequence[str], action: Action, *, by: str, text: str | None, until: int | None = None
) -> None:
    """Send a request for each alarm and print what came of it."""
    _check(by, text)
    settings = Settings()
    unknown = _unknown(settings, keys)
    for key in unknown:
        say(f"no alarm {key}; engawa alarms list --state all has those that ever opened")
    requests = [
        AlarmRequest(
            request_id=str(uuid4()),
            alarm=key,
            action=action,
            at=wall_ms(),
            by=by,
            until=until,
            text=text,
        )
        for key in dict.fromkeys(keys)
        if key not in unknown
    ]
    answers = list(ask(settings, requests, within_s=ANSWER_WITHIN_S)) if requests else []
    show([_told(each) for each in answers], title="Asked")
    if unknown or not all(each.change for each in answers):
        raise typer.Exit(FOUND_WRONG)


def _unknown(settings: Settings, keys: Sequence[str]) -> set[str]:
    """Keys of no alarm; who keeps the alarms will tell, should MongoDB be away."""
    try:
        with reading(settings.mongo) as reader:
            return {key for key in keys if reader.one(key) is None}
    except UnavailableError as error:
        say(f"not checked whether there are such alarms: {error}")
        return set()


def _check(by: str, text: str | None) -> None:
    if fault(by, NAME_LIMIT):
        raise typer.BadParameter(f"a name of 1 to {NAME_LIMIT} characters", param_hint="--by")
    if text is not None and not 0 < len(text.strip()) <= len(text) <= TEXT_LIMIT:
        raise typer.BadParameter(f"a comment has 1 to {TEXT_LIMIT} characters")


def _end(duration: str | None, until: str | None, now_ms: int) -> int:
    if (duration is None) == (until is None):
        raise typer.BadParameter("say either --for or --until")
    if duration is None:
        end_ms = at(until or "", "--until", now_ms=now_ms)
    elif re.fullmatch(r"\d{1,9}(\.\d+)?[smhdw]", duration):
        end_ms = 2 * now_ms - at(duration, "--for", now_ms=now_ms)
    else:
        raise typer.BadParameter("write 30m, 2h or 7d", param_hint="--for")
    if not now_ms < end_ms <= now_ms + SHELVING_MS:
        raise typer.BadParameter("a shelving ends in the future, within 30 days")
    return end_ms


def _told(answer: Answer) -> Row:
    change = answer.change
    came = f"nothing changed within {ANSWER_WITHIN_S:g} s: it is so already, or no worker runs"
    return {
        "alarm": answer.request.alarm,
        "asked": answer.request.action,
        "came of it": change.change if change else answer.refused or came,
        "state": state(change) if change else None,
    }
