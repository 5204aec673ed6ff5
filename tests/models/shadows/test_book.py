"""What becomes of wishes for setpoints and of what devices say."""

from dataclasses import replace
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.shadows.book import ShadowBook
from models.shadows.issue import Told
from models.sites import SetpointLimits
from schemas.alarms import AlarmRequest, Cause, Level
from schemas.codec import UndecodableError
from schemas.reasons import Reason
from schemas.shadows import CommandState, DeviceCommand, Origin, ShadowUpdate
from tests.models.shadow_updates import (
    AT,
    HOUSE,
    LAB,
    MINUTE,
    SECOND,
    TTL,
    Logged,
    Updates,
    alarms,
    book,
    commands,
    cut,
    fold,
    logs,
    refused,
    states,
)

PROPOSED, SENT = CommandState.PROPOSED, CommandState.SENT
ACKNOWLEDGED, REFUSED = CommandState.ACKNOWLEDGED, CommandState.REFUSED
EXPIRED, SUPERSEDED = CommandState.EXPIRED, CommandState.SUPERSEDED
HOUR = 60 * MINUTE


def test_a_wish_is_sent_and_acknowledged() -> None:
    make = Updates()
    told = fold([make.report(22.5), make.model(23.0), make.report(23.0, version=1)])

    assert [(1, SENT, 23.0), (1, ACKNOWLEDGED, 23.0)] == states(told)
    sent, done = commands(told)
    assert (22.5, 0.5) == (sent.reported_c, sent.delta_c)
    assert (23.0, 0.0) == (done.reported_c, done.delta_c)
    assert sent.at + TTL == sent.expires_at == done.expires_at
    assert 5 == UUID(sent.client_token).version
    assert (Origin.MODEL, "energy 1", None) == (sent.origin, sent.by, sent.manual_until)


def test_where_the_site_does_not_act_commands_are_only_proposed() -> None:
    make = Updates(site=LAB)
    log = [make.model(20.0), make.report(18.0, version=1), make.model(21.0, after=HOUR)]
    told = fold([*log, make.model(20.0, after=HOUR)])

    assert {PROPOSED} == {state for _, state, _ in states(told)}
    assert [20.0, 20.0, 21.0, 20.0] == [each.desired_c for each in commands(told)]
    assert [] == alarms(told)


def test_the_same_wish_again_makes_no_command() -> None:
    make = Updates()
    told = fold([make.model(20.0), make.report(20.0, version=1), *[make.model(20.1)] * 3])

    assert [(1, SENT, 20.0), (1, ACKNOWLEDGED, 20.0)] == states(told)


def test_reports_that_change_nothing_make_no_command() -> None:
    make = Updates()
    told = fold([make.model(20.0), *[make.report(20.1, version=1) for _ in range(9)]])

    assert [SENT, ACKNOWLEDGED] == [state for _, state, _ in states(told)]


def test_a_device_that_starts_anew_with_another_setpoint_is_set_again() -> None:
    make = Updates()
    told = fold(
        [
            make.model(20.0),
            make.report(20.0, version=1),
            make.report(20.0, version=1),
            make.report(19.5),
            make.model(20.0),
            make.model(20.0, after=TTL),
        ]
    )

    assert [SENT, ACKNOWLEDGED, ACKNOWLEDGED, SENT] == [state for _, state, _ in states(told)]
    assert [None, 0.0, 0.5, 0.5] == [each.delta_c for each in commands(told)]
    assert {1} == {version for version, *_ in states(told)}


def test_a_new_wish_supersedes_one_that_nobody_acknowledged() -> None:
    make = Updates()
    told = fold([make.model(21.0), make.model(20.0), make.report(21.0, version=1)])

    assert [(1, SENT, 21.0), (1, SUPERSEDED, 21.0), (2, SENT, 20.0), (2, SENT, 20.0)] == states(
        told
    )


def test_a_command_nobody_acknowledges_expires_and_alarms() -> None:
    make = Updates()
    told = fold([make.report(19.0), make.model(20.0), make.report(19.0, after=TTL)])

    assert [(1, SENT, 20.0), (1, EXPIRED, 20.0)] == states(told)
    [request] = [each for each in told if isinstance(each, AlarmRequest)]
    found = request.judgement
    assert found
    assert ("house/ac-1/setpoint/command", "command") == (request.alarm, request.by)
    assert (1, Level.WARNING, Cause.TROUBLE) == (found.number, found.level, found.cause)
    assert (19.0, 20.0, "Cel") == (found.value, found.threshold, found.unit)
    assert commands(told)[0].expires_at == request.at == commands(told)[-1].at


