import hashlib
from pathlib import Path

import pytest

from models.faces.card import Card, cards
from models.faces.shelf import Shelf
from models.onnx import ModelError

CONTENT = b"not really a model"


def card(content: bytes = CONTENT) -> Card:
    return cards()["fer"].model_copy(
        update={"sha256": hashlib.sha256(content).hexdigest(), "size_bytes": len(content)}
    )


def test_what_was_put_is_held(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "models")
    assert not shelf.holds(card())
    shelf.put(card(), CONTENT)
    assert shelf.holds(card())
    assert ["fer.onnx"] == [path.name for path in shelf.folder.iterdir()]


def test_a_model_that_differs_from_its_card_is_neither_put_nor_held(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    with pytest.raises(ModelError, match="not the pinned one"):
        shelf.put(card(), CONTENT + b"!")
    assert [] == list(tmp_path.iterdir())
    (tmp_path / "fer.onnx").write_bytes(CONTENT.swapcase())
    assert not shelf.holds(card())
    (tmp_path / "fer.onnx").write_bytes(CONTENT + bytes(1000))
    assert not shelf.holds(card())


def test_a_missing_or_damaged_model_is_not_opened_and_the_cure_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"fer\.onnx is missing; engawa models build makes it"):
        Shelf(tmp_path).open("fer")
    (tmp_path / "fer.onnx").write_bytes(CONTENT)
    with pytest.raises(ModelError, match="engawa models build makes it"):
        Shelf(tmp_path).open("fer")


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_bytes(CONTENT)
    (tmp_path / "fer.onnx").symlink_to(tmp_path / "elsewhere")
    assert not Shelf(tmp_path).holds(card())
