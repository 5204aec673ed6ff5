from pathlib import Path
from typing import Any

import pytest

from models.energy.card import CARD_FILE, Card, CardError, read_card, write_card
from tests.models.energy_models import recard, write_version


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return write_version(tmp_path)


def test_a_card_is_read_as_it_was_written(home: Path) -> None:
    card = read_card(home)
    write_card(home, card)
    assert card == read_card(home)
    assert ("energy", 1, 6, 10.0) == (card.name, card.version, card.sets, card.interval_s)


def test_nothing_is_left_over_by_writing(home: Path) -> None:
    write_card(home, read_card(home))
    assert ["card.json", "model.onnx"] == sorted(path.name for path in home.iterdir())


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", '{"name": "energy"}', "\x00", '{"version": 1e999}']
)
def test_what_is_no_card_is_refused(home: Path, text: str) -> None:
    (home / CARD_FILE).write_text(text)
    with pytest.raises(CardError, match=CARD_FILE):
        read_card(home)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "../evil"),
        ("name", "Energy"),
        ("version", 0),
        ("sha256", "abc"),
        ("columns", []),
        ("sets", 5),
        ("smoke", []),
        ("licence", "x" * 20_000),
    ],
)
def test_each_field_has_to_make_sense(home: Path, field: str, value: object) -> None:
    recard(home, **{field: value})
    with pytest.raises(CardError, match=field if field != "sets" else "smoke"):
        read_card(home)


def test_an_unknown_field_is_refused(home: Path) -> None:
    text = (home / CARD_FILE).read_text()
    (home / CARD_FILE).write_text(text.replace('"licence"', '"license"'))
    with pytest.raises(CardError, match="license"):
        read_card(home)


def test_a_card_that_is_missing_or_huge_is_refused(home: Path) -> None:
    (home / CARD_FILE).write_bytes(b" " * 2_000_000)
    with pytest.raises(CardError, match="more than"):
        read_card(home)
    (home / CARD_FILE).unlink()
    with pytest.raises(CardError, match="no regular file"):
        read_card(home)


def test_a_column_comes_once_and_its_range_does_not_descend(home: Path) -> None:
    plain: dict[str, Any] = read_card(home).model_dump()
    for columns in (
        [plain["columns"][0], *plain["columns"][:4]],
        [{**plain["columns"][0], "low": 200}, *plain["columns"][1:]],
    ):
        with pytest.raises(ValueError, match=r"twice|above"):
            Card.model_validate({**plain, "columns": columns})
