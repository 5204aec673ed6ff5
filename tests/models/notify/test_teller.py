"""Who is told of alarms, when, and how often."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.notify.teller import Teller
from schemas.alarms import AlarmChange, Change, Level
from schemas.notifications import Notification, Occasion
from tests.models.alarm_changes import (
    CHAT,
    MINUTE,
    NOON,
    acknowledged,
    change,
    cleared,
    critical,
    said,
    take,
    teller,
    until,
)

TWO = {"chat": CHAT, "boss": CHAT | {"min_level": "critical"}}
ROUND_THE_CLOCK = {"reminders_min": ()}


def test_an_alarms_life_is_told_where_it_began() -> None:
    told = take(teller(), change(), critical(2), acknowledged(3), cleared(4))

    assert said(told) == [
        ("created", "chat"),
        ("raised", "chat"),
        ("acknowledged", "chat"),
        ("cleared", "chat"),
    ]
    assert [1, 2, 3, 4] == [each.sequence for each in told]


def test_a_lower_level_is_told_only_if_wanted() -> None:
    lower = change(Change.LOWERED, 2, level=Level.INFO, previous_level=Level.WARNING)

    assert said(take(teller(), change(), lower)) == [("created", "chat")]
    wanted = teller(notify={"lowered": True})
    assert said(take(wanted, change(), lower)) == [("created", "chat"), ("lowered", "chat")]


def test_an_alarm_of_no_rule_is_told_where_those_are_whose_rule_names_no_channel() -> None:
    found = change(resource="setpoint", rule="command", by="command")
    everybody = teller(rows=TWO, notify={"channels": ("chat",)})

    assert said(take(everybody, found)) == [("created", "chat")]
    assert said(take(teller(), found)) == []


def test_a_level_that_rises_again_is_told_again() -> None:
    lower = change(Change.LOWERED, 3, previous_level=Level.CRITICAL)

    told = take(teller(), change(), critical(2), lower, critical(4))

    assert said(told) == [("created", "chat"), ("raised", "chat"), ("raised", "chat")]


def test_a_channel_hears_of_an_alarm_once_it_is_bad_enough() -> None:
    to = teller(rows=TWO, rule={"channels": ("boss", "chat")})

    assert said(take(to, change())) == [("created", "chat")]
    assert said(take(to, critical(2))) == [("created", "boss"), ("raised", "chat")]
    assert said(take(to, cleared(3))) == [("cleared", "chat"), ("cleared", "boss")]


def test_a_rule_without_channels_uses_the_default_ones() -> None:
    assert take(teller(rule={"channels": ()}), change()) == []
    to = teller(rule={"channels": ()}, notify={"channels": ("chat",)})
    assert said(take(to, change())) == [("created", "chat")]


def test_an_alarm_whose_rule_is_gone_is_still_told() -> None:
    to = teller(notify={"channels": ("chat",)})

    assert said(take(to, change(rule="gone"))) == [("created", "chat")]


def test_flapping_is_told_once() -> None:
    worst = change(Change.FLAPPING, 2, level=Level.CRITICAL, flapping=True)
    steady = change(Change.STEADY, 3)

    told = take(teller(), change(), worst, steady)

    assert said(told) == [("created", "chat"), ("flapping", "chat")]


@pytest.mark.parametrize(
    "muting",
    [
        {"backfilled": True},
        {"disabled": True},
        {"inhibited": True},
        {"shelved_until": NOON + MINUTE},
    ],
)
def test_nobody_hears_of_what_is_muted(muting: dict[str, Any]) -> None:
    to = teller()

    assert take(to, change(**muting), critical(2, **muting), cleared(3, **muting)) == []


def test_late_data_do_not_disturb_an_alarm_that_stands() -> None:
    past: dict[str, Any] = {
        "backfilled": True,
        "alarm_id": "past",
        "raised_at": NOON - MINUTE,
        "active": False,
    }

    told = take(teller(), change(), change(sequence=2, **past), cleared(3))

    assert said(told) == [("created", "chat"), ("cleared", "chat")]


@pytest.mark.parametrize(
    ("muting", "end"),
    [
        ({"disabled": True}, Change.ENABLED),
        ({"inhibited": True}, Change.RELEASED),
        ({"shelved_until": NOON + 90 * MINUTE}, Change.UNSHELVED),
    ],
)
def test_an_alarm_that_still_stands_is_told_when_it_is_muted_no_longer(
    muting: dict[str, Any], end: Change
) -> None:
    to = teller()
    take(to, change(**muting))

    assert said(take(to, change(end, 2))) == [("created", "chat")]
    assert take(to, change(Change.COMMENTED, 3)) == []


def test_a_shelving_ends_by_itself() -> None:
    to = teller()
    take(to, change(shelved_until=NOON + 10 * MINUTE))

    assert until(to, NOON + 9 * MINUTE) == []
    assert said(until(to, NOON + 11 * MINUTE)) == [("created", "chat")]


def test_what_got_worse_while_it_was_shelved_is_told_as_such() -> None:
    to = teller()
    shelved = {"shelved_until": NOON + 90 * MINUTE, "level": Level.CRITICAL}
    take(to, change(), change(Change.SHELVED, 2, shelved_until=NOON + 90 * MINUTE))
    take(to, change(Change.RAISED, 3, **shelved))

    (told,) = take(to, change(Change.UNSHELVED, 4, level=Level.CRITICAL))

    assert (told.occasion, told.sequence) == (Occasion.RAISED, 3)
    assert "[Warning → Critical]" in told.title


def test_outside_its_schedule_a_rule_pages_nobody_until_the_window_starts() -> None:
    hours = {"schedule": {"timezone": "Asia/Seoul", "start": "06:00", "end": "18:00"}}
    to = teller(rule=hours)  # noon UTC is 21:00 in Seoul
    assert take(to, change()) == []
    assert until(to, NOON + 8 * 60 * MINUTE) == []

    (told,) = until(to, NOON + 9 * 60 * MINUTE + MINUTE)

    assert (told.occasion, told.sequence) == (Occasion.CREATED, 1)


def test_what_cleared_outside_the_schedule_is_never_told() -> None:
    hours = {"schedule": {"timezone": "Asia/Seoul", "start": "06:00", "end": "18:00"}}
    to = teller(rule=hours)

    assert take(to, change(), cleared()) == []
    assert until(to, NOON + 10 * 60 * MINUTE) == []


def test_reminders_come_at_15_30_60_minutes_and_then_every_hour() -> None:
    to = teller()
    take(to, change())

    times = [
        minute
        for minute in range(1, 200)
        if said(until(to, NOON + minute * MINUTE)) == [("reminder", "chat")]
    ]

    assert times == [15, 30, 60, 120, 180]


@pytest.mark.parametrize("end", [acknowledged(), cleared()])
def test_reminders_end_with_the_acknowledgement_or_the_alarm(end: AlarmChange) -> None:
    to = teller(notify={"escalation": [{"after_min": 20, "channels": ["chat"]}]})
    take(to, change(), end)

    assert until(to, NOON + 61 * MINUTE) == []


def test_an_alarm_that_gets_worse_after_its_acknowledgement_is_told() -> None:
    to = teller()

    told = take(to, change(), acknowledged(2), critical(3, acknowledged=True))

    assert said(told)[2:] == [("raised", "chat")]
    assert until(to, NOON + 61 * MINUTE) == []


def test_what_somebody_acknowledged_before_it_could_be_told_is_not_told() -> None:
    to = teller()
    take(to, change(disabled=True), acknowledged(2, disabled=True))

    assert take(to, acknowledged(3, change=Change.ENABLED)) == []


def test_an_acknowledged_alarm_that_gets_worse_is_told_where_only_the_worse_is() -> None:
    to = teller(rows=TWO, rule={"channels": ("boss",)})

    told = take(to, change(), acknowledged(2), critical(3, acknowledged=True))

    assert said(told) == [("created", "boss")]


def test_every_reminder_has_an_id_of_its_own() -> None:
    to = teller()
    take(to, change())

    told = [each for minute in (15, 30, 60) for each in until(to, NOON + minute * MINUTE)]

    assert len({each.notification_id for each in told}) == len(told) == 3


def test_a_latched_alarm_is_reminded_of_at_its_worst_until_it_is_acknowledged() -> None:
    to = teller(rows=TWO, rule={"channels": ("boss",)})
    latched: dict[str, Any] = {"level": Level.OK, "worst_level": Level.CRITICAL, "latched": True}
    take(to, change(), critical(2), change(Change.LOWERED, 3, **latched))

    (told,) = until(to, NOON + 15 * MINUTE)
    assert told.title.startswith("[Reminder: Critical]")

    take(to, acknowledged(4, **latched))
    assert until(to, NOON + 61 * MINUTE) == []


def test_missed_reminders_are_made_up_for_by_one() -> None:
    to = teller()
    take(to, change())

    assert said(until(to, NOON + 125 * MINUTE)) == [("reminder", "chat")]
    assert until(to, NOON + 126 * MINUTE) == []


def test_an_alarm_older_than_a_day_is_not_paged_after_the_fact() -> None:
    to = teller(notify={"escalation": [{"after_min": 20, "channels": ["chat"]}]})
    day = 1440 * MINUTE

    assert said(take(to, change(), at=NOON - 3 * day)) == [("created", "chat")]
    assert until(to, NOON) == []
    assert said(until(to, NOON + 60 * MINUTE)) == [("reminder", "chat")]


def test_nobody_is_reminded_before_the_log_is_read_to_its_end() -> None:
    to = teller()
    take(to, change(), at=NOON)

    assert list(to.tick(NOON + 70 * MINUTE)) == []
    take(to, acknowledged(), at=NOON + 2 * MINUTE)
    assert until(to, NOON + 71 * MINUTE) == []


def test_an_alarm_that_nobody_acknowledges_is_escalated() -> None:
    steps = [{"after_min": 15, "channels": ["lead"]}, {"after_min": 30, "channels": ["boss"]}]
    to = teller(
        rows={"chat": CHAT, "lead": CHAT, "boss": CHAT},
        notify={"escalation": steps, "reminders_min": ()},
    )
    take(to, change())

    assert until(to, NOON + 14 * MINUTE) == []
    assert said(until(to, NOON + 15 * MINUTE)) == [("escalation", "lead")]
    assert said(until(to, NOON + 31 * MINUTE)) == [("escalation", "boss")]
    everybody = [("cleared", "chat"), ("cleared", "lead"), ("cleared", "boss")]
    assert said(take(to, cleared(), at=NOON + 32 * MINUTE)) == everybody


def storm(count: int, **changes: Any) -> list[AlarmChange]:
    return [change(device=f"air-{number}", **changes) for number in range(count)]


def test_above_ten_alarms_in_ten_minutes_the_rest_is_one_digest() -> None:
    to = teller(notify=ROUND_THE_CLOCK)

    assert said(take(to, *storm(25))) == [("created", "chat")] * 10
    (told,) = until(to, NOON + 10 * MINUTE)

    assert (told.occasion, told.fields["count"]) == (Occasion.DIGEST, "15")
    assert told.title == "[Warning] 15 more messages about alarms"
    assert [f"id-air-{n}#1#created" for n in range(10, 25)] == told.fields["messages"].split()
    assert until(to, NOON + 30 * MINUTE) == []


def test_the_next_window_counts_anew() -> None:
    to = teller(notify=ROUND_THE_CLOCK)
    take(to, *storm(11))

    told = take(to, change(device="other"), at=NOON + 10 * MINUTE)

    assert said(told) == [("digest", "chat"), ("created", "chat")]


def test_what_becomes_of_an_alarm_that_was_told_singly_is_told_singly() -> None:
    to = teller()
    take(to, *storm(11))

    assert said(take(to, cleared(device="air-3"))) == [("cleared", "chat")]
    assert take(to, cleared(device="air-10")) == []


def test_the_critical_is_never_hidden_in_a_digest() -> None:
    to = teller()
    take(to, *storm(20))
    worst: dict[str, Any] = {"level": Level.CRITICAL, "worst_level": Level.CRITICAL}

    assert said(take(to, change(device="boiler", **worst))) == [("created", "chat")]
    assert said(take(to, cleared(device="boiler", worst_level=Level.CRITICAL))) != []


def test_a_storm_of_reminders_is_a_digest_too() -> None:
    to = teller()
    take(to, *storm(30))

    told = until(to, NOON + 15 * MINUTE)

    assert said(told) == [("digest", "chat")] + [("reminder", "chat")] * 10
    assert said(until(to, NOON + 26 * MINUTE)) == [("digest", "chat")]


def test_a_very_large_storm_gives_digests_of_bounded_size() -> None:
    to = teller()

    told = take(to, *storm(2012))

    digests = [each for each in told if each.occasion is Occasion.DIGEST]
    assert ["1000", "1000"] == [each.fields["count"] for each in digests]
    assert all(len(each.text) < 1200 for each in digests)


def test_a_change_that_comes_again_says_nothing_again() -> None:
    to = teller()
    life = [change(), acknowledged(2), cleared(3)]

    assert len(take(to, *life)) == 3
    assert take(to, *life) == []


def test_an_alarm_that_the_book_forgot_and_opens_anew_is_told() -> None:
    to = teller()
    take(to, change(), cleared(2))

    again = change(sequence=1, alarm_id="later", raised_at=NOON + 60 * MINUTE)

    assert said(take(to, again, at=NOON + 60 * MINUTE)) == [("created", "chat")]


def test_each_channel_has_a_lane_of_its_own() -> None:
    rows = {"b": CHAT, "a": CHAT, "c": CHAT}
    to = teller(rows=rows, rule={"channels": ("c", "a", "b")})

    told = take(to, change())

    assert [(each.channel, each.lane) for each in told] == [("c", 2), ("a", 0), ("b", 1)]


def test_the_time_of_the_reading_is_passed_on_only_where_a_reading_was_the_cause() -> None:
    to = teller()

    told = take(to, change(), acknowledged(2)) + until(to, NOON + 15 * MINUTE)

    assert [NOON + 20, 0] == [each.seen_at for each in told]


KINDS = st.sampled_from(["raise", "lower", "acknowledge", "clear", "comment"])
LIVES = st.dictionaries(st.integers(0, 30), st.lists(KINDS, max_size=6), max_size=31)
GAPS_MS = st.lists(st.integers(0, 5 * MINUTE), max_size=12)


def _life(device: int, kinds: list[str]) -> Iterator[AlarmChange]:
    name = f"air-{device}"
    last = change(device=name)
    yield last
    for sequence, kind in enumerate(kinds, 2):
        seen = {"acknowledged": last.acknowledged}
        match kind:
            case "raise":
                last = critical(sequence, device=name, **seen)
            case "lower":
                last = change(Change.LOWERED, sequence, device=name, **seen)
            case "acknowledge":
                last = acknowledged(sequence, device=name, level=last.level)
            case "comment":
                last = change(Change.COMMENTED, sequence, device=name, level=last.level, **seen)
            case _:
                yield cleared(sequence, device=name)
                return
        yield last


def _run(
    to: Teller, changes: list[AlarmChange], gaps_ms: list[int], *, again: bool
) -> list[Notification]:
    now_ms, told = NOON, []
    for place, each in enumerate(changes):
        now_ms += gaps_ms[place % len(gaps_ms)] if gaps_ms else 0
        told += take(to, each, at=now_ms)
        if again:
            told += take(to, *changes[: place + 1], at=now_ms)
        told += list(to.tick(now_ms))
    return told + until(to, now_ms + 1000 * MINUTE)


@settings(deadline=None)
@given(lives=LIVES, gaps_ms=GAPS_MS, again=st.booleans())
def test_every_alarm_is_told_exactly_once_singly_or_in_a_digest(
    *, lives: dict[int, list[str]], gaps_ms: list[int], again: bool
) -> None:
    changes = [each for device, kinds in lives.items() for each in _life(device, kinds)]
    changes.sort(key=lambda each: each.sequence)

    told = _run(teller(notify=ROUND_THE_CLOCK), changes, gaps_ms, again=again)

    single = [f"{each.alarm_id}#{each.sequence}#{each.occasion}" for each in told if each.alarm]
    held = [line for each in told if not each.alarm for line in each.fields["messages"].split()]
    about = [line.rpartition("#")[0] for line in single + held]
    assert len(about) == len(set(about))
    assert len(told) == len({each.notification_id for each in told})
    created = [line for line in single + held if line.endswith("#created")]
    assert sorted(created) == sorted(f"id-air-{device}#1#created" for device in lives)


@settings(deadline=None)
@given(LIVES, GAPS_MS, st.data())
def test_a_restart_goes_on_as_if_there_had_been_none(
    lives: dict[int, list[str]], gaps_ms: list[int], data: st.DataObject
) -> None:
    changes = [each for device, kinds in lives.items() for each in _life(device, kinds)]
    cut = data.draw(st.integers(0, len(changes)))
    whole, first, second = teller(), teller(), teller()

    told = take(first, *changes[:cut])
    second.load(first.save())
    told += take(second, *changes[cut:])

    assert take(whole, *changes) == told
    for start, end in pairwise([0, *gaps_ms]):
        at = NOON + start + end + 10 * MINUTE
        assert until(whole, at) == until(second, at)
    assert whole.save() == second.save()