def test_an_expired_command_goes_out_again_and_its_alarm_ends_once_it_is_acknowledged() -> None:
    make = Updates()
    told = fold(
        [make.model(20.0), make.model(20.0, after=TTL), make.model(20.0), make.report(20.0, 1)]
    )

    assert [SENT, EXPIRED, SENT, ACKNOWLEDGED] == [state for _, state, _ in states(told)]
    assert [Level.WARNING, Level.OK] == alarms(told)
    requests = [each for each in told if isinstance(each, AlarmRequest)]
    assert [f"{requests[0].alarm}#{number}" for number in (1, 2)] == [
        each.request_id for each in requests
    ]


def test_a_late_acknowledgement_is_one() -> None:
    make = Updates()
    told = fold([make.model(20.0), make.report(20.0, version=1, after=2 * TTL)])

    assert [SENT, EXPIRED, ACKNOWLEDGED] == [state for _, state, _ in states(told)]
    assert [Level.WARNING, Level.OK] == alarms(told)


def test_a_device_that_never_answers_alarms_however_often_the_wish_changes() -> None:
    make = Updates()
    wishes = [make.model(20.0 if n % 2 else 21.0, after=MINUTE) for n in range(12)]

    assert [Level.WARNING] == alarms(fold(wishes))


def test_a_refused_command_alarms_and_is_asked_again_only_when_it_has_expired() -> None:
    make = Updates()
    no = make.report(19.5, version=1, refused=True, text="compressor locked")
    told = fold([make.model(20.0), no, make.model(20.0), make.model(20.0, after=TTL)])

    assert [SENT, REFUSED, SENT] == [state for _, state, _ in states(told)]
    assert "compressor locked" == commands(told)[1].text
    assert [Level.WARNING] == alarms(told)


@pytest.mark.parametrize(
    ("fields", "state"),
    [
        ({}, ACKNOWLEDGED),
        ({"setpoint_c": 20.25}, ACKNOWLEDGED),
        ({"setpoint_c": 20.3}, SENT),
        ({"setpoint_c": None}, SENT),
        ({"setpoint_c": None, "refused": True}, REFUSED),
        ({"at": AT + 10 * SECOND}, SENT),
        ({"version": 1}, SENT),
        ({"version": 0}, SENT),
        ({"version": 2}, SENT),
        ({"client_token": "of another"}, SENT),
    ],
)
def test_a_device_that_cannot_answer_acknowledges_by_being_set(
    fields: dict[str, Any], state: CommandState
) -> None:
    make, known = Updates(), book()
    fold([make.model(20.0), replace(make.report(20.0), **fields)], known)

    assert state is known._shadows[HOUSE, "ac-1"].command.state  # type: ignore[union-attr]  # it has one


def test_an_answer_to_an_older_or_unknown_version_acknowledges_nothing() -> None:
    make = Updates()
    log = [make.model(21.0), make.model(20.0), make.report(20.0, version=1)]
    strange = [make.report(20.0, version=7) for _ in range(3)]
    forged = make.report(20.0, version=2, client_token="guessed")
    told = commands(fold([*log, *strange, forged]))

    assert SENT is told[-1].state
    assert ["", "never made", "wrong token"] == [
        next((words for words in ("never made", "wrong token") if words in each.text), "")
        for each in told[-3:]
    ]


def test_an_older_report_moves_nothing_but_may_acknowledge() -> None:
    make = Updates()
    late = make.report(20.0, version=1, at=AT)
    told = fold([make.report(19.5), make.model(20.0), make.report(19.5), (late, make.now)])

    assert [SENT, ACKNOWLEDGED] == [state for _, state, _ in states(told)]
    assert 19.5 == commands(told)[-1].reported_c


