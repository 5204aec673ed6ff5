"""The setpoint commands, with somebody who keeps the shadows as a worker would."""

import asyncio
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event, Thread
from typing import Any
from uuid import uuid4

import numpy as np
import pytest
import yaml
from typer.testing import CliRunner

from agents.command import Command
from connectors.message_log import Logged, MessageLog, Span
from connectors.producer import BatchProducer
from models.shadows.settings import CommandSettings
from models.sites import SiteSettings
from schemas.batch import Origin, Raw, Records
from schemas.codec import decode, encode_framed, schema_of
from schemas.reasons import SetAside
from schemas.shadows import DeviceCommand, ShadowUpdate
from schemas.topics import DEVICES_COMMANDED, SHADOWS_REJECTED, SHADOWS_UPDATED
from streams.commands import setpoint
from streams.settings import Settings
from streams.writer import dead_letter, message
from tests.models.shadow_updates import BOOK

pytestmark = pytest.mark.integration

SITE = f"house-{uuid4().hex[:8]}"
LAB = f"lab-{uuid4().hex[:8]}"


class Keeper:
    """Keeps the shadows of all partitions: what is asked, is commanded or set aside."""

    def __init__(self, settings: Settings, sites: SiteSettings) -> None:
        self._settings = settings
        self._command = Command(CommandSettings(), sites)
        self._ended = Event()
        with MessageLog(settings.kafka) as log:
            self._next = {p: end for p, (_, end) in log.span(SHADOWS_UPDATED.name).bounds.items()}
        self._thread = Thread(target=lambda: asyncio.run(self._keep()))
        self._thread.start()

    def end(self) -> None:
        self._ended.set()
        self._thread.join()

    async def _keep(self) -> None:
        producer = BatchProducer(self._settings.kafka)
        header = schema_of(DeviceCommand).header
        with MessageLog(self._settings.kafka) as log:
            while not self._ended.is_set():
                for logged in await asyncio.to_thread(self._new, log):
                    commands, letters = self._taken(logged)
                    made = [message(DEVICES_COMMANDED, header, each) for each in commands]
                    await producer.send(
                        {DEVICES_COMMANDED.name: made, SHADOWS_REJECTED.name: letters}
                    )
                await asyncio.sleep(0.05)
        producer.close()

    def _new(self, log: MessageLog) -> list[Logged]:
        now = log.span(SHADOWS_UPDATED.name).bounds
        span = Span(SHADOWS_UPDATED.name, {p: (self._next[p], now[p][1]) for p in now})
        self._next = {p: end for p, (_, end) in now.items()}
        return list(log.read(span))

    def _taken(self, logged: Logged) -> tuple[list[DeviceCommand], list[Any]]:
        origin = Origin(
            topic=logged.topic,
            partition=logged.partition,
            offsets=np.array([logged.offset]),
            logged_at=np.array([logged.logged_at]),
        )
        header = len(schema_of(ShadowUpdate).header)
        update = decode((logged.value or b"")[header:], ShadowUpdate)
        done = list(self._command(Records(record=ShadowUpdate, rows=[update], origin=origin)))
        raw = Raw(origin=origin, keys=[logged.key], values=[logged.value])
        letters = [
            {"value": encode_framed(dead_letter(raw, each, step="c", now_ms=logged.logged_at))}
            for each in done
            if isinstance(each, SetAside)
        ]
        return [each for each in done if isinstance(each, DeviceCommand)], letters


@pytest.fixture(scope="module", autouse=True)
def _keeper(
    stocked: dict[str, str], settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    assert stocked
    path: Path = tmp_path_factory.mktemp("sites") / "sites.yaml"
    path.write_text(yaml.safe_dump({SITE: BOOK["house"], LAB: BOOK["lab"]}))
    keeper = Keeper(settings, SiteSettings(sites_file=path))
    yield
    keeper.end()


Call = Callable[..., Any]


@pytest.fixture
def call(stocked: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Call:
    """Call a command; give its result."""
    monkeypatch.chdir(tmp_path)

    def call(*words: str) -> Any:
        return CliRunner().invoke(setpoint.cli(), words, env=stocked)

    return call


def document(result: Any) -> Any:
    assert 0 == result.exit_code, result.output
    return json.loads(result.stdout)


def test_a_person_sets_and_releases_and_the_history_tells(call: Call) -> None:
    words = ("set", SITE, "ac-1", "22.2", "--hold", "2h", "--by", "ana", "--reason", "fan [/b]")
    called = call(*words)
    assert 0 == called.exit_code, called.output
    assert all(word in called.stdout for word in ("22 °C", "sent", "ana", "fan [/b]"))
    assert 0 == call("release", SITE, "ac-1", "--by", "ben").exit_code

    set_by, released = document(call("history", SITE, "ac-1", "--format", "json"))
    assert (22.0, "sent", "ana", 1) == tuple(
        set_by[name] for name in ("desired_c", "state", "by", "version")
    )
    assert 7_200_000 == set_by["manual_until"] - set_by["wished_at"]
    assert (None, "ben released it") == (released["manual_until"], released["text"])
    assert "ben released it" in call("history", SITE, "ac-1").stdout
    assert 1 == len(document(call("history", SITE, "ac-1", "--limit", "1", "--format", "json")))


def test_every_device_is_listed_as_it_is(call: Call) -> None:
    for degrees in ("20", "21"):
        assert 0 == call("set", SITE, "ac-2", degrees).exit_code

    listed = document(call("list", "--site", SITE, "--format", "json"))
    [found] = [each for each in listed if each["device"] == "ac-2"]
    assert (2, 21.0, "sent") == (found["version"], found["desired_c"], found["state"])
    assert "21 °C" in call("list").stdout
    assert "none was ever wanted" in call("list", "--site", "nowhere").stdout


def test_where_the_site_does_not_act_it_is_said(call: Call) -> None:
    called = call("set", LAB, "ac-1", "20")

    assert (0, True) == (called.exit_code, "proposed" in called.stdout)
    assert "does not act" in called.stderr


def test_a_refusal_is_told_with_its_reason(call: Call) -> None:
    called = call("set", SITE, "room-1", "20")

    assert 1 == called.exit_code
    assert "unknown_device" in called.stderr


def test_what_changes_nothing_is_said(call: Call) -> None:
    call("release", LAB, "ac-1")
    again = call("release", LAB, "ac-1")

    assert 1 == again.exit_code
    assert "nothing changed" in again.stderr


def test_a_device_without_commands_has_no_history(call: Call) -> None:
    called = call("history", SITE, "room-1")

    assert 1 == called.exit_code
    assert "no command for room-1" in called.stderr


@pytest.mark.parametrize(
    "words",
    [
        ("set", SITE, "ac-1"),
        ("set", SITE, "ac-1", "220"),
        ("set", SITE, "ac-1", "nan"),
        ("set", SITE, "ac-1", "20", "--hold", "8d"),
        ("set", SITE, "ac-1", "20", "--hold", "soon"),
        ("set", SITE, "ac-1", "20", "--by", ""),
        ("set", SITE, "ac-1", "20", "--reason", "x" * 501),
        ("release", SITE, ""),
        ("release", SITE, "x" * 129),
    ],
)
def test_what_cannot_be_meant_is_wrong_usage(call: Call, words: tuple[str, ...]) -> None:
    assert 2 == call(*words).exit_code
