"""The laws as ONNX graphs: scaling, one-hot of the weather and clamps are inside."""

from collections.abc import Sequence

import numpy as np

from models.energy.training.closed_loop import LIMIT_C, SETS
from models.energy.training.features import RANGES, WEATHER_STATES, Inputs
from models.energy.training.network import Network
from models.energy.training.onnx_writer import Writer

SETPOINT, ENERGY = "outputs", "hvac_kwh"


class Graph(Writer):
    """What all laws are made of; every value is (N, something)."""

    def __init__(self, inputs: Inputs) -> None:
        super().__init__()
        self._inputs = inputs
        low, high = np.array([RANGES[column] for column in inputs.columns]).T
        self._clipped = self.add("Max", self.add("Min", "inputs", high), low)

    def features(self) -> str:
        """The same as ``models.energy.training.features.features``."""
        inputs = self._inputs
        size = SETS * len(inputs.columns)
        flat = self.add("Reshape", self._clipped, np.array([-1, size]))
        sums = self.add("MatMul", flat, inputs.matrix)
        inlet = self._column("indoor_temperature")
        warmest = self.add("ReduceMax", inlet, axes=[1], keepdims=1)
        spread = self.add("Sub", warmest, self.add("ReduceMin", inlet, axes=[1], keepdims=1))
        state = self.add("Slice", self._column("weather_state"), [SETS - 1], [SETS], [1])
        known = self.add("Equal", self.add("Round", state), np.arange(float(WEATHER_STATES))[None])
        return self.add("Concat", sums, spread, self.add("Cast", known, to=1), axis=1)

    def part(self, values: str, places: Sequence[int]) -> str:
        """Some columns of values."""
        return self.add("Gather", values, np.array(places), axis=1)

    def network(self, network: Network, values: str) -> str:
        """A network's answer."""
        values = self.add("Div", self.add("Sub", values, network.mean[None]), network.scale[None])
        for number, (weights, bias) in enumerate(network.layers, 1):
            values = self.add("Gemm", values, weights, bias)
            if number < len(network.layers):
                values = self.add("Relu", values)
        return values

    def clamp(self, value: str, low: float, high: float, **output: str) -> str:
        """A value within bounds."""
        return self.add("Max", self.add("Min", value, high), low, **output)

    def below_limit(self, excess: str) -> str:
        """The setpoint at which an inlet with this excess over it just reaches the limit."""
        return self.add("Sub", LIMIT_C, excess)

    def _column(self, name: str) -> str:
        place = self._inputs.columns.index(name)
        taken = self.add("Gather", self._clipped, np.array([place]), axis=2)
        return self.add("Reshape", taken, np.array([-1, SETS]))