def test_a_person_goes_first_until_the_hold_is_over() -> None:
    make = Updates()
    told = fold(
        [
            make.model(20.0),
            make.person(26.0, hold_s=600, text="maintenance"),
            make.report(26.0, version=2),
            make.model(19.0),
            make.model(19.5, after=8 * MINUTE),
            make.model(19.5, after=3 * MINUTE),
        ]
    )

    sent = [each for each in commands(told) if each.state is SENT]
    assert [(1, 20.0), (2, 26.0), (3, 19.5)] == [(each.version, each.desired_c) for each in sent]
    manual, after = sent[1:]
    assert (Origin.PERSON, "ana", "maintenance") == (manual.origin, manual.by, manual.text)
    assert (manual.at + 600 * SECOND, None) == (manual.manual_until, after.manual_until)
    assert (manual.manual_until, Origin.MODEL) == (after.at, after.origin)


def test_after_a_hold_a_wish_that_is_too_old_is_not_commanded() -> None:
    make = Updates()
    told = fold([make.model(20.0), make.person(24.0), make.report(24.0, 2, after=3 * HOUR)])

    [*_, ended, late] = commands(told)
    assert (24.0, Origin.PERSON, None) == (ended.desired_c, ended.origin, ended.manual_until)
    assert ACKNOWLEDGED is late.state


def test_releasing_gives_the_model_its_way_at_once() -> None:
    make = Updates()
    told = fold([make.person(24.0), make.model(20.0), make.person(None), make.model(20.0)])

    assert [(1, SENT, 24.0), (1, SUPERSEDED, 24.0), (2, SENT, 20.0)] == states(told)
    assert commands(told)[-1].text.startswith("ana released it")


def test_releasing_what_is_not_held_changes_nothing() -> None:
    make = Updates()

    assert 1 == len(fold([make.person(None), make.model(20.0), make.person(None)]))


def test_releasing_clears_the_alarm() -> None:
    make = Updates()
    told = fold([make.person(24.0), make.report(20.0, after=TTL), make.person(None)])

    assert [Level.WARNING, Level.OK] == alarms(told)
    assert (1, EXPIRED, 24.0) == states(told)[-1]


def test_a_person_stays_within_the_room_and_a_hold_within_a_week() -> None:
    make = Updates()
    [high] = commands(fold([make.person(39.0, hold_s=1e12)]))

    assert (27.0, "39 °C limited") == (high.desired_c, high.text)
    assert high.at + 7 * 24 * HOUR == high.manual_until


def test_a_persons_setpoint_is_sent_again_while_it_holds() -> None:
    make = Updates()
    told = fold([make.person(24.0), make.model(20.0, after=TTL)])

    assert [(1, SENT, 24.0), (1, EXPIRED, 24.0), (1, SENT, 24.0)] == states(told)


def test_people_live_in_the_brokers_time_wherever_the_room_does() -> None:
    make, offset = Updates(), 100 * 24 * HOUR
    log: list[Logged] = [(make.model(20.0), make.now + offset)]
    log.append((make.person(24.0, hold_s=600, at=make.now + offset), make.now + offset))
    log.append((make.model(20.0, after=11 * MINUTE), make.now + offset))
    told = commands(fold(log))

    assert AT + 10 * SECOND + 600 * SECOND == told[2].manual_until
    assert [make.now - 70 * SECOND, make.now] == [
        each.at for each in told if not each.manual_until
    ][2:]


def test_wishes_are_over_before_they_come_in_too_late() -> None:
    make, known = Updates(), book()
    fold([make.report(20.0, after=HOUR)], known)
    late = [make.model(20.0, at=AT), make.person(20.0, at=AT, hold_s=60)]
    taken = [known.take(each, logged_at=make.now) for each in late]

    assert [Reason.LATE_REQUEST] * 2 == [found[0] for _, found in taken if found]
    assert [] == [each for told, _ in taken for each in told]


