from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import settings as settings_of_hypothesis
from hypothesis import strategies as st

from agents.alarm import Alarm
from agents.command import GRACE_MS, QUIET_MS, Command
from models.alarms.settings import AlarmSettings
from models.shadows.settings import CommandSettings
from models.sites import SiteSettings
from schemas.alarms import AlarmChange, AlarmRequest, Change
from schemas.batch import Origin, Records
from schemas.reasons import DETAIL_LIMIT, Reason, SetAside
from schemas.shadows import CommandState, DeviceCommand, ShadowUpdate
from streams.shapes import gives, takes
from tests.models.shadow_updates import (
    AT,
    BOOK,
    MINUTE,
    SECOND,
    TTL,
    Logged,
    Updates,
    commands,
    cut,
    logs,
    states,
)

EXPIRED, SENT = CommandState.EXPIRED, CommandState.SENT


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> SiteSettings:
    path: Path = tmp_path_factory.mktemp("sites") / "sites.yaml"
    path.write_text(yaml.safe_dump(BOOK))
    return SiteSettings(sites_file=path)


@pytest.fixture
def command(sites: SiteSettings) -> Command:
    return Command(CommandSettings(), sites)


def batch(log: Sequence[Logged], offset: int = 0) -> Records[ShadowUpdate]:
    origin = Origin(
        topic="shadows.updated.v1",
        partition=0,
        offsets=np.arange(offset, offset + len(log), dtype=np.int64),
        logged_at=np.array([logged_at for _, logged_at in log], np.int64),
    )
    return Records(record=ShadowUpdate, rows=[update for update, _ in log], origin=origin)


def told(command: Command, *updates: ShadowUpdate) -> list[Any]:
    return list(command(batch([(each, each.at) for each in updates])))


def test_it_takes_updates_and_gives_commands_and_alarms() -> None:
    assert (Records, ShadowUpdate) == takes(Command)
    assert {DeviceCommand, AlarmRequest} == gives(Command)


def test_each_update_has_its_commands_or_is_set_aside(command: Command) -> None:
    make, other = Updates(), Updates("x" * 9999)
    [sent, aside] = told(command, make.model(20.0), other.model(20.0))

    assert (SENT, 20.0) == (sent.state, sent.desired_c)
    assert isinstance(aside, SetAside)
    assert (1, Reason.UNKNOWN_DEVICE) == (aside.row, aside.reason)
    assert len(aside.detail) <= DETAIL_LIMIT
    assert 2 == command.entries


def quiet(command: Command, now_ms: int) -> list[DeviceCommand | AlarmRequest]:
    """What is said at a time, once the log has been quiet for long enough."""
    return [*command.tick(now_ms - QUIET_MS), *command.tick(now_ms)]


def test_the_clock_expires_a_command_a_little_after_its_end(command: Command) -> None:
    [sent] = told(command, Updates().model(20.0))
    end_ms = sent.expires_at + 2 * GRACE_MS

    assert [] == quiet(command, end_ms - 1)
    [expired, alarm] = command.tick(end_ms)
    assert isinstance(expired, DeviceCommand)
    assert (EXPIRED, sent.expires_at) == (expired.state, expired.at)
    assert isinstance(alarm, AlarmRequest)


def test_a_log_that_is_read_late_is_not_taken_for_silence(command: Command) -> None:
    make, now_ms = Updates(), 10**13
    told(command, make.model(20.0))

    assert [] == list(command.tick(now_ms))
    told(command, make.report(20.0, version=1))
    assert [] == list(command.tick(now_ms + QUIET_MS))
    assert [] == list(command.tick(now_ms + 3 * QUIET_MS))


def test_a_command_expires_the_same_by_the_clock_and_by_the_log(sites: SiteSettings) -> None:
    ticking, waiting = (Command(CommandSettings(), sites) for _ in range(2))
    for each in (ticking, waiting):
        told(each, Updates().model(20.0))
    other = Updates("ac-2").model(20.0, after=TTL + MINUTE)

    ended = [*quiet(ticking, other.at), *told(ticking, other)]
    assert ended == told(waiting, other)
    assert [EXPIRED, SENT] == [state for _, state, _ in states(ended)]


def test_a_room_in_the_past_and_in_a_hurry_keeps_its_own_time(command: Command) -> None:
    make, logged_at = Updates(), 1_900_000_000_000
    log: list[Logged] = [(make.model(20.0), logged_at), (make.report(20.0, 1), logged_at + 1)]
    log += [(make.model(19.0), logged_at + 2), (make.report(20.0, after=TTL), logged_at + 3)]
    done = list(command(batch(log)))

    assert [1, 1, 2, 2] == [version for version, *_ in states(done)]
    assert (2, EXPIRED, 19.0) == states(done)[-1]
    assert [] == quiet(command, logged_at + 100 * SECOND)


def test_whoever_keeps_the_alarms_takes_its_alarm(command: Command) -> None:
    make = Updates()
    asked = told(
        command, make.model(20.0), make.report(19.5, after=TTL), make.report(20.0, version=1)
    )
    requests = [each for each in asked if isinstance(each, AlarmRequest)]
    origin = batch([(Updates().model(20.0), each.at) for each in requests]).origin
    changes = list(
        Alarm(AlarmSettings())(Records(record=AlarmRequest, rows=requests, origin=origin))
    )

    assert [Change.CREATED, Change.CLEARED] == [
        each.change for each in changes if isinstance(each, AlarmChange)
    ]


def test_updates_without_a_time_are_a_bug(command: Command) -> None:
    with pytest.raises(ValueError, match="time"):
        command(Records(record=ShadowUpdate, rows=[]))


def test_the_shipped_sites_only_propose() -> None:
    make = Updates("aircon-1", "gwangju")
    [proposed] = commands(told(Command(CommandSettings(), SiteSettings()), make.model(20.0)))

    assert CommandState.PROPOSED is proposed.state


@settings_of_hypothesis(deadline=None, max_examples=50)  # each start reads the sites
@given(logs(), st.lists(st.integers(0, 40), max_size=4))
def test_wherever_batches_are_cut_and_workers_start_anew_the_commands_are_the_same(
    sites: SiteSettings, log: list[Logged], edges: list[int]
) -> None:
    whole = Command(CommandSettings(), sites)
    expected = _told(whole(batch(log)))

    command, found = Command(CommandSettings(), sites), list[Any]()
    for piece in cut(log, edges):
        saved, command = command.save(), Command(CommandSettings(), sites)
        command.load(saved)
        found += _told(command(batch(piece)))
    assert expected == found
    assert whole.save() == command.save()


@settings_of_hypothesis(deadline=None, max_examples=50)
@given(logs(), st.lists(st.integers(0, 2 * TTL), max_size=9))
def test_a_clock_that_ticks_in_between_changes_nothing(
    sites: SiteSettings, log: list[Logged], ticks: list[int]
) -> None:
    waiting, ticking = (Command(CommandSettings(), sites) for _ in range(2))
    expected, found = list[Any](), list[Any]()
    for place, (update, logged_at) in enumerate(log):
        expected += _told(waiting(batch([(update, logged_at)])))
        found += _told(ticking(batch([(update, logged_at)])))
        following = [later for _, later in log[place + 1 :]]
        for each in sorted(ticks):
            # the broker stamps by the same clock
            found += ticking.tick(min([logged_at + each, *following]))

    end = max([logged_at for _, logged_at in log], default=AT) + 10 * TTL
    assert expected + quiet(waiting, end) == found + quiet(ticking, end)


def _told(done: Any) -> list[Any]:
    return [each for each in done if not isinstance(each, SetAside)]
