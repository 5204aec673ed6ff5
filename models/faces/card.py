"""Model cards: what each face model is made of, under which licence, and how well it does."""

import json
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from models.onnx import Signature, Tensor

CARDS = Path(__file__).with_name("cards")

Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class Strict(BaseModel):
    """No field may be misspelt."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Source(Strict):
    """A pinned package and the files in it that are needed."""

    registry: Literal["pypi", "npm"]
    package: str
    version: str
    sha256: Digest
    """Of the package as it is downloaded."""

    files: tuple[str, ...]
    """Paths in the package."""


class Shape(Strict):
    """One input or output: its shape, and what it holds."""

    shape: tuple[int | str, ...]
    meaning: str


class Card(Strict):
    """What is known of one model. All its tensors are float32."""

    name: str
    task: str
    sha256: Digest
    """Of the model file; the same on every machine."""

    size_bytes: int = Field(gt=0)
    source: Source
    conversion: str
    """One of ``models.faces.convert.conversions``."""

    default: bool = True
    """Whether the default settings need it."""

    licence: str
    inputs: dict[str, Shape]
    outputs: dict[str, Shape]
    published: tuple[str, ...]
    """Accuracy as its makers say."""

    measured: tuple[str, ...]
    """Accuracy as measured, and how."""

    limits: tuple[str, ...] = ()
    """What it must not be trusted with."""

    @property
    def file_name(self) -> str:
        """Of the model file."""
        return f"{self.name}.onnx"

    @property
    def signature(self) -> Signature:
        """Its inputs and outputs."""
        sides = (
            {name: Tensor("float32", each.shape) for name, each in side.items()}
            for side in (self.inputs, self.outputs)
        )
        return Signature(*sides)


@lru_cache
def cards() -> dict[str, Card]:
    """Every card by its model's name."""
    read = (Card(**json.loads(path.read_text("utf-8"))) for path in sorted(CARDS.glob("*.json")))
    return {card.name: card for card in read}
