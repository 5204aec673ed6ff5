from collections import defaultdict
from dataclasses import replace
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.alarms.book import AlarmBook
from models.alarms.changes import RANK, opening_id
from models.alarms.key import alarm_key
from schemas.alarms import Action, AlarmChange, AlarmRequest, Cause, Change, Level
from schemas.codec import UndecodableError
from schemas.reasons import Reason
from tests.models.alarm_requests import (
    ALARM,
    AT,
    LATCHED,
    SECOND,
    Logged,
    Requests,
    book,
    fold,
    logs,
    named,
)

DAY = 86_400 * SECOND
ACK, SHELVE, COMMENT = Action.ACKNOWLEDGE, Action.SHELVE, Action.COMMENT


def after(*words: str | Action, alarm: str = ALARM) -> list[AlarmChange]:
    """The changes by a second of each of these, judgements by their level."""
    make = Requests()
    log: list[Logged] = []
    for word in words:
        request = make.ask(word, alarm) if isinstance(word, Action) else make.judge(word, alarm)
        log.append((request, make.now))
    return fold(log)


@pytest.mark.parametrize(
    ("words", "changes"),
    [
        ([], []),
        (["ok"], []),
        (["info"], ["created"]),
        (["info", "critical"], ["created", "raised"]),
        (["critical", "warning", "ok"], ["created", "lowered", "cleared"]),
        (["info", "info"], ["created"]),
        (["info", "ok", "ok"], ["created", "cleared"]),
        (["info", "ok", "warning"], ["created", "cleared", "created"]),
        (["info", ACK], ["created", "acknowledged"]),
        (["info", ACK, ACK], ["created", "acknowledged"]),
        (["info", "ok", ACK], ["created", "cleared", "acknowledged"]),
        (
            ["info", ACK, "ok", "info", ACK],
            ["created", "acknowledged", "cleared", "created", "acknowledged"],
        ),
        (["info", COMMENT, COMMENT], ["created", "commented", "commented"]),
        (["info", SHELVE, Action.UNSHELVE], ["created", "shelved", "unshelved"]),
        (["info", Action.UNSHELVE, Action.ENABLE], ["created"]),
        (["info", SHELVE, "warning", "ok"], ["created", "shelved", "raised", "cleared"]),
        (
            ["info", Action.DISABLE, Action.DISABLE, "ok", Action.ENABLE],
            ["created", "disabled", "cleared", "enabled"],
        ),
    ],
)
def test_a_sequence_of_requests_gives_these_changes(
    words: list[str | Action], changes: list[str]
) -> None:
    assert changes == named(after(*words))


@pytest.mark.parametrize(
    ("words", "changes"),
    [
        (["info", "ok"], ["created", "lowered"]),
        (["info", "ok", ACK], ["created", "lowered", "acknowledged", "cleared"]),
        (["info", ACK, "ok"], ["created", "acknowledged", "cleared"]),
        (["info", "ok", "warning", ACK], ["created", "lowered", "raised", "acknowledged"]),
        (["info", "ok", ACK, "info"], ["created", "lowered", "acknowledged", "cleared", "created"]),
        (["info", "ok", "ok"], ["created", "lowered"]),
    ],
)
def test_a_latched_alarm_stands_until_it_is_acknowledged(
    words: list[str | Action], changes: list[str]
) -> None:
    assert changes == named(after(*words, alarm=LATCHED))


def test_a_latched_alarm_says_that_only_the_acknowledgement_is_missing() -> None:
    _, lowered, acknowledged, cleared = after("info", "ok", ACK, alarm=LATCHED)

    assert (Level.OK, True, True) == (lowered.level, lowered.active, lowered.latched)
    assert (True, True) == (acknowledged.active, acknowledged.latched)
    assert (False, False) == (cleared.active, cleared.latched)
    assert (AT + 3 * SECOND, "ana", 2.0) == (cleared.cleared_at, cleared.by, cleared.duration_s)


