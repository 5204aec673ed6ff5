"""The alarm commands, with somebody who keeps the alarms as a worker would."""

import asyncio
import json
import os
import pty
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from pydantic import SecretStr
from typer.testing import CliRunner

from agents.alarm import Alarm
from compose.local import down, up
from compose.settings import ServerSettings
from compose.status import worker_environment
from connectors.alarm_documents import AlarmsSink
from connectors.delivery import Parcel
from connectors.mongo import MongoSettings
from models.alarms.key import alarm_key
from models.alarms.settings import AlarmSettings
from schemas.alarms import AlarmChange
from schemas.batch import Records
from schemas.codec import encode_framed
from schemas.topics import ALARMS_CHANGED, ALARMS_REQUESTED
from streams.commands import alarms
from streams.sending import send
from streams.settings import Settings
from tests.models.alarm_requests import Requests
from tests.streams.commands.keeper import Keeper

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def environment_with_mongo(
    stocked: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, str]]:
    state_dir: Path = tmp_path_factory.mktemp("mongo")
    servers = ServerSettings().with_free_ports()
    up(["mongodb"], settings=servers, state_dir=state_dir)
    found = worker_environment(["mongodb"], settings=servers, state_dir=state_dir)
    yield stocked | found
    down(["mongodb"], settings=servers, state_dir=state_dir)


@pytest.fixture(scope="module")
def with_mongo(settings: Settings, environment_with_mongo: dict[str, str]) -> Settings:
    url = SecretStr(environment_with_mongo["ENGAWA_MONGO__URL"])
    return settings.model_copy(update={"mongo": MongoSettings(url=url)})


@pytest.fixture(scope="module")
def _keeper(with_mongo: Settings) -> Iterator[None]:
    sink = AlarmsSink(with_mongo.mongo)
    alarm = Alarm(AlarmSettings())
    keeper = Keeper(with_mongo.kafka, ALARMS_REQUESTED, alarm, ALARMS_CHANGED, sink.write)
    yield
    keeper.end()
    asyncio.run(sink.close())


Call = Callable[..., Any]


