import hashlib
import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from connectors.outcome import RefusedError
from models.faces.card import cards
from models.faces.settings import built_models
from models.faces.shelf import Shelf
from streams.commands.models_build import build, build_models


def app() -> typer.Typer:
    made = typer.Typer()
    made.command()(build)
    return made


def test_nothing_missing_means_nothing_fetched(tmp_path: Path) -> None:
    build_models(Shelf(tmp_path), [], done=lambda: pytest.fail("a package was fetched"))
    assert [] == list(tmp_path.iterdir())


@pytest.mark.integration
def test_a_damaged_model_is_made_again_as_its_card_says(tmp_path: Path) -> None:
    (tmp_path / "yunet.onnx").write_bytes(b"damaged")
    card, done = cards()["yunet"], []
    build_models(Shelf(tmp_path), [card], done=lambda: done.append("package"))
    content = (tmp_path / "yunet.onnx").read_bytes()
    assert card.sha256 == hashlib.sha256(content).hexdigest()
    assert ["package"] == done


@pytest.mark.integration
def test_a_model_that_came_out_differently_is_refused(tmp_path: Path) -> None:
    card = cards()["yunet"].model_copy(update={"sha256": "0" * 64})
    with pytest.raises(RefusedError, match="not the pinned one"):
        build_models(Shelf(tmp_path), [card])
    assert [] == list(tmp_path.iterdir())


@pytest.mark.integration
def test_a_second_build_finds_every_model_in_place() -> None:
    CliRunner().invoke(app(), [])
    answer = CliRunner().invoke(app(), ["--format", "json"])
    assert 0 == answer.exit_code
    told = json.loads(answer.stdout)
    assert str(built_models()) == told["folder"]
    assert {card.name for card in cards().values() if card.default} == {
        each["model"] for each in told["models"]
    }
    assert not any(each["made_now"] for each in told["models"])