def test_trouble_of_a_latched_rule_is_latched_and_carries_its_name() -> None:
    _, lowered = after("warning", "ok", alarm=alarm_key("h", "d", "co2", "latched!trouble"))

    assert ("latched", True) == (lowered.rule, lowered.latched)


def test_an_opening_says_everything_that_is_known() -> None:
    make = Requests()
    request = make.judge(
        "warning", alarm_key("a/b", "d%", "co2", "high"), threshold=900.0, unit="ppm", profile="p"
    )
    [made] = fold([(request, make.now)])

    assert ("a/b", "d%", "co2", "high") == (made.site, made.device, made.resource, made.rule)
    assert (31.5, 900.0, "ppm", "p") == (made.value, made.threshold, made.unit, made.profile)
    assert (1, 1, 1, request.request_id) == (
        *(made.sequence, made.openings, made.judged),
        made.request_id,
    )
    assert (Level.OK, Level.WARNING, True) == (made.previous_level, made.level, made.active)
    assert 5 == UUID(made.alarm_id).version
    assert opening_id(request.alarm, request.at) == made.alarm_id


def test_an_alarm_that_opens_again_is_a_new_one_that_nobody_has_seen() -> None:
    first, _, _, second = after("critical", ACK, "ok", "info")

    assert first.alarm_id != second.alarm_id
    assert (False, None, None, None) == (
        second.acknowledged,
        second.acknowledged_at,
        second.acknowledged_by,
        second.cleared_at,
    )
    assert (Level.INFO, 2, 4) == (second.worst_level, second.openings, second.sequence)


def test_the_worst_level_and_the_duration_are_those_of_the_opening() -> None:
    changes = after("info", "critical", "info", "ok", COMMENT)

    worst = [Level.INFO, *[Level.CRITICAL] * 4]
    assert worst == [each.worst_level for each in changes]
    assert [0, 1, 2, 3, 3] == [each.duration_s for each in changes]


def test_flapping_and_a_silent_device_are_told_once_and_carry_the_level() -> None:
    make = Requests()
    told: list[tuple[str, dict[str, Any]]] = [
        ("info", {}),
        ("critical", {"flapping": True}),
        ("critical", {"flapping": True, "inhibited": True}),
        ("critical", {"flapping": True}),
        ("info", {}),
        ("ok", {}),
    ]
    changes = fold([(make.judge(level, **flags), make.now) for level, flags in told])

    assert ["created", "flapping", "inhibited", "released", "steady", "cleared"] == named(changes)
    assert ["info", "critical", "critical", "critical", "info", "ok"] == [c.level for c in changes]
    assert [False, True, True, True, False, False] == [c.flapping for c in changes]


def test_an_alarm_may_open_flapping_and_end_it_by_clearing() -> None:
    make = Requests()
    flapping, well = make.judge("warning", flapping=True), make.judge("ok")
    changes = fold([(flapping, make.now), (well, make.now)])

    assert [Change.CREATED, Change.CLEARED] == named(changes)
    assert [True, False] == [each.flapping for each in changes]


def test_a_shelving_ends_by_the_clock_of_the_log() -> None:
    make, shelving = Requests(), book()
    fold([(make.judge("info"), make.now)], shelving)
    until = make.now + 10 * SECOND
    [shelved] = fold([(make.ask(SHELVE, until=until), make.now)], shelving)

    assert [] == shelving.expire(until - 1)
    [ended] = shelving.expire(until)
    assert [] == shelving.expire(until + DAY)
    assert (until, None) == (shelved.shelved_until, ended.shelved_until)
    assert (Change.UNSHELVED, until, "clock") == (ended.change, ended.at, ended.by)


def test_of_several_shelvings_the_last_counts() -> None:
    make, shelving = Requests(), book()
    fold([(make.judge("info"), make.now)], shelving)
    for seconds in (10, 60, 20):
        until = make.now + seconds * SECOND
        fold([(make.ask(SHELVE, until=until), make.now)], shelving)

    assert [] == shelving.expire(until - 1)
    assert [Change.UNSHELVED] == named(shelving.expire(until + DAY))


