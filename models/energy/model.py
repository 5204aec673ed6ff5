"""One sound version of a model, in memory: its card, and its answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from models.energy.card import MODEL_FILE, Card, CardError, digest, read_card
from models.onnx import (
    PROCESSOR,
    Model,
    ModelError,
    Signature,
    Tensor,
    open_model,
    read_bounded,
)
from models.onnx_file import MOST_BYTES

INPUTS, SETPOINT, HVAC_KWH = "inputs", "outputs", "hvac_kwh"
"""Names in the graph."""

Float32s = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class EnergyModel:
    """A model that has passed its card's tests."""

    card: Card
    model: Model

    def __call__(self, inputs: Float32s) -> tuple[Float32s, Float32s]:
        """Answer to N windows of sets by columns: N setpoints in °C, and N cooling energies.

        An energy is of the next hour at that setpoint, in kWh per rated kW of the servers. Answers
        are not judged: they may be NaN.

        Raises:
            ModelError: the inputs have another shape, or the model failed.

        """
        answers = self.model.run(**{INPUTS: inputs})
        return answers[SETPOINT][:, 0], answers[HVAC_KWH][:, 0]


def signature(card: Card) -> Signature:
    """What the graph of a model with this card takes and gives."""
    one = Tensor("float32", ("N", 1))
    return Signature(
        inputs={INPUTS: Tensor("float32", ("N", card.sets, len(card.columns)))},
        outputs={SETPOINT: one, HVAC_KWH: one},
    )


def open_version(
    folder: Path, *, threads: int = 1, providers: Sequence[str] = PROCESSOR
) -> EnergyModel:
    """Open a version, and let it prove itself: hash, signature and smoke tests.

    Raises:
        ModelError: it does not.

    """
    card = read_card(folder)
    data = read_bounded(folder / MODEL_FILE, MOST_BYTES)
    if digest(data) != card.sha256:
        raise CardError("the model file is not the one of the card: its SHA-256 differs")
    opened = open_model(data, expect=signature(card), threads=threads, providers=providers)
    model = EnergyModel(card, opened)
    _smoke(model)
    return model


def _smoke(model: EnergyModel) -> None:
    tests = model.card.smoke
    setpoints, energies = model(np.array([test.inputs for test in tests], np.float32))
    for number, test in enumerate(tests):
        if not (np.isfinite(setpoints[number]) and np.isfinite(energies[number])):
            raise ModelError(f"smoke test {number}: the answer is no number")
        if abs(float(setpoints[number]) - test.output) > test.tolerance:
            raise ModelError(
                f"smoke test {number}: {setpoints[number]:.4f}, not {test.output:.4f} "
                f"± {test.tolerance:g}"
            )