def test_a_release_never_comes_too_late() -> None:
    make = Updates()
    held, report = make.person(24.0, hold_s=86_400), make.report(24.0, 1, after=3 * HOUR)
    late = make.person(None, at=held.at + SECOND)

    told = commands(fold([held, report, (late, report.at)]))
    assert [True, True, True, False] == [each.manual_until is not None for each in told]


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({}, None),
        ({"device": "room-1"}, Reason.UNKNOWN_DEVICE),
        ({"site": "nowhere"}, Reason.UNKNOWN_DEVICE),
        ({"setpoint_c": float("nan")}, Reason.NOT_FINITE),
        ({"setpoint_c": float("-inf")}, Reason.NOT_FINITE),
        ({"setpoint_c": 40.5}, Reason.ABSURD_VALUE),
        ({"setpoint_c": 4.5}, Reason.ABSURD_VALUE),
        ({"setpoint_c": None}, None),
        ({"setpoint_c": None, "origin": Origin.MODEL}, Reason.BAD_REQUEST),
        ({"at": 0}, Reason.TIME_TOO_EARLY),
        ({"at": AT + HOUR}, Reason.TIME_IN_FUTURE),
        ({"by": ""}, Reason.EMPTY_NAME),
        ({"by": "a\nb"}, Reason.CONTROL_CHARACTER),
        ({"update_id": "x" * 129}, Reason.NAME_TOO_LONG),
        ({"text": "x" * 501}, Reason.BAD_REQUEST),
        ({"hold_s": 0.0}, Reason.BAD_REQUEST),
        ({"hold_s": float("nan")}, Reason.NOT_FINITE),
        ({"origin": Origin.DEVICE, "setpoint_c": 99.0}, Reason.ABSURD_VALUE),
    ],
)
def test_what_cannot_be_is_set_aside(fields: dict[str, Any], reason: Reason | None) -> None:
    assert reason == refused(replace(Updates().person(20.0), **fields))


def test_an_impossible_report_moves_nothing() -> None:
    make, known = Updates(), book()
    fold([make.model(20.0), make.report(99.0, version=1)], known)

    assert None is known._shadows[HOUSE, "ac-1"].reported_c


def test_what_is_replayed_is_passed_over_even_when_its_id_is_forgotten() -> None:
    make, known = Updates(), book(remembered=0)
    log = [make.model(20.0), make.person(24.0, hold_s=60), make.model(19.0, after=2 * MINUTE)]
    fold([*log, make.report(19.0, version=3)], known)
    version = known._shadows[HOUSE, "ac-1"].command

    assert [] == fold([(each, make.now) for each in log], known)
    assert version == known._shadows[HOUSE, "ac-1"].command


def test_a_device_that_falls_silent_expires_by_the_logs_time() -> None:
    make, known = Updates(), book()
    [sent] = commands(fold([make.model(20.0)], known))

    assert [] == known.expire(sent.expires_at - 1)
    [expired] = commands(known.expire(sent.expires_at))
    assert (EXPIRED, sent.expires_at) == (expired.state, expired.at)
    assert [] == known.expire(sent.expires_at + HOUR)


def test_rooms_do_not_hurry_each_other() -> None:
    slow, quick = Updates("ac-1"), Updates("ac-2")
    told = fold([(slow.model(20.0), AT + HOUR), (quick.model(20.0, after=HOUR), AT + HOUR)])

    assert [SENT, SENT] == [state for _, state, _ in states(told)]


def test_a_site_that_begins_to_act_starts_from_what_the_device_is_set_to() -> None:
    make, dry, acting = Updates(), book(act=False), book()
    proposed = [make.model(22.0), make.report(18.0), make.model(24.0, after=HOUR)]
    fold(proposed, dry)
    acting.load(dry.save())
    told = fold([make.model(24.0)], acting)

    assert [(3, SENT, 19.0)] == states(told)


def test_a_site_that_begins_to_act_rises_no_faster_for_what_was_proposed() -> None:
    make, dry, acting = Updates(), book(act=False), book()
    fold([make.model(22.0), make.report(21.0)], dry)
    acting.load(dry.save())
    told = fold([make.model(22.0), make.report(22.0, 2), make.model(25.0)], acting)

    assert [(2, SENT, 22.0), (2, ACKNOWLEDGED, 22.0)] == states(told)


def test_a_site_that_ceases_to_act_only_proposes_and_ends_its_alarm() -> None:
    make, acting, dry = Updates(), book(), book(act=False)
    fold([make.model(20.0), make.report(19.5, after=TTL)], acting)
    dry.load(acting.save())
    told = fold([make.model(20.0)], dry)

    assert [(2, PROPOSED, 20.0)] == states(told)
    assert [Level.OK] == alarms(told)


def test_a_device_that_leaves_the_book_and_returns_goes_on_counting() -> None:
    make, known, without, again = Updates(), book(), ShadowBook({}), book()
    fold([make.model(20.0)], known)
    without.load(known.save())
    assert [] == without.expire(make.now + HOUR)
    again.load(without.save())

    assert (2, SENT, 19.0) == states(fold([make.model(19.0)], again))[-1]


