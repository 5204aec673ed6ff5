"""The setpoint commands, with somebody who keeps the shadows as a worker would."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import yaml
from typer.testing import CliRunner

from agents.command import Command
from models.shadows.settings import CommandSettings
from models.sites import SiteSettings
from schemas.topics import DEVICES_COMMANDED, SHADOWS_UPDATED
from streams.commands import setpoint
from streams.settings import Settings
from tests.models.shadow_updates import BOOK
from tests.streams.commands.keeper import Keeper

pytestmark = pytest.mark.integration

SITE = f"house-{uuid4().hex[:8]}"
LAB = f"lab-{uuid4().hex[:8]}"


@pytest.fixture(scope="module", autouse=True)
def _keeper(
    stocked: dict[str, str], settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    assert stocked
    path: Path = tmp_path_factory.mktemp("sites") / "sites.yaml"
    path.write_text(yaml.safe_dump({SITE: BOOK["house"], LAB: BOOK["lab"]}))
    command = Command(CommandSettings(), SiteSettings(sites_file=path))
    keeper = Keeper(settings.kafka, SHADOWS_UPDATED, command, DEVICES_COMMANDED)
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