def test_what_late_data_tell_stands_beside_the_live_alarm() -> None:
    make = Requests()
    live = make.judge("warning")
    found = make.judge("critical", late=DAY, backfilled=True)
    over = make.judge("ok", late=DAY, backfilled=True)
    again = make.judge("ok", late=DAY, backfilled=True)
    well = make.judge("ok")
    changes = fold([(each, make.now) for each in (live, found, over, again, well)])

    assert ["created", "created", "cleared", "cleared"] == named(changes)
    assert [False, True, True, False] == [each.backfilled for each in changes]
    assert [True, False, False, False] == [each.active for each in changes]
    assert [1, 2, 2, 2] == [each.openings for each in changes]
    assert live.at == changes[3].raised_at
    assert (found.at, over.at) == (changes[2].raised_at, changes[2].cleared_at)


def test_people_cannot_act_on_what_only_late_data_told() -> None:
    make, told = Requests(), book()
    fold([(make.judge("warning", late=DAY, backfilled=True), make.now)], told)

    assert Reason.UNKNOWN_ALARM == refused(make.ask(ACK), told, make.now)


def test_a_gap_in_the_numbers_hides_no_alarm() -> None:
    make = Requests()
    requests = [make.judge("info"), make.judge("critical", number=9), make.judge("ok")]
    changes = fold([(each, make.now) for each in requests])

    assert ["created", "raised", "cleared"] == named(changes)
    assert [1, 9, 10] == [each.judged for each in changes]


def test_numbers_that_begin_anew_at_a_later_time_hide_no_alarm() -> None:
    make = Requests()
    requests = [make.judge("info", number=9), make.judge("ok", number=10)]
    anew = [make.judge("warning", number=1), make.judge("ok", number=2)]
    changes = fold([(each, make.now) for each in (*requests, *anew, *anew)])

    assert ["created", "cleared"] * 2 == named(changes)


def refused(request: AlarmRequest, into: AlarmBook, logged_at: int) -> Reason | None:
    taken = into.take(request, logged_at=logged_at)
    return None if isinstance(taken, list) else taken[0]


@pytest.mark.parametrize(
    ("action", "fields", "reason"),
    [
        (ACK, {"alarm": alarm_key("never", "seen", "x", "y")}, Reason.UNKNOWN_ALARM),
        (COMMENT, {"alarm": alarm_key("never", "seen", "x", "y")}, Reason.UNKNOWN_ALARM),
        (ACK, {"alarm": "no key"}, Reason.BAD_REQUEST),
        (ACK, {"alarm": ""}, Reason.BAD_REQUEST),
        (ACK, {"at": AT}, Reason.LATE_REQUEST),
        (ACK, {"at": 0}, Reason.TIME_TOO_EARLY),
        (ACK, {"at": AT + DAY}, Reason.TIME_IN_FUTURE),
        (ACK, {"by": ""}, Reason.EMPTY_NAME),
        (ACK, {"by": "x" * 129}, Reason.NAME_TOO_LONG),
        (ACK, {"by": "a\nb"}, Reason.CONTROL_CHARACTER),
        (ACK, {"request_id": "x" * 129}, Reason.NAME_TOO_LONG),
        (ACK, {"text": "x" * 501}, Reason.BAD_REQUEST),
        (COMMENT, {"text": None}, Reason.BAD_REQUEST),
        (COMMENT, {"text": "  "}, Reason.BAD_REQUEST),
        (SHELVE, {"until": None}, Reason.BAD_REQUEST),
        (SHELVE, {"until": AT}, Reason.LATE_REQUEST),
        (SHELVE, {"until": AT + 31 * DAY}, Reason.BAD_REQUEST),
        (SHELVE, {"until": AT + 30 * DAY}, None),
        (ACK, {"text": "x" * 500}, None),
        (ACK, {"at": AT + SECOND}, None),
    ],
)
def test_what_cannot_be_done_is_set_aside(
    action: Action, fields: dict[str, Any], reason: Reason | None
) -> None:
    make, known = Requests(), book()
    fold([(make.judge("info"), make.now)], known)

    assert reason == refused(make.ask(action, **fields), known, make.now)


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        ({"value": float("nan")}, Reason.NOT_FINITE),
        ({"threshold": float("-inf")}, Reason.NOT_FINITE),
        ({"number": 0}, Reason.BAD_REQUEST),
        ({"unit": "x" * 129}, Reason.NAME_TOO_LONG),
        ({"value": None, "cause": Cause.SILENCE}, None),
    ],
)
def test_a_judgement_that_is_none_is_set_aside(
    found: dict[str, Any], reason: Reason | None
) -> None:
    make = Requests()

    assert reason == refused(make.judge("info", **found), book(), make.now)


