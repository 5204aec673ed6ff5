"""Setpoints that somebody turns at the device itself."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.shadows.panel import BY
from schemas.alarms import Level
from schemas.shadows import CommandState, DeviceCommand, Origin, ShadowUpdate
from tests.models.shadow_updates import (
    AT,
    HOUSE,
    LAB,
    MINUTE,
    SECOND,
    SETPOINTS,
    TTL,
    Logged,
    Updates,
    alarms,
    book,
    commands,
    fold,
    logs,
    states,
)

SENT, ACKNOWLEDGED = CommandState.SENT, CommandState.ACKNOWLEDGED
EXPIRED, SUPERSEDED = CommandState.EXPIRED, CommandState.SUPERSEDED
HOUR = 60 * MINUTE


def followed(make: Updates, version: int | None = 1) -> list[ShadowUpdate]:
    """A device that does what it is told."""
    return [make.report(22.0), make.model(20.0), make.report(20.0, version)]


def by_panel(told: Any) -> list[DeviceCommand]:
    return [each for each in commands(told) if each.by == BY]


@pytest.mark.parametrize("version", [None, 1])
def test_what_is_turned_at_the_device_is_held_as_a_persons_wish(version: int | None) -> None:
    make = Updates()
    told = fold([*followed(make, version), make.report(24.0, version, text="by hand")])

    made = commands(told)[-1]
    assert (2, ACKNOWLEDGED, 24.0) == states(told)[-1]
    assert (Origin.PERSON, "at the device", "by hand") == (made.origin, made.by, made.text)
    assert (make.now, make.now + 2 * HOUR) == (made.wished_at, made.manual_until)
    assert (24.0, 0.0) == (made.reported_c, made.delta_c)


@pytest.mark.parametrize("version", [None, 1])
def test_the_model_waits_for_its_end_and_nothing_is_sent_till_then(version: int | None) -> None:
    make = Updates()
    held = [*followed(make, version), make.report(24.0, version)]
    until = make.now + 2 * HOUR
    told = fold([*held, *[make.model(20.0, after=TTL) for _ in range(24)]])

    *_, before, after = commands(told)
    assert (2, ACKNOWLEDGED, BY) == (before.version, before.state, before.by)
    assert (3, SENT, 20.0, None) == (
        after.version,
        after.state,
        after.desired_c,
        after.manual_until,
    )
    assert until == after.at
    assert [] == alarms(told)


def test_turned_step_by_step_the_last_step_holds() -> None:
    make = Updates()
    log = followed(make)
    log += [make.report(20.0 + n / 2, 1, after=SECOND) for n in range(1, 7)]
    told = fold([*log, make.model(20.0, after=TTL)])

    assert 1 == [state for _, state, _ in states(told)].count(SENT)
    assert (7, ACKNOWLEDGED, 23.0) == states(told)[-1]


def test_it_is_released_as_any_hold_is() -> None:
    make = Updates()
    told = fold(
        [*followed(make), make.report(24.0, 1), make.person(None), make.report(20.0, version=3)]
    )

    assert [(2, ACKNOWLEDGED, 24.0), (3, SENT, 20.0), (3, ACKNOWLEDGED, 20.0)] == states(told)[2:]
    assert commands(told)[-2].text.startswith("ana released it")


def test_whoever_spoke_last_goes_first() -> None:
    make = Updates()
    told = fold(
        [
            make.person(26.0),
            make.report(26.0, version=1),
            make.report(24.0, version=1),
            make.person(25.0),
        ]
    )

    assert [(2, ACKNOWLEDGED, 24.0), (3, SENT, 25.0)] == states(told)[2:]
    assert ["ana", "ana", BY, "ana"] == [each.by for each in commands(told)]


@pytest.mark.parametrize(("turned_c", "allowed_c"), [(30.0, 27.0), (15.0, 18.0)])
def test_beyond_the_limits_the_nearest_is_sent_at_once(turned_c: float, allowed_c: float) -> None:
    make = Updates()
    told = fold([*followed(make), make.report(turned_c, 1), make.report(turned_c, 1, after=TTL)])

    sent = by_panel(told)[0]
    assert (SENT, allowed_c, turned_c) == (sent.state, sent.desired_c, sent.reported_c)
    assert f"{turned_c:g} °C limited" == sent.text
    assert sent.manual_until
    assert (2, EXPIRED, allowed_c) == states(told)[-1]
    assert [Level.WARNING] == alarms(told)


@pytest.mark.parametrize(
    "fields",
    [
        {"setpoint_c": 20.25},
        {"setpoint_c": None},
        {"setpoint_c": 99.0},
        {"setpoint_c": float("nan")},
        {"refused": True},
        {"at": AT + 30 * SECOND},
        {"at": AT},
        {"version": 0},
        {"version": 7},
        {"client_token": "guessed"},
        {"client_token": None},
    ],
)
def test_what_may_be_anything_else_is_no_persons_word(fields: dict[str, Any]) -> None:
    make, known = Updates(), book()
    fold(followed(make), known)

    assert [] == by_panel(fold([(replace(make.report(24.0, 1), **fields), make.now)], known))


def test_where_the_site_does_not_act_nothing_is_held() -> None:
    make, acting, dry = Updates(), book(), book(act=False)
    fold(followed(make), acting)
    dry.load(acting.save())

    assert [] == by_panel(fold([make.report(24.0, 1)], dry))
    elsewhere = Updates(site=LAB)
    assert [] == by_panel(fold([*followed(elsewhere), elsewhere.report(24.0)]))


def test_what_is_told_before_a_command_is_answered_is_not_held() -> None:
    make = Updates()
    log = [*followed(make), make.person(24.0), make.report(24.0, 1), make.report(22.0, 1)]
    told = fold(log)

    assert [] == by_panel(told)
    assert (2, SENT, 24.0) == states(told)[-1]


def test_a_command_that_was_overtaken_and_is_done_late_is_not_held() -> None:
    make = Updates()
    log = [*followed(make, None), make.person(18.0), make.person(20.0), make.report(20.0)]
    late = make.report(18.0, after=TTL + MINUTE)
    told = fold([*log, make.report(18.0), make.report(20.0), late, make.report(20.0)])

    assert [] == by_panel(told)
    assert [(2, SUPERSEDED, 18.0), (3, SENT, 20.0)] == states(told)[3:5]
    assert 1 == len(by_panel(fold([*log, make.report(20.0, after=2 * TTL), make.report(18.0)])))


def test_a_report_of_an_older_version_than_was_answered_is_not_held() -> None:
    make = Updates()
    log = [*followed(make), make.model(19.0), make.report(19.0, 2)]

    assert [] == by_panel(fold([*log, make.report(20.0, 1), make.report(19.0, 2)]))


def test_a_device_that_acknowledges_and_stays_or_goes_there_slowly_is_not_held() -> None:
    make = Updates()
    log = [make.report(22.0), make.model(20.0)]
    log += [make.report(each, 1) for each in (22.0, 22.0, 22.0, 21.0, 20.0)]

    assert [] == by_panel(fold(log))


def test_a_setpoint_that_creeps_is_not_held() -> None:
    make = Updates()
    log = followed(make)
    log += [make.report(20.0 + n / 5, 1) for n in range(1, 20)]

    assert [] == by_panel(fold(log))


def test_a_turn_whose_hold_is_over_before_it_comes_in_is_not_held() -> None:
    make, known = Updates(), book()
    fold(followed(make), known)
    turned = make.report(24.0, 1)
    fold([make.model(20.0, after=2 * HOUR)], known)

    assert [] == by_panel(fold([(turned, make.now)], known))


@given(logs())
def test_what_is_held_for_a_device_is_within_its_room_and_sent_only_if_it_is_elsewhere(
    log: list[Logged],
) -> None:
    found = by_panel(fold(log))

    assert all(HOUSE == each.site and 18 <= each.desired_c <= 27 for each in found)
    versions = {(each.device, each.version): each for each in reversed(found)}
    for first in versions.values():
        assert first.state in (SENT, ACKNOWLEDGED)
        assert first.delta_c is not None
        assert (first.state is SENT) == (abs(first.delta_c) > 0.25)


@given(logs(), st.sampled_from(SETPOINTS))
def test_a_device_that_never_moves_is_never_taken_for_a_person(
    log: list[Logged], stuck_c: float
) -> None:
    stuck = [
        (replace(each, setpoint_c=stuck_c) if each.origin is Origin.DEVICE else each, logged_at)
        for each, logged_at in log
    ]

    assert [] == by_panel(fold(stuck))
