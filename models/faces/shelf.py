"""The folder of built models: nothing is opened that is not what its card says."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from uuid import uuid4

from models.faces.card import Card, cards
from models.onnx import PROCESSOR, Model, ModelError, open_model, read_bounded

HINT = "engawa models build makes it"


class Shelf:
    """Built models in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def open(self, name: str, *, threads: int = 1, providers: Sequence[str] = PROCESSOR) -> Model:
        """Open the model of this name, ready to run.

        Raises:
            ModelError: it is missing, differs from its card, or does not run; or a provider is not
                to be had here.

        """
        card = cards()[name]
        content = self._content(card)
        return open_model(content, expect=card.signature, threads=threads, providers=providers)

    def holds(self, card: Card) -> bool:
        """Whether the model of a card is there, bit by bit."""
        try:
            self._content(card)
        except ModelError:
            return False
        return True

    def put(self, card: Card, content: bytes) -> None:
        """Keep a model; whoever reads meanwhile finds all of it or none.

        Raises:
            ModelError: it is not what the card says.

        """
        _compare(card, content)
        self.folder.mkdir(parents=True, exist_ok=True)
        draft = self.folder / f".{card.file_name}.{uuid4().hex}"
        try:
            draft.write_bytes(content)
            draft.replace(self.folder / card.file_name)
        finally:
            draft.unlink(missing_ok=True)

    def _content(self, card: Card) -> bytes:
        path = self.folder / card.file_name
        if not path.exists():
            raise ModelError(f"{path} is missing; {HINT}")
        content = read_bounded(path, card.size_bytes)
        _compare(card, content)
        return content


def _compare(card: Card, content: bytes) -> None:
    found = hashlib.sha256(content).hexdigest()
    if found != card.sha256:
        raise ModelError(
            f"{card.file_name} is not the pinned one: SHA-256 {found}, not {card.sha256}; {HINT}"
        )
