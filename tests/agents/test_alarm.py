from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as settings_of_hypothesis
from hypothesis import strategies as st
from pydantic import ValidationError

from agents.alarm import GRACE_MS, Alarm
from models.alarms.key import alarm_key
from models.alarms.settings import AlarmSettings
from schemas.alarms import Action, AlarmChange, AlarmRequest, Change
from schemas.batch import Origin, Records
from schemas.reasons import Reason, SetAside
from streams.shapes import gives, takes
from tests.models.alarm_requests import LATCHED, SECOND, Logged, Requests, logs, named

RULES = """
rules:
  latched:
    resource: co2
    levels: {warning: {above: 900}}
    latch: true
  too-warm:
    resource: temperature
    levels: {warning: {above: 31}}
"""


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> AlarmSettings:
    rules: Path = tmp_path_factory.mktemp("rules") / "rules.yaml"
    rules.write_text(RULES)
    return AlarmSettings(rules_file=rules)


def batch(log: Sequence[Logged], offset: int = 0) -> Records[AlarmRequest]:
    origin = Origin(
        topic="alarms.requested.v1",
        partition=0,
        offsets=np.arange(offset, offset + len(log), dtype=np.int64),
        logged_at=np.array([logged_at for _, logged_at in log], np.int64),
    )
    return Records(record=AlarmRequest, rows=[request for request, _ in log], origin=origin)


def told(alarm: Alarm, log: Sequence[Logged]) -> list[AlarmChange | SetAside]:
    return list(alarm(batch(log)))


def changes(done: Sequence[AlarmChange | SetAside]) -> list[AlarmChange]:
    return [each for each in done if isinstance(each, AlarmChange)]


def test_it_takes_requests_and_gives_changes() -> None:
    assert (Records, AlarmRequest) == takes(Alarm)
    assert {AlarmChange} == gives(Alarm)


def test_each_request_has_its_changes_or_is_set_aside(settings: AlarmSettings) -> None:
    make, alarm = Requests(), Alarm(settings)
    requests = [make.ask(Action.ACKNOWLEDGE), make.judge("warning"), make.ask(Action.COMMENT)]
    aside, created, commented = told(alarm, [(each, make.now) for each in requests])

    assert isinstance(aside, SetAside)
    assert (0, Reason.UNKNOWN_ALARM) == (aside.row, aside.reason)
    assert isinstance(created, AlarmChange)
    assert isinstance(commented, AlarmChange)
    assert (Change.CREATED, 1) == (created.change, created.sequence)
    assert (Change.COMMENTED, 2) == (commented.change, commented.sequence)
    assert 2 == alarm.entries


def test_the_rules_say_which_alarms_are_latched(settings: AlarmSettings) -> None:
    make = Requests()
    requests = [make.judge(level, key) for key in (LATCHED, KEY) for level in ("warning", "ok")]
    done = changes(told(Alarm(settings), [(each, make.now) for each in requests]))

    assert [Change.CREATED, Change.LOWERED, Change.CREATED, Change.CLEARED] == named(done)


KEY = alarm_key("house", "room-1", "temperature", "too-warm")


def shelved(alarm: Alarm) -> int:
    """Shelve an alarm; give the end of it."""
    make = Requests()
    log = [(make.judge("warning"), make.now), (make.ask(Action.SHELVE), make.now)]
    until = changes(told(alarm, log))[-1].shelved_until
    assert until is not None
    return until


def test_the_clock_ends_a_shelving_a_little_after_its_end(settings: AlarmSettings) -> None:
    alarm = Alarm(settings)
    until = shelved(alarm)

    assert [] == list(alarm.tick(until + GRACE_MS - 1))
    assert [Change.UNSHELVED] == named(alarm.tick(until + GRACE_MS))


def test_a_shelving_ends_the_same_by_the_clock_and_by_the_next_request(
    settings: AlarmSettings,
) -> None:
    ticking, waiting = Alarm(settings), Alarm(settings)
    until = shelved(ticking)
    shelved(waiting)
    next_request = Requests().judge("critical", number=2, at=until + 10 * SECOND)
    log = [(next_request, until + 10 * SECOND)]

    ended = [*ticking.tick(until + GRACE_MS), *told(ticking, log)]
    assert ended == told(waiting, log)
    assert [Change.UNSHELVED, Change.RAISED] == named(changes(ended))


def test_an_empty_batch_gives_nothing(settings: AlarmSettings) -> None:
    assert [] == told(Alarm(settings), [])


def test_requests_without_a_time_are_a_bug(settings: AlarmSettings) -> None:
    with pytest.raises(ValueError, match="time"):
        Alarm(settings)(Records(record=AlarmRequest, rows=[]))


def test_the_shipped_rules_are_sound() -> None:
    assert 0 == Alarm(AlarmSettings()).entries


def test_a_rules_file_that_is_missing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValidationError):
        AlarmSettings(rules_file=tmp_path / "none.yaml")


@settings_of_hypothesis(deadline=None, max_examples=50)  # each start reads the rules
@given(logs(), st.lists(st.integers(0, 40), max_size=4))
def test_wherever_batches_are_cut_and_workers_start_anew_the_changes_are_the_same(
    settings: AlarmSettings, log: list[Logged], cuts: list[int]
) -> None:
    whole = Alarm(settings)
    expected = changes(told(whole, log))

    alarm, found = Alarm(settings), list[AlarmChange]()
    edges = [0, *sorted(min(cut, len(log)) for cut in cuts), len(log)]
    for first, end in pairwise(edges):
        saved, alarm = alarm.save(), Alarm(settings)
        alarm.load(saved)
        found += changes(list(alarm(batch(log[first:end], first))))
    assert expected == found
    assert whole.save() == alarm.save()