@pytest.mark.parametrize("data", [b"", b"junk", book().save()[:-1]])
def test_bytes_that_no_book_saved_are_not_taken(data: bytes) -> None:
    with pytest.raises(UndecodableError):
        book().load(data)


@given(logs())
def test_no_command_is_ever_unsafe(log: list[Logged]) -> None:
    for device in ((HOUSE, "ac-1"), (HOUSE, "ac-2"), (LAB, "ac-1")):
        told = [each for each in commands(fold(log)) if (each.site, each.device) == device]
        limits = SetpointLimits()
        assert all(limits.min_c <= each.desired_c <= limits.max_c for each in told)
        assert all((each.state is PROPOSED) == (each.site == LAB) for each in told)
        versions = list(dict.fromkeys(each.version for each in told))
        assert list(range(1, len(versions) + 1)) == versions
        assert [each.at for each in told] == sorted(each.at for each in told)
        firsts = [next(each for each in told if each.version == v) for v in versions]
        _rises_slowly(firsts, limits)


def _rises_slowly(firsts: list[DeviceCommand], limits: SetpointLimits) -> None:
    """No model's version is higher than what stood within ``rise_s``, but for ``rise_c``."""
    for place, (before, now) in enumerate(pairwise(firsts)):
        if now.origin is Origin.PERSON or now.desired_c <= before.desired_c:
            continue
        assert now.at >= before.at + limits.hold_s * 1000
        since = now.at - limits.rise_s * 1000
        stood = [before.desired_c]
        for older, newer in reversed(list(pairwise(firsts[: place + 1]))):
            if newer.origin is Origin.PERSON or newer.at <= since:
                break
            stood.append(older.desired_c)
        assert now.desired_c <= min(stood) + limits.rise_c


@given(logs())
def test_a_command_once_over_is_never_sent_again_by_what_came_before(log: list[Logged]) -> None:
    known = book(remembered=0)
    fold(log, known)
    end = max([logged_at for _, logged_at in log], default=AT)
    known.expire(end + 10**9)
    again = [
        (each, end)
        for each, logged_at in log
        # what was ahead of its time then may not be by now
        if each.origin is not Origin.DEVICE and each.at <= logged_at + MINUTE
    ]

    assert [] == fold(again, known)


@given(logs())
def test_alarms_rise_and_clear_in_turn_and_only_where_the_site_acts(log: list[Logged]) -> None:
    by_key: dict[str, list[AlarmRequest]] = {}
    for each in fold(log):
        if isinstance(each, AlarmRequest):
            by_key.setdefault(each.alarm, []).append(each)

    assert all(key.startswith(HOUSE) for key in by_key)
    for requests in by_key.values():
        assert [Level.WARNING, Level.OK] * (len(requests) // 2) == alarms(requests)[
            : len(requests) // 2 * 2
        ]
        found = [each.judgement for each in requests if each.judgement]
        assert list(range(1, len(requests) + 1)) == [each.number for each in found]


@given(logs(), st.lists(st.integers(0, 40), max_size=4), st.sampled_from([0, 3, 1000]))
def test_a_book_saved_and_loaded_anywhere_goes_on_as_if_nothing_had_been(
    log: list[Logged], edges: list[int], remembered: int
) -> None:
    whole, folding = book(remembered=remembered), book(remembered=remembered)
    expected = fold(log, whole)

    told: list[Told] = []
    for piece in cut(log, edges):
        saved, folding = folding.save(), book(remembered=remembered)
        folding.load(saved)
        assert saved == folding.save()
        told += fold(piece, folding)
    assert expected == told
    assert whole.save() == folding.save()


@given(logs())
def test_a_device_is_commanded_the_same_whatever_else_lies_in_its_partition(
    log: list[Logged],
) -> None:
    ours: list[Logged] = [each for each in log if _is_first(each[0])]
    end = max([logged_at for _, logged_at in log], default=AT)

    assert _of_first(fold(ours), ours, end) == _of_first(fold(log), log, end)


def _is_first(each: ShadowUpdate) -> bool:
    return (each.site, each.device) == (HOUSE, "ac-1")


def _of_first(told: list[Told], log: list[Logged], end: int) -> list[DeviceCommand]:
    """The commands of the first device, with those that are due by the end."""
    folding: ShadowBook = book()
    fold(log, folding)
    told = [*told, *folding.expire(end)]
    return [each for each in commands(told) if (each.site, each.device) == (HOUSE, "ac-1")]
