import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from models.energy.card import MODEL_FILE
from streams.commands import models
from tests.models.energy_models import write_version

Called = Callable[..., Result]


@pytest.fixture
def called(tmp_path: Path) -> Called:
    """Calls a command, with a shipped version 1 of a model called energy."""
    write_version(tmp_path / "shipped")
    environment = {
        "ENGAWA_ENERGY__SHIPPED_FOLDER": str(tmp_path / "shipped"),
        "ENGAWA_ENERGY__MODELS_FOLDER": str(tmp_path / "own"),
    }

    def call(*arguments: str | Path, code: int = 0) -> Result:
        result = CliRunner().invoke(models.cli(), list(map(str, arguments)), env=environment)
        assert code == result.exit_code, result.output
        return result

    return call


def versions(called: Called, *, code: int = 0) -> list[tuple[str, bool, bool]]:
    found = json.loads(called("verify", "--format", "json", code=code).stdout)
    return [(each["version"], each["used"], each["sound"]) for each in found]


def test_versions_come_are_used_and_go_back(called: Called, tmp_path: Path) -> None:
    assert "energy 2 is used" in called("add", write_version(tmp_path / "new", version=2)).stderr
    assert [("2", True, True), ("1", False, True)] == versions(called)
    assert "energy 1 is used" in called("rollback", "energy").stderr
    assert [("2", False, True), ("1", True, True)] == versions(called)
    assert "energy 2 is used" in called("use", "energy").stderr
    assert "energy 1 is used" in called("use", "energy", "1").stderr


def test_what_was_chosen_is_used_though_something_newer_comes(
    called: Called, tmp_path: Path
) -> None:
    called("use", "energy", "1")
    said = called("add", write_version(tmp_path / "new", version=2)).stderr
    assert "energy 2 is there" in said
    assert "energy 1 is used" in said


def test_a_version_that_fails_is_refused_and_named(called: Called, tmp_path: Path) -> None:
    bad = write_version(tmp_path / "new", version=2, tested=5.0)
    assert "smoke test" in called("add", bad, code=1).stderr
    (write_version(tmp_path / "own", version=3) / MODEL_FILE).write_bytes(b"what?")
    assert [("3", False, False), ("1", True, True)] == versions(called, code=1)
    assert "SHA-256" in called("use", "energy", "3", code=1).stderr
    assert "SHA-256" in called("list").stdout


def test_a_card_is_shown(called: Called) -> None:
    card = json.loads(called("show", "energy", "--format", "json").stdout)
    assert ("energy", 1, 5) == (card["name"], card["version"], len(card["columns"]))
    shown = called("show", "energy").stdout
    assert "indoor_temperature" in shown
    assert "Apache-2.0" in shown


@pytest.mark.parametrize(
    "arguments",
    [
        ("show", "none"),
        ("show", "energy", "--version", "9"),
        ("show", "../energy"),
        ("use", "energy", "9"),
        ("use", ".."),
        ("use", "none"),
        ("rollback", "energy"),
        ("rollback", "none"),
    ],
)
def test_what_is_not_there_ends_with_a_sentence(called: Called, arguments: tuple[str, ...]) -> None:
    result = called(*arguments, code=1)
    assert result.stderr.strip()
    assert isinstance(result.exception, SystemExit)


def test_a_folder_without_a_model_is_refused(called: Called, tmp_path: Path) -> None:
    assert "card.json" in called("add", tmp_path, code=1).stderr
    called("add", tmp_path / "none", code=2)


def test_a_store_that_cannot_be_written_is_named(called: Called, tmp_path: Path) -> None:
    (tmp_path / "own").write_text("a file where a folder should be")
    assert "own" in called("use", "energy", "1", code=1).stderr