def test_the_longest_names_are_no_reason_to_hide_an_alarm() -> None:
    make = Requests()
    key = alarm_key("/" * 128, "%" * 128, "x" * 64, "y" * 64)

    assert [Change.CREATED] == named(fold([(make.judge("info", key), make.now)]))
    rude = make.judge("info", alarm_key("house", "a\nb", "co2", "high"))
    assert Reason.CONTROL_CHARACTER == refused(rude, book(), make.now)


def test_a_judgement_and_what_people_ask_are_told_apart() -> None:
    make, known = Requests(), book()
    judge, ask = make.judge("info"), make.ask(ACK)

    assert Reason.BAD_REQUEST == refused(replace(judge, judgement=None), known, make.now)
    assert Reason.BAD_REQUEST == refused(replace(ask, judgement=judge.judgement), known, make.now)


def test_an_acknowledgement_of_the_opening_before_does_not_pass_for_this_one() -> None:
    make, known = Requests(), book()
    fold([(make.judge("info"), make.now), (make.judge("ok"), make.now)], known)
    late = make.ask(ACK)
    fold([(make.judge("critical"), make.now)], known)

    assert Reason.LATE_REQUEST == refused(late, known, make.now)


def test_an_alarm_of_a_device_whose_clock_is_ahead_can_be_acknowledged_at_once() -> None:
    make, known = Requests(), book()
    fold([(make.judge("info", late=-60 * SECOND), make.now)], known)

    assert [Change.ACKNOWLEDGED] == named(fold([(make.ask(ACK), make.now)], known))


def test_a_request_that_was_refused_may_come_again() -> None:
    make, known = Requests(), book()
    early = make.ask(ACK, at=AT + DAY)
    assert Reason.UNKNOWN_ALARM == refused(early, known, make.now)
    fold([(make.judge("info"), make.now)], known)

    assert [Change.ACKNOWLEDGED] == named(fold([(early, AT + DAY)], known))


def test_alarms_that_nobody_needs_are_forgotten_and_begin_anew() -> None:
    make, small = Requests(), book(remembered_alarms=2)
    keys = [alarm_key("house", f"room-{n}", "co2", "high") for n in range(4)]
    log: list[Logged] = [(make.judge("info", key), make.now) for key in keys]
    fold(log, small)
    assert 4 == len(small)

    fold([(make.judge("ok", key), make.now) for key in keys[:3]], small)
    assert 2 == len(small)
    assert Reason.UNKNOWN_ALARM == refused(make.ask(ACK, keys[0]), small, make.now)
    [anew] = fold([(make.judge("info", keys[0]), make.now)], small)
    assert (1, 1) == (anew.sequence, anew.openings)
    assert None is refused(make.ask(ACK, keys[3]), small, make.now)


