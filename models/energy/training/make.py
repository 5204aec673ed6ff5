"""Makes a version of a model: its file and its card, proven before anybody sees them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
from onnx import ModelProto

from models.arrays import Floats
from models.energy.card import (
    MODEL_FILE,
    Card,
    Column,
    Output,
    Smoke,
    digest,
    write_card,
    write_whole,
)
from models.energy.model import Float32s, open_version
from models.energy.training.closed_loop import INTERVAL_S, SETS
from models.energy.training.features import RANGES, UNITS, Inputs
from models.energy.training.law import HIGHEST_C, LOWEST_C

SMOKE_TESTS = 8
TOLERANCE_K = 0.05
JUMP_K = 1e-4

Law = Callable[[Float32s], tuple[Floats, Floats] | tuple[Float32s, Float32s]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A model that was trained, and all that is to be said of it."""

    name: str
    inputs: Inputs
    law: Law
    graph: ModelProto
    data: str
    notes: str
    metrics: Mapping[str, float]


def write_version(
    folder: Path, made: Made, *, version: int, created: datetime, windows: Float32s
) -> Card:
    """Write a version's two files into an empty folder, and open it as a worker would.

    ``windows``, with at least the model's columns, serve as smoke tests.

    Raises:
        ModelError: it does not prove itself.

    """
    data = made.graph.SerializeToString(deterministic=True)
    folder.mkdir(parents=True, exist_ok=True)
    card = Card(
        name=made.name,
        version=version,
        created=created,
        sha256=digest(data),
        columns=[_column(name) for name in made.inputs.columns],
        sets=SETS,
        interval_s=INTERVAL_S,
        output=Output(low=LOWEST_C, high=HIGHEST_C),
        data=made.data,
        metrics={name: round(value, 4) for name, value in made.metrics.items()},
        licence="Apache-2.0",
        notes=made.notes,
        smoke=_smoke(made, windows),
    )
    write_whole(folder / MODEL_FILE, data)
    write_card(folder, card)
    open_version(folder)
    return card


def parity(model: Law, law: Law, windows: Float32s) -> tuple[float, int]:
    """How far a graph's setpoints are from the law's at most, and how many of them jump.

    At its thresholds the law jumps from staying to moving: 32 bits may see them a hair elsewhere.
    Such windows are counted, and otherwise left out.
    """
    apart = np.abs(model(windows)[0] - law(windows)[0])
    jumps = apart > JUMP_K
    return float(apart[~jumps].max()), int(jumps.sum())


def _column(name: str) -> Column:
    low, high = RANGES[name]
    return Column(name=name, unit=UNITS.get(name, "°C"), low=low, high=high)


def _smoke(made: Made, windows: Float32s) -> list[Smoke]:
    """Windows that are answered very differently, and not at the edge of anything."""
    width = len(made.inputs.columns)
    windows = np.round(windows[:, :, :width], 2).astype(np.float32)
    answers = made.law(windows)[0]
    measured = np.array([name != "weather_state" for name in made.inputs.columns])
    nudged = made.law((windows + 1e-4 * measured).astype(np.float32))[0]
    steady = np.flatnonzero(np.abs(nudged - answers) < TOLERANCE_K / 5)
    ranked = steady[np.argsort(answers[steady], kind="stable")]
    chosen = ranked[np.linspace(0, len(ranked) - 1, SMOKE_TESTS).astype(int)]
    return [
        Smoke(
            inputs=np.round(windows[place].astype(float), 2).tolist(),
            output=round(float(answers[place]), 4),
            tolerance=TOLERANCE_K,
        )
        for place in chosen
    ]
