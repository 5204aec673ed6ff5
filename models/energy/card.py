"""Model cards: what a model is, what it was made from, and how it proves that it is itself."""

import os
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Self
from uuid import uuid4

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    FiniteFloat,
    StringConstraints,
    ValidationError,
    model_validator,
)

from models.onnx import ModelError, read_bounded
from models.onnx_file import MEBIBYTE

CARD_FILE = "card.json"
MODEL_FILE = "model.onnx"
MOST_BYTES = MEBIBYTE
"""Size of a card at most."""

NAME = r"^[a-z0-9][a-z0-9-]{0,63}$"
"""Of a model: it is the name of a folder too."""

Name = Annotated[str, StringConstraints(pattern=NAME)]
Text = Annotated[str, StringConstraints(max_length=10_000)]
Set = Annotated[list[FiniteFloat], Field(max_length=64)]


class CardError(ModelError):
    """The card makes no sense; each line of the message names a field and what is wrong."""


class Strict(BaseModel):
    """No field may be misspelt."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Column(Strict):
    """One input value: its name as in ``models.energy.inputs``, and the range in training."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    unit: Annotated[str, StringConstraints(max_length=32)]
    low: float
    high: float

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.low > self.high:
            raise ValueError("low is above high")
        return self


class Output(Strict):
    """Range of the setpoints that the model was trained to answer, °C."""

    low: float = Field(ge=0, le=50)
    high: float = Field(ge=0, le=50)


class Smoke(Strict):
    """Inputs, sets by columns, and the setpoint in °C that the model answers to them."""

    inputs: Annotated[list[Set], Field(min_length=1, max_length=64)]
    output: float
    tolerance: float = Field(gt=0, le=1)


class Card(Strict):
    """What is known of one version of a model."""

    name: Name
    version: int = Field(ge=1, le=999_999_999)
    created: datetime
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    """Of the model file."""

    columns: list[Column] = Field(min_length=1, max_length=64)
    sets: int = Field(6, ge=1, le=64)
    interval_s: float = Field(10.0, gt=0, le=3600)
    output: Output
    data: Text
    """What it was trained on."""

    metrics: dict[str, FiniteFloat] = {}
    licence: Text
    notes: Text = ""
    smoke: list[Smoke] = Field(min_length=1, max_length=100)

    @model_validator(mode="after")
    def _shapes_agree(self) -> Self:
        names = [column.name for column in self.columns]
        if len(set(names)) != len(names):
            raise ValueError("columns: a name comes twice")
        for test in self.smoke:
            if [len(self.columns)] * self.sets != [len(each) for each in test.inputs]:
                raise ValueError(f"smoke: inputs are not {self.sets} sets of {len(names)} values")
        return self


def read_card(folder: Path) -> Card:
    """The card in a version's folder.

    Raises:
        CardError: there is none, or it makes no sense.

    """
    try:
        return Card.model_validate_json(read_bounded(folder / CARD_FILE, MOST_BYTES))
    except ModelError as error:
        raise CardError(str(error)) from error
    except ValidationError as error:
        faults = [
            f"{'.'.join(map(str, fault['loc'])) or 'card'}: {fault['msg']}"
            for fault in error.errors()[:20]
        ]
        raise CardError("\n".join([f"{CARD_FILE}:", *faults])) from error


def write_card(folder: Path, card: Card) -> None:
    """Write a card into a version's folder, all of it or nothing."""
    write_whole(folder / CARD_FILE, card.model_dump_json(indent=2).encode() + b"\n")


def write_whole(path: Path, data: bytes) -> None:
    """Write a file so that whoever reads it finds all of it, or what was there before."""
    draft = path.with_name(f".{path.name}.{uuid4().hex}")
    try:
        with draft.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def digest(data: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return sha256(data).hexdigest()
