"""A few rules over a series made by hand: what opens, what is said, how it is counted."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from agents.alarm import Alarm
from agents.notify import Notify
from agents.watch import Watch
from models.alarms.settings import AlarmSettings
from schemas.alarms import Change, Level
from schemas.notifications import Occasion
from schemas.records import AcceptedReading, AcceptedTelemetry
from streams.trial import BATCH, DAY_MS, Trial, run

NOON = 1_772_366_400_000
MINUTE = 60_000

RULES = """
rules:
  warm:
    select: {profile: farm.climate}
    resource: temperature
    levels: {warning: {above: 31}, critical: {above: 38}}
    channels: [chat]
  damp:
    select: {profile: farm.climate}
    resource: humidity
    levels: {info: {above: 90}}
channels:
  chat: {kind: discord, url_secret: CHAT_URL}
notify:
  reminders_min: [15]
"""


@pytest.fixture
def settings(tmp_path: Path) -> AlarmSettings:
    path = tmp_path / "rules.yaml"
    path.write_text(RULES)
    return AlarmSettings(rules_file=path)


def tried(settings: AlarmSettings, events: Sequence[AcceptedTelemetry]) -> Trial:
    return run(Watch(settings), Alarm(settings), Notify(settings), events)


def event(
    minute: float, value: float, *, device: str = "air-1", **more: float
) -> AcceptedTelemetry:
    at = NOON + round(minute * MINUTE)
    units = {"temperature": "Cel", "humidity": "%"}
    told = {"temperature": value, **more}
    return AcceptedTelemetry(
        event_id=f"{device} {minute}",
        site="bleiswijk",
        device=device,
        profile="farm.climate",
        at=at,
        received_at=at,
        readings=tuple(
            AcceptedReading(resource=name, value=each, unit=units[name])
            for name, each in told.items()
        ),
        tags={},
    )


def said(found: Trial) -> list[tuple[Occasion, int]]:
    """What was posted, with the minute of the change that it is about."""
    return [(post.occasion, (post.at - NOON) // MINUTE) for post in found.posts]


def test_where_nothing_is_wrong_nothing_is_raised(settings: AlarmSettings) -> None:
    found = tried(settings, [event(minute, 20) for minute in range(5)])

    assert (5, {("bleiswijk", "air-1")}) == (found.events, found.devices)
    assert (NOON, NOON + 4 * MINUTE) == (found.first_ms, found.last_ms)
    assert ([], [], []) == (found.openings(), found.posts, found.by_rule())
    assert 0.0 == found.per_device_and_day()


def test_of_no_events_nothing_comes(settings: AlarmSettings) -> None:
    found = tried(settings, [])

    assert (0, [], 0.0) == (found.events, found.by_rule(), found.per_device_and_day())


def test_an_opening_is_one_whatever_its_changes(settings: AlarmSettings) -> None:
    levels = [20, 32, 39, 20, 32]
    found = tried(settings, [event(minute, value) for minute, value in enumerate(levels)])

    first, second = found.openings()
    assert [Change.CREATED, Change.RAISED, Change.CLEARED, Change.CREATED] == [
        change.change for change in found.changes
    ]
    assert "bleiswijk/air-1/temperature/warm" == first.alarm == second.alarm
    assert (NOON + MINUTE, False, Level.CRITICAL) == (
        first.raised_at,
        first.active,
        first.worst_level,
    )
    assert (NOON + 4 * MINUTE, True, 32.0, 31.0) == (
        second.raised_at,
        second.active,
        second.value,
        second.threshold,
    )


def test_posts_are_those_that_people_would_have_got(settings: AlarmSettings) -> None:
    found = tried(settings, [event(0, 20), event(1, 32), event(2, 33), event(3, 39), event(4, 20)])

    assert [(Occasion.CREATED, 1), (Occasion.RAISED, 3), (Occasion.CLEARED, 4)] == said(found)


def test_reminders_come_by_the_time_of_the_readings_within_a_batch_too(
    settings: AlarmSettings,
) -> None:
    minutes = [event(minute, 32 if 5 <= minute < 40 else 20) for minute in range(60)]
    found = tried(settings, minutes)

    assert len(minutes) < BATCH
    assert [Occasion.CREATED, Occasion.REMINDER, Occasion.REMINDER, Occasion.CLEARED] == [
        post.occasion for post in found.posts
    ]


def test_an_alarm_that_stands_is_reminded_of_until_the_end(settings: AlarmSettings) -> None:
    found = tried(settings, [event(minute, 32) for minute in range(47)])

    assert [Occasion.CREATED, *[Occasion.REMINDER] * 3] == [post.occasion for post in found.posts]


def test_an_alarm_goes_on_from_batch_to_batch(settings: AlarmSettings) -> None:
    seconds = range(BATCH + 1000)
    found = tried(
        settings, [event(second / 60, 32 if 4000 <= second < 5700 else 20) for second in seconds]
    )

    assert (len(seconds), NOON + 1000 * seconds[-1]) == (found.events, found.last_ms)
    (opening,) = found.openings()
    assert (NOON + 4_000_000, 1700.0) == (opening.raised_at, found.lasted_s(opening))
    assert [Occasion.CREATED, Occasion.REMINDER, Occasion.CLEARED] == [
        post.occasion for post in found.posts
    ]


def test_alarms_are_counted_by_device_and_day(settings: AlarmSettings) -> None:
    day = DAY_MS // MINUTE
    events = [
        event(0, 32, device="air-1"),
        event(0, 20, device="air-2"),
        event(5, 20, device="air-1"),
        event(10, 32, device="air-1"),
        event(15, 32, device="air-2"),
        event(20, 20, device="air-1"),
        event(20, 20, device="air-2"),
    ]

    assert 3 / 2 == tried(settings, events).per_device_and_day()
    later = [*events, event(3 * day, 20, device="air-2")]
    assert 3 / 2 / 3 == tried(settings, later).per_device_and_day()


def test_a_row_for_each_rule_the_noisiest_first(settings: AlarmSettings) -> None:
    events = [
        event(0, 20, humidity=95),
        event(10, 32, humidity=95),
        event(40, 39, humidity=95),
        event(70, 20, humidity=95),
        event(80, 32, humidity=95),
        event(110, 20, humidity=95),
        event(180, 20, humidity=95),
    ]
    warm, damp = tried(settings, events).by_rule()

    assert {
        "rule": "warm",
        "alarms": 2,
        "devices": 1,
        "worst": "critical",
        "hours in alarm": 1.5,
        "still standing": 0,
        "flapping": 0,
    } == {name: value for name, value in warm.items() if name != "posts"}
    assert {
        "rule": "damp",
        "alarms": 1,
        "devices": 1,
        "worst": "info",
        "hours in alarm": 3.0,
        "still standing": 1,
        "flapping": 0,
        "posts": 0,
    } == damp
    assert 5 < warm["posts"]
