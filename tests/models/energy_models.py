"""Small models of a room's setpoint that are sound, and the folders they lie in."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from onnx import TensorProto, checker, helper, numpy_helper

from models.energy.card import CARD_FILE, MODEL_FILE, Card, Column, Output, Smoke, digest
from models.energy.card import write_card as write

SETS = 6
ENERGY = (
    *("ext_humidity", "ext_temperature", "indoor_humidity", "indoor_temperature", "weather_state"),
)
ENERGY_LOAD = (*ENERGY, "it_load", "setpoint")
RANGES: Mapping[str, tuple[float, float]] = {
    "ext_humidity": (0, 100),
    "ext_temperature": (-20, 45),
    "indoor_humidity": (10, 90),
    "indoor_temperature": (15, 35),
    "weather_state": (0, 9),
    "setpoint": (18, 27),
    "it_load": (0, 1.2),
    "setpoint_age_min": (0, 1440),
    "hour_sin": (-1, 1),
    "hour_cos": (-1, 1),
}
KWH = 0.25
"""What these models expect of every hour, per rated kW."""


def linear(
    weights: Mapping[str, float],
    *,
    columns: Sequence[str] = ENERGY,
    bias: float = 0.0,
    kwh: float = KWH,
    batch: int | str = "N",
    outputs: tuple[str, str] = ("outputs", "hvac_kwh"),
) -> bytes:
    """A model that adds weighted means of columns, over all sets, to ``bias``."""
    size = len(columns)
    per_set = np.tile([weights.get(name, 0.0) / SETS for name in columns], SETS)
    table = np.stack([per_set, np.zeros(SETS * size)], axis=1).astype(np.float32)
    constants: dict[str, npt.NDArray[Any]] = {
        "shape": np.array([-1, SETS * size], np.int64),
        "weights": table,
        "bias": np.array([bias, kwh], np.float32),
        "sizes": np.array([1, 1], np.int64),
    }
    nodes = [
        helper.make_node("Reshape", ["inputs", "shape"], ["flat"]),
        helper.make_node("MatMul", ["flat", "weights"], ["weighted"]),
        helper.make_node("Add", ["weighted", "bias"], ["both"]),
        helper.make_node("Split", ["both", "sizes"], list(outputs), axis=1),
    ]
    graph = helper.make_graph(
        nodes,
        "linear",
        [helper.make_tensor_value_info("inputs", TensorProto.FLOAT, [batch, SETS, size])],
        [helper.make_tensor_value_info(each, TensorProto.FLOAT, [batch, 1]) for each in outputs],
        [numpy_helper.from_array(array, name) for name, array in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    checker.check_model(model)
    data: bytes = model.SerializeToString()
    return data


def write_version(
    folder: Path,
    *,
    name: str = "energy",
    version: int = 1,
    columns: Sequence[str] = ENERGY,
    weights: Mapping[str, float] | None = None,
    bias: float = 0.0,
    kwh: float = KWH,
    tested: float | None = None,
) -> Path:
    """Write a version into ``folder/name/version``; give that folder.

    ``tested`` is what its card says of its one smoke test, if not the truth.
    """
    weights = {"indoor_temperature": 1.0} if weights is None else weights
    home = folder / name / str(version)
    home.mkdir(parents=True)
    data = linear(weights, columns=columns, bias=bias, kwh=kwh)
    (home / MODEL_FILE).write_bytes(data)
    middle = [sum(RANGES[each]) / 2 for each in columns]
    answer = bias + sum(
        weights.get(each, 0.0) * value for each, value in zip(columns, middle, strict=True)
    )
    card = Card(
        name=name,
        version=version,
        created=datetime(2026, 1, 1, tzinfo=UTC),
        sha256=digest(data),
        columns=[
            Column(name=each, unit="", low=low, high=high)
            for each in columns
            for low, high in (RANGES[each],)
        ],
        sets=SETS,
        output=Output(low=18, high=27),
        data="none: it is for tests",
        licence="Apache-2.0",
        smoke=[
            Smoke(
                inputs=[middle] * SETS,
                output=answer if tested is None else tested,
                tolerance=1e-3,
            )
        ],
    )
    write(home, card)
    return home


def recard(home: Path, **changes: object) -> None:
    """Change fields of a version's card, whatever sense that makes."""
    card = Card.model_validate_json((home / CARD_FILE).read_bytes())
    write(home, card.model_copy(update=changes))