def test_so_many_requests_of_people_are_remembered() -> None:
    make, small = Requests(), book(remembered_requests=2)
    fold([(make.judge("info"), make.now)], small)
    comments = [make.ask(COMMENT) for _ in range(3)]

    def told(*requests: AlarmRequest) -> int:
        return len(fold([(each, make.now) for each in requests], small))

    assert 3 == told(*comments)
    assert 0 == told(comments[2], comments[1])
    assert 1 == told(comments[0])


def test_nobody_can_take_the_id_of_a_judgement_beforehand() -> None:
    make, known = Requests(), book()
    first, worse = make.judge("info"), make.judge("critical")
    taken = make.ask(COMMENT, request_id=worse.request_id)
    changes = fold([(each, make.now) for each in (first, taken, worse)], known)

    assert [Change.CREATED, Change.COMMENTED, Change.RAISED] == named(changes)


@pytest.mark.parametrize("data", [b"", b"junk", book().save()[:-1]])
def test_bytes_that_no_book_saved_are_not_taken(data: bytes) -> None:
    with pytest.raises(UndecodableError):
        book().load(data)


@given(logs())
def test_sequences_have_no_gaps_and_the_states_make_sense(log: list[Logged]) -> None:
    by_key: dict[str, list[AlarmChange]] = defaultdict(list)
    for each in fold(log):
        by_key[each.alarm].append(each)

    for changes in by_key.values():
        assert list(range(1, len(changes) + 1)) == [each.sequence for each in changes]
        assert changes[0].change is Change.CREATED
        for each in changes:
            check(each)
        live = [each for each in changes if not each.backfilled]
        for before, now in pairwise(live):
            follows(before, now)


def check(each: AlarmChange) -> None:
    assert each.active or each.backfilled or each.level is Level.OK
    assert each.active or each.backfilled or each.cleared_at is not None
    assert not each.active or each.cleared_at is None
    assert each.latched == (each.active and each.level is Level.OK)
    assert not (each.latched and each.acknowledged) or each.change is Change.ACKNOWLEDGED
    assert each.acknowledged == (each.acknowledged_at is not None)
    assert RANK[each.worst_level] >= RANK[each.level]
    assert each.worst_level is not Level.OK
    assert each.duration_s >= 0
    assert each.change is not Change.RAISED or RANK[each.level] > RANK[each.previous_level]
    assert each.change is not Change.LOWERED or RANK[each.level] < RANK[each.previous_level]
    assert each.change is not Change.CLEARED or not each.active


def follows(before: AlarmChange, now: AlarmChange) -> None:
    assert before.level is now.previous_level
    assert (now.change is Change.CREATED) == (now.alarm_id != before.alarm_id)
    assert now.change is not Change.CREATED or not before.active
    if now.alarm_id == before.alarm_id:
        assert before.active or not now.active
        assert RANK[now.worst_level] >= RANK[before.worst_level]
        assert now.acknowledged or not before.acknowledged


@given(logs())
def test_what_comes_again_changes_nothing(log: list[Logged]) -> None:
    folded = book()
    fold(log, folded)
    saved = folded.save()

    taken = [r for r, _ in log if r.request_id in folded._requests or r.judgement]
    assert [] == fold([(request, 0) for request in taken], folded)
    assert saved == folded.save()


@given(logs(), st.integers(0, 40), st.integers(0, 40), st.integers(1, 3))
def test_a_book_saved_and_loaded_anywhere_goes_on_as_if_nothing_had_been(
    log: list[Logged], saved_at: int, crashed_at: int, most: int
) -> None:
    whole = book(remembered_alarms=most, remembered_requests=most)
    changes = fold(log, whole)

    first = book(remembered_alarms=most, remembered_requests=most)
    before = fold(log[:saved_at], first)
    saved = first.save()
    fold(log[saved_at : saved_at + crashed_at], first)
    second = book(remembered_alarms=most, remembered_requests=most)
    second.load(saved)

    assert saved == second.save()
    assert changes == before + fold(log[saved_at:], second)
    assert whole.save() == second.save()
