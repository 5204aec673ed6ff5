from typing import Any

from rich.console import Console

from models.alarms.key import alarm_key
from schemas.alarms import Action, AlarmChange
from streams.alarm_lines import board, event, line, measured, state
from tests.models.alarm_requests import ALARM, LATCHED, Requests, fold


def alarm(*actions: Action, **found: Any) -> AlarmChange:
    make = Requests()
    log = [(make.judge("warning", unit="Cel", **found), make.now)]
    log += [(make.ask(action), make.now) for action in actions]
    return fold(log)[-1]


def test_a_line_says_how_an_alarm_is() -> None:
    made = alarm()

    assert {
        "alarm": ALARM,
        "level": "warning",
        "state": "active, unseen",
        "value": "31.5 Cel",
        "threshold": None,
        "raised": "2026-05-28T20:26:41.000Z",
        "changed": "2026-05-28T20:26:41.000Z",
    } == line(made)
    assert ("created", "rules", 1) == tuple(event(made)[k] for k in ("change", "by", "sequence"))


def test_the_state_is_in_words() -> None:
    assert "active, seen by ana" == state(alarm(Action.ACKNOWLEDGE))
    assert "active, unseen, disabled" == state(alarm(Action.DISABLE))
    assert "active, unseen, shelved until 2026-05-28T21:26:42.000Z" == state(alarm(Action.SHELVE))
    assert "active, unseen, flapping, device silent" == state(alarm(flapping=True, inhibited=True))
    assert "cleared, unseen, from late data" == state(alarm(backfilled=True))


def test_a_latched_alarm_that_is_over_says_so() -> None:
    make = Requests()
    log = [(make.judge(level, LATCHED), make.now) for level in ("warning", "ok")]

    assert "active, unseen, latched" == state(fold(log)[-1])


def test_numbers_have_their_unit() -> None:
    assert ("31.5 Cel", "1000", None) == (
        measured(31.5, "Cel"),
        measured(1000.0, None),
        measured(None, "Cel"),
    )


def test_a_board_does_not_obey_what_devices_are_called() -> None:
    make = Requests()
    hostile = make.judge("critical", alarm_key("a[/bold]", "\u202e31m", "co2", "high"))
    console = Console(width=160)
    with console.capture() as captured:
        console.print(board(fold([(hostile, make.now)]), title="1"))

    assert "a[%2Fbold]/\\x202e31m/co2/high" in captured.get()
