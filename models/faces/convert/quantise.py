"""A network of convolutions in 8 bits: half the time or less, a quarter of the size.

Each value gets one scale, from the range that it was measured to have; weights get one for each
output channel, and 7 bits, for processors without VNNI overflow with 8 (ONNX Runtime says so of its
``reduce_range``). Around each layer stand the rounding to 8 bits and back, which ONNX Runtime fuses
into layers that work in 8 bits. A convolution of a value that has no range stays as it is.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import helper, numpy_helper

from models.faces.convert.graph import Array, sealed

Range = tuple[float, float]
Ranges = Mapping[str, Range]
"""Lowest and highest value of tensors, by name."""

ROUNDED = ("Conv", "Relu", "Add", "MaxPool", "AveragePool", "Pad", "Mul")
"""Nodes whose values are rounded; where nothing but a Relu follows, only its."""

LEFT_ALONE = ({"Relu"}, {"Flatten"})
"""What alone uses a value that is not rounded: the last average is as quick without."""

WEIGHT_MOST, VALUE_MOST, BIAS_MOST = 63, 255, 2**30


def quantised(model: bytes, ranges: Ranges) -> bytes:
    """The model with convolutions, sums and pools in 8 bits, where there are ranges."""
    proto = onnx.load_from_string(model)
    writer = _Writer(proto, _as_pooled(proto, ranges))
    writer.round_all(each.name for each in proto.graph.input)
    for node in list(proto.graph.node):
        writer.take(node)
    graph = helper.make_graph(
        writer.nodes, proto.graph.name, proto.graph.input, proto.graph.output, writer.constants
    )
    return sealed(
        helper.make_model(graph, opset_imports=proto.opset_import, ir_version=proto.ir_version)
    )


def rounded_values(model: bytes) -> list[str]:
    """Names of the values that are rounded: those whose ranges are needed."""
    graph = onnx.load_from_string(model).graph
    users: dict[str, set[str]] = {}
    for node in graph.node:
        for name in node.input:
            users.setdefault(name, set()).add(node.op_type)
    inputs = [each.name for each in graph.input if users[each.name] == {"Conv"}]
    values = [node.output[0] for node in graph.node if node.op_type in ROUNDED]
    return inputs + [name for name in values if users.get(name) not in LEFT_ALONE]


def _as_pooled(proto: onnx.ModelProto, ranges: Ranges) -> Ranges:
    """The ranges, but what is pooled has its maximum's: the rest of it never comes out."""
    pools = [node for node in proto.graph.node if node.op_type == "MaxPool"]
    shared = {pool.input[0]: pool.output[0] for pool in pools if pool.output[0] in ranges}
    return {**ranges, **{before: ranges[after] for before, after in shared.items()}}


class _Writer:
    """Writes the nodes again, in order."""

    def __init__(self, proto: onnx.ModelProto, ranges: Ranges) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []
        self._held = {each.name: numpy_helper.to_array(each) for each in proto.graph.initializer}
        self._ranges = ranges
        self._scales: dict[str, np.float32] = {}

    def take(self, node: onnx.NodeProto) -> None:
        """Write a node with rounded inputs, and round what it gives."""
        if node.op_type == "Conv" and node.input[0] in self._scales:
            inputs = self._conv_inputs(node)
        else:
            inputs = [self._input(name) for name in node.input]
        copy = onnx.NodeProto()
        copy.CopyFrom(node)
        del copy.input[:]
        copy.input.extend(inputs)
        if node.op_type == "Relu" and node.input[0] in self._scales:
            # ONNX Runtime has no Relu in 8 bits, but this
            copy.op_type = "LeakyRelu"
            copy.attribute.append(helper.make_attribute("alpha", 0.0))
        self.nodes.append(copy)
        self.round_all(node.output)

    def round_all(self, names: Iterable[str]) -> None:
        """Round those of the values that have a range."""
        for name in names:
            if name in self._ranges:
                self._round(name, self._ranges[name])

    def _input(self, name: str) -> str:
        if name in self._held:
            return self._keep(name, self._held[name])
        return f"{name}_rounded" if name in self._scales else name

    def _round(self, name: str, span: Range) -> None:
        low, high = min(span[0], 0.0), max(span[1], 0.0)
        scale = np.float32((high - low) / VALUE_MOST) or np.float32(1)  # dead, and stays 0
        zero = np.uint8(round(-low / float(scale)))
        constants = [self._keep(f"{name}_scale", scale), self._keep(f"{name}_zero", zero)]
        self._add("QuantizeLinear", f"{name}_8bit", name, *constants)
        self._add("DequantizeLinear", f"{name}_rounded", f"{name}_8bit", *constants)
        self._scales[name] = scale

    def _conv_inputs(self, node: onnx.NodeProto) -> list[str]:
        """The rounded value, weights for each output channel, and the bias, if any, in their unit.

        A channel whose weights are next to nothing beside its bias gets a scale that this fits.
        """
        value, weights, *biases = node.input
        kernel = self._held[weights].astype(np.float64)
        scale = np.abs(kernel).reshape(len(kernel), -1).max(1) / WEIGHT_MOST
        for bias in biases:
            fits = np.abs(self._held[bias]) / (float(self._scales[value]) * BIAS_MOST)
            scale = np.maximum(scale, fits)
        scale = np.where(scale > 0, scale, 1 / WEIGHT_MOST).astype(np.float32)
        whole = np.rint(kernel / scale[:, None, None, None]).astype(np.int8)
        unit = (scale * self._scales[value]).astype(np.float32)
        inputs = [f"{value}_rounded", self._rounded_constant(weights, whole, scale)]
        for bias in biases:
            shift = np.rint(self._held[bias] / unit.astype(np.float64)).astype(np.int32)
            inputs.append(self._rounded_constant(bias, shift, unit))
        return inputs

    def _rounded_constant(self, name: str, whole: Array, scale: npt.NDArray[np.float32]) -> str:
        zero = np.zeros(len(scale), whole.dtype)
        parts = {"whole": whole, "scale": scale, "zero": zero}
        names = [self._keep(f"{name}_{part}", array) for part, array in parts.items()]
        return self._add("DequantizeLinear", f"{name}_rounded", *names, axis=0)

    def _keep(self, name: str, array: Array | np.generic) -> str:
        self.constants.append(numpy_helper.from_array(np.asarray(array), name))
        return name

    def _add(self, kind: str, output: str, *inputs: str, **attributes: Any) -> str:
        self.nodes.append(helper.make_node(kind, inputs, [output], name=output, **attributes))
        return output
