"""dlib's face network (ResNet of 29 convolutions, D. King, CC0), from face-api's copy.

That copy's weights are 8-bit; each convolution's batch statistics came as a scale and a shift.
"""

from collections.abc import Iterator

import numpy as np

from models.faces.convert.face_api import MEAN_RGB, weights
from models.faces.convert.graph import Array, Graph
from models.faces.convert.sources import Sources
from models.faces.convert.tfjs_weights import Weights

SIDE_PX = 150
STAGES = ((32, 3), (64, 3), (128, 2), (256, 2))
"""Channels, and how many blocks keep the size; each stage but the first starts by halving it."""


def resnet(sources: Sources) -> bytes:
    """[N, 3, 150, 150] RGB 0..255 to 128 numbers whose length is about 1."""
    net = _Net(weights(sources))
    value = net.entry()
    for name, channels, halves in _blocks():
        value = net.block(value, name, channels, halves=halves)
    pooled = net.graph.add("GlobalAveragePool", value)
    flat = net.graph.add("Flatten", pooled)
    net.graph.add("MatMul", flat, net.graph.constant(net.last()), name="descriptor")
    return net.graph.model(
        "dlib-resnet", {"chips": ["N", 3, SIDE_PX, SIDE_PX]}, {"descriptor": ["N", 128]}
    )


def _blocks() -> Iterator[tuple[str, int, bool]]:
    """Name, channels, and whether it halves the size, of each residual block."""
    for channels, keeping in STAGES:
        if channels > STAGES[0][0]:
            yield f"conv{channels}_down", channels, True
        for number in range(1, keeping + 1):
            yield f"conv{channels}_{number}", channels, False
    yield f"conv{STAGES[-1][0]}_down_out", STAGES[-1][0], True


class _Net:
    def __init__(self, tensors: Weights) -> None:
        self.graph, self._tensors = Graph(), tensors
        self._side, self._channels = 0, 32

    def entry(self) -> str:
        mean = self.graph.constant(np.reshape(MEAN_RGB, (1, 3, 1, 1)))
        centred = self.graph.add("Sub", "chips", mean)
        scaled = self.graph.add("Mul", centred, self.graph.constant(np.array(1 / 256)))
        value = self.graph.add("Relu", self._conv(scaled, "conv32_down", stride=2))
        self._side = 35  # of 150: 72 after the convolution
        return self.graph.add("MaxPool", value, kernel_shape=[3, 3], strides=[2, 2])

    def block(self, value: str, name: str, channels: int, *, halves: bool) -> str:
        """Two convolutions beside the value itself, which is pooled where they halve the size."""
        stride = 2 if halves else 1
        inner = self.graph.add("Relu", self._conv(value, f"{name}/conv1", stride))
        inner = self._conv(inner, f"{name}/conv2")
        if halves:
            inner, value = self._matched(inner, value, channels)
        return self.graph.add("Relu", self.graph.add("Add", inner, value))

    def last(self) -> Array:
        matrix = self._tensors["fc"]
        return matrix if matrix.shape == (256, 128) else matrix.T

    def _matched(self, inner: str, value: str, channels: int) -> tuple[str, str]:
        """What dlib adds may differ in size: the smaller is filled with zeros, right and below."""
        value = self.graph.add("AveragePool", value, kernel_shape=[2, 2], strides=[2, 2])
        inner_side, value_side = (self._side - 3) // 2 + 1, (self._side - 2) // 2 + 1
        if inner_side != value_side:
            missing = value_side - inner_side
            inner = self._padded(inner, [0, 0, 0, 0, 0, 0, missing, missing])
        if channels != self._channels:
            value = self._padded(value, [0, 0, 0, 0, 0, channels - self._channels, 0, 0])
        self._side, self._channels = value_side, channels
        return inner, value

    def _padded(self, value: str, widths: list[int]) -> str:
        return self.graph.add("Pad", value, self.graph.constant(np.array(widths), np.int64))

    def _conv(self, value: str, name: str, stride: int = 1) -> str:
        """Where the size stays, and only there, the border is filled."""
        filters = self._tensors[f"{name}/conv/filters"]
        if filters.shape[0] == filters.shape[1]:
            filters = filters.transpose(3, 2, 0, 1)
        gamma, beta = (self._tensors[f"{name}/scale/{each}"] for each in ("weights", "biases"))
        bias = self._tensors[f"{name}/conv/bias"] * gamma + beta
        edge = filters.shape[2] // 2 if stride == 1 else 0
        return self.graph.conv(
            value, filters * gamma[:, None, None, None], bias, strides=[stride] * 2, pads=[edge] * 4
        )
