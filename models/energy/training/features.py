"""What the networks see of a window; ``models.energy.training.graph`` says the same in ONNX."""

from dataclasses import dataclass

import numpy as np

from models.arrays import Floats
from models.energy.training.closed_loop import COLUMNS, SETS, Windows

WEATHER_STATES = 10
RANGES = {
    "ext_humidity": (0.0, 100.0),
    "ext_temperature": (-30.0, 50.0),
    "indoor_humidity": (0.0, 100.0),
    "indoor_temperature": (10.0, 45.0),
    "weather_state": (0.0, 9.0),
    "setpoint": (15.0, 32.0),
    "it_load": (0.0, 1.2),
}
"""Beyond these, inputs are taken for the nearest value in range."""

UNITS = {"ext_humidity": "%", "indoor_humidity": "%", "weather_state": "code", "it_load": "1"}

LAST = (0.0,) * (SETS - 1) + (1.0,)
MEAN = (1 / SETS,) * SETS
TREND = tuple(2 / SETS * (1 if place >= SETS // 2 else -1) for place in range(SETS))
"""The mean of the later half less that of the earlier."""


@dataclass(frozen=True, slots=True)
class Inputs:
    """Which columns of the sets a model takes, and what is made of them."""

    columns: tuple[str, ...]
    sums: tuple[tuple[str, tuple[float, ...]], ...]
    """Features that weigh the sets of one column."""

    @property
    def matrix(self) -> Floats:
        """(sets · columns, features): the weights of all sums."""
        weights = np.zeros((SETS, len(self.columns), len(self.sums)))
        for number, (column, weight) in enumerate(self.sums):
            weights[:, self.columns.index(column), number] = weight
        return weights.reshape(-1, len(self.sums))


FIVE = Inputs(
    columns=COLUMNS[:5],
    sums=(
        ("indoor_temperature", MEAN),
        ("indoor_temperature", TREND),
        ("ext_temperature", MEAN),
        ("ext_humidity", MEAN),
        ("indoor_humidity", MEAN),
    ),
)
LOAD = Inputs(
    columns=COLUMNS,
    sums=(
        *FIVE.sums,
        ("setpoint", LAST),
        ("setpoint", TREND),
        ("it_load", MEAN),
        ("it_load", TREND),
        ("it_load", LAST),
    ),
)


def clipped(windows: Windows, inputs: Inputs) -> Floats:
    """The model's columns within their ranges."""
    low, high = np.array([RANGES[column] for column in inputs.columns]).T
    return np.asarray(np.clip(windows[:, :, : len(inputs.columns)].astype(float), low, high))


def features(windows: Windows, inputs: Inputs) -> Floats:
    """(N, sets, columns) -> (N, features)."""
    values = clipped(windows, inputs)
    sums: Floats = values.reshape(len(values), -1) @ inputs.matrix
    inlet = values[:, :, inputs.columns.index("indoor_temperature")]
    spread = np.ptp(inlet, axis=1)[:, None]
    state = np.round(values[:, -1, inputs.columns.index("weather_state")])
    known = (state[:, None] == np.arange(WEATHER_STATES)).astype(float)
    return np.asarray(np.hstack([sums, spread, known]))
