"""Weights of @vladmandic/face-api (MIT) and its small networks for age, gender and expression.

The package holds weights alone; the layers are those of its published TypeScript sources. All take
[N, 3, 112, 112] RGB 0..255; the mean colour is theirs too.
"""

import json

import numpy as np

from models.faces.convert.graph import Array, Graph, Shape
from models.faces.convert.sources import Sources, only
from models.faces.convert.tfjs_weights import Weights, tensors

MEAN_RGB = (122.782, 117.001, 104.298)
SIDE_PX = 112
MAIN_BLOCKS = 2
"""Repeated blocks in the middle of the age and gender network."""


def weights(sources: Sources) -> Weights:
    """The tensors that the manifest lists.

    Raises:
        ConversionError: the manifest and the data do not agree.

    """
    return tensors(json.loads(only(sources, "manifest.json")), only(sources, ".bin"))


def expression(sources: Sources) -> bytes:
    """Four dense blocks and a softmax: seven probabilities."""
    net = _Net(weights(sources))
    value = net.dense_block(net.centred(), "dense0", divisor=255)
    for number in (1, 2, 3):
        value = net.dense_block(value, f"dense{number}")
    value = net.pooled(value)
    net.graph.add("Softmax", net.dense(value, "fc"), name="probs", axis=-1)
    return net.model("face-api-expression", probs=7)


def age_gender(sources: Sources) -> bytes:
    """A small Xception: the age in years, and the probabilities of male and female."""
    net = _Net(weights(sources))
    add = net.graph.add
    value = add("Relu", net.conv(net.centred(), "entry_flow/conv_in", divisor=256))
    value = net.reduction(value, "entry_flow/reduction_block_0", activate=False)
    value = net.reduction(value, "entry_flow/reduction_block_1")
    for number in range(MAIN_BLOCKS):
        value = net.main_block(value, f"middle_flow/main_block_{number}")
    value = net.reduction(value, "exit_flow/reduction_block")
    value = net.pooled(add("Relu", net.separable(value, "exit_flow/separable_conv")))
    add("Identity", net.dense(value, "fc/age"), name="age")
    add("Softmax", net.dense(value, "fc/gender"), name="gender", axis=-1)
    return net.model("face-api-age-gender", age=1, gender=2)


class _Net:
    """Layers in face-api's words."""

    def __init__(self, tensors: Weights) -> None:
        self.graph, self._tensors = Graph(), tensors

    def model(self, name: str, **outputs: int) -> bytes:
        shapes: dict[str, Shape] = {each: ["N", size] for each, size in outputs.items()}
        return self.graph.model(name, {"input": ["N", 3, SIDE_PX, SIDE_PX]}, shapes)

    def centred(self) -> str:
        mean = self.graph.constant(np.reshape(MEAN_RGB, (1, 3, 1, 1)))
        return self.graph.add("Sub", "input", mean)

    def conv(self, value: str, name: str, *, divisor: float = 1) -> str:
        """A convolution that halves the size, of the value over a divisor."""
        filters = self._outputs_first(f"{name}/filters") / np.float32(divisor)
        bias = self._tensors[f"{name}/bias"]
        return self.graph.conv(value, filters, bias, strides=[2, 2], auto_pad="SAME_UPPER")

    def separable(self, value: str, name: str, stride: int = 1) -> str:
        depth = self._tensors[f"{name}/depthwise_filter"].transpose(2, 3, 0, 1)
        value = self.graph.conv(
            value, depth, group=len(depth), strides=[stride, stride], auto_pad="SAME_UPPER"
        )
        points = self._outputs_first(f"{name}/pointwise_filter")
        return self.graph.conv(value, points, self._tensors[f"{name}/bias"])

    def dense_block(self, value: str, name: str, *, divisor: float | None = None) -> str:
        """Each layer sees the sum of all before it; the first block starts from pixels."""
        entry = f"{name}/conv0"
        added = (
            self.conv(value, entry, divisor=divisor)
            if divisor
            else self.separable(value, entry, stride=2)
        )
        summed = value = self.graph.add("Relu", added)
        for number in (1, 2, 3):
            added = self.separable(value, f"{name}/conv{number}")
            summed = self.graph.add("Add", summed, added)
            value = self.graph.add("Relu", summed)
        return value

    def reduction(self, value: str, name: str, *, activate: bool = True) -> str:
        inner = self.graph.add("Relu", value) if activate else value
        inner = self.graph.add("Relu", self.separable(inner, f"{name}/separable_conv0"))
        inner = self.separable(inner, f"{name}/separable_conv1")
        pooled = self.graph.add(
            "MaxPool", inner, kernel_shape=[3, 3], strides=[2, 2], auto_pad="SAME_UPPER"
        )
        return self.graph.add("Add", pooled, self.conv(value, f"{name}/expansion_conv"))

    def main_block(self, value: str, name: str) -> str:
        inner = value
        for number in range(3):
            activated = self.graph.add("Relu", inner)
            inner = self.separable(activated, f"{name}/separable_conv{number}")
        return self.graph.add("Add", inner, value)

    def pooled(self, value: str) -> str:
        average = self.graph.add("AveragePool", value, kernel_shape=[7, 7], strides=[2, 2])
        return self.graph.add("Flatten", average)

    def dense(self, value: str, name: str) -> str:
        constants = [self.graph.constant(self._tensors[f"{name}/{e}"]) for e in ("weights", "bias")]
        return self.graph.add("Gemm", value, *constants)

    def _outputs_first(self, name: str) -> Array:
        return self._tensors[name].transpose(3, 2, 0, 1)