@pytest.fixture
def call(
    environment_with_mongo: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Call:
    """Call a command; give its result."""
    monkeypatch.chdir(tmp_path)

    def call(*words: str, **changed: str) -> Any:
        environment = environment_with_mongo | changed
        return CliRunner().invoke(alarms.cli(), words, env=environment)

    return call


@pytest.fixture
def alarm(call: Call, with_mongo: Settings, _keeper: None) -> str:
    """The key of an alarm that was just raised, of a site of its own."""
    key = alarm_key(f"site-{uuid4().hex}", "room-1", "temperature", "too-warm")
    request = Requests().judge("warning", key, at=time.time_ns() // 1_000_000, unit="Cel")
    parcels = [Parcel(key.encode(), encode_framed(request))]
    send(with_mongo.kafka, ALARMS_REQUESTED.name, iter(parcels), answered=lambda _: None)
    while call("history", key).exit_code:
        time.sleep(0.05)
    return key


def document(result: Any) -> Any:
    assert 0 == result.exit_code, result.output
    return json.loads(result.stdout)


def test_an_alarm_is_listed_as_it_is(call: Call, alarm: str) -> None:
    site = alarm.partition("/")[0]
    listed = call("list", "--site", site)

    assert 0 == listed.exit_code
    assert all(word in listed.stdout for word in (site, "warning", "active, unseen", "31.5 Cel"))
    [found] = document(call("list", "--site", site, "--level", "warning", "--format", "json"))
    assert (alarm, "created") == (found["alarm"], found["change"])
    assert [] == document(call("list", "--site", site, "--level", "critical", "--format", "json"))
    assert [] == document(call("list", "--site", site, "--state", "cleared", "--format", "json"))


def test_people_act_on_an_alarm_and_its_history_tells(call: Call, alarm: str) -> None:
    for words in (
        ("ack", alarm, "--by", "ana", "--comment", "on my way"),
        ("shelve", alarm, "--by", "ana", "--for", "2h"),
        ("unshelve", alarm, "--by", "ben"),
        ("disable", alarm, "--by", "ben"),
        ("enable", alarm, "--by", "ben"),
        ("comment", alarm, "valve [/bold] replaced", "--by", "ben"),
    ):
        assert 0 == call(*words).exit_code

    history = document(call("history", alarm, "--format", "json"))
    assert [
        *("created", "acknowledged", "shelved", "unshelved", "disabled", "enabled", "commented"),
    ] == [each["change"] for each in history]
    assert ["rules", "ana", "ana", "ben"] == [each["by"] for each in history[:4]]
    assert "valve [/bold] replaced" in call("history", alarm).stdout


def test_what_came_of_it_is_told(call: Call, alarm: str) -> None:
    called = call("ack", alarm, "--by", "ana")

    assert "acknowledged" in called.stdout
    assert "active, seen by ana" in called.stdout


def test_a_refusal_is_told_with_its_reason(call: Call, alarm: str, with_mongo: Settings) -> None:
    other = alarm.replace("room-1", "room-2")
    client = MongoSettings(url=with_mongo.mongo.url)
    known = document(call("list", "--site", alarm.partition("/")[0], "--format", "json"))[0]
    pretended = Records(record=AlarmChange, rows=[change_of(known, other)])
    asyncio.run(AlarmsSink(client).write(pretended))

    called = call("ack", other, "--by", "ana")
    assert 1 == called.exit_code
    assert "unknown_alarm" in called.stdout


def change_of(known: dict[str, Any], alarm: str) -> AlarmChange:
    known = {name: value for name, value in known.items() if name != "_id"}
    return AlarmChange(**known | {"alarm": alarm})


def test_the_alarms_that_stand_are_watched(call: Call, alarm: str) -> None:
    site = alarm.partition("/")[0]
    standing = call("watch", "--once", "--site", site)

    assert 0 == standing.exit_code
    assert "1 alarms stand, 1 unseen" in standing.stdout
    assert "0 alarms stand" in call("watch", "--once", "--site", "nowhere").stdout


def test_watching_goes_on_until_ctrl_c(alarm: str, environment_with_mongo: dict[str, str]) -> None:
    ours, theirs = pty.openpty()
    watching = subprocess.Popen(
        [sys.executable, "-c", "from streams.commands.alarms import cli; cli()()", "watch"],
        env=os.environ | environment_with_mongo | {"COLUMNS": "200"},
        stdout=theirs,
        stderr=theirs,
        cwd=Path(__file__).parents[3],
    )
    os.close(theirs)
    seen = b""
    while alarm.partition("/")[0].encode() not in seen:
        seen += os.read(ours, 65_536)
    watching.send_signal(signal.SIGINT)
    with suppress(OSError):  # it is closed
        while os.read(ours, 65_536):
            pass

    assert 0 == watching.wait()
    assert b"alarms stand" in seen


def test_an_alarm_that_never_opened_is_no_alarm(call: Call, alarm: str) -> None:
    called = call("ack", "a/b/c/d", "--by", "ana")

    assert 1 == called.exit_code
    assert "no alarm a/b/c/d" in called.stderr
    assert 1 == call("history", "a/b/c/d").exit_code
    both = call("ack", "a/b/c/d", alarm, "--by", "ana")
    assert 1 == both.exit_code
    assert "acknowledged" in both.stdout


def test_alarms_are_acted_on_while_mongodb_is_away(call: Call, alarm: str) -> None:
    away = {"ENGAWA_MONGO__URL": "mongodb://127.0.0.1:1", "ENGAWA_MONGO__TIMEOUT_S": "0.1"}
    called = call("ack", alarm, "--by", "ana", **away)

    assert 0 == called.exit_code
    assert "acknowledged" in called.stdout
    assert "not checked" in called.stderr


@pytest.mark.parametrize(
    "words",
    [
        ("ack", "a/b/c/d"),
        ("ack", "--by", "ana"),
        ("ack", "a/b/c/d", "--by", ""),
        ("ack", "a/b/c/d", "--by", "x" * 129),
        ("ack", "a/b/c/d", "--by", "ana", "--comment", "x" * 501),
        ("comment", "a/b/c/d", " ", "--by", "ana"),
        ("shelve", "a/b/c/d", "--by", "ana"),
        ("shelve", "a/b/c/d", "--by", "ana", "--for", "2h", "--until", "2030-01-01"),
        ("shelve", "a/b/c/d", "--by", "ana", "--for", "31d"),
        ("shelve", "a/b/c/d", "--by", "ana", "--for", "2026-01-01"),
        ("shelve", "a/b/c/d", "--by", "ana", "--until", "2h"),
        ("shelve", "a/b/c/d", "--by", "ana", "--until", "soon"),
    ],
)
def test_what_cannot_be_meant_is_wrong_usage(call: Call, words: tuple[str, ...]) -> None:
    assert 2 == call(*words).exit_code
