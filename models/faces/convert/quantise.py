"""A network of convolutions in 8 bits: half the time, a quarter of the size.

Each value gets one scale, from the range that it was measured to have; weights get one for each
output channel, and 7 bits, for processors without VNNI overflow with 8 (ONNX Runtime says so of its
``reduce_range``). Around each layer stand the rounding to 8 bits and back, which ONNX Runtime fuses
into layers that work in 8 bits.
"""

from collections.abc import Mapping
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
"""Nodes whose values are rounded; where a Relu follows, only its."""

WEIGHT_MOST, VALUE_MOST = 63, 255


def quantised(model: bytes, ranges: Ranges) -> bytes:
    """The model with its convolutions, sums and pools in 8 bits."""
    proto = onnx.load_from_string(model)
    writer = _Writer(proto, ranges)
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
    nodes = list(onnx.load_from_string(model).graph.node)
    before_relu = {node.input[0] for node in nodes if node.op_type == "Relu"}
    return [
        node.output[0]
        for node in nodes
        if node.op_type in ROUNDED and node.output[0] not in before_relu
    ]


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
        if node.op_type == "Conv":
            inputs = self._conv_inputs(node)
        else:
            inputs = [self._input(name) for name in node.input]
        copy = onnx.NodeProto()
        copy.CopyFrom(node)
        del copy.input[:]
        copy.input.extend(inputs)
        self.nodes.append(copy)
        if node.output[0] in self._ranges:
            self._round(node.output[0], self._ranges[node.output[0]])

    def _input(self, name: str) -> str:
        if name in self._held:
            return self._keep(name, self._held[name])
        return f"{name}_rounded" if name in self._scales else name

    def _round(self, name: str, span: Range) -> None:
        low, high = min(span[0], 0.0), max(span[1], 0.0)
        scale = np.float32((high - low) / VALUE_MOST)
        zero = np.uint8(round(-low / float(scale)))
        constants = [self._keep(f"{name}_scale", scale), self._keep(f"{name}_zero", zero)]
        self._add("QuantizeLinear", f"{name}_8bit", name, *constants)
        self._add("DequantizeLinear", f"{name}_rounded", f"{name}_8bit", *constants)
        self._scales[name] = scale

    def _conv_inputs(self, node: onnx.NodeProto) -> list[str]:
        """The rounded value, weights for each output channel, and the bias in their unit."""
        value, weights, bias = node.input
        kernel = self._held[weights].astype(np.float64)
        most = np.abs(kernel).reshape(len(kernel), -1).max(1)
        scale = (np.where(most > 0, most, 1.0) / WEIGHT_MOST).astype(np.float32)
        whole = np.rint(kernel / scale[:, None, None, None]).astype(np.int8)
        unit = (scale * self._scales[value]).astype(np.float32)
        shift = np.rint(self._held[bias] / unit.astype(np.float64)).astype(np.int32)
        return [
            f"{value}_rounded",
            self._rounded_constant(weights, whole, scale),
            self._rounded_constant(bias, shift, unit),
        ]

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
