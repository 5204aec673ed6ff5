"""An ONNX graph, built node by node."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

Array = npt.NDArray[Any]
Shape = Sequence[int | str]

OPSET = 17
IR_VERSION = 9


class Graph:
    """Nodes and constants, in order; each node is named after its one output."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def constant(self, array: Array, dtype: npt.DTypeLike = np.float32) -> str:
        """Keep a constant; the name it got."""
        name = f"constant_{len(self.constants)}"
        held = np.ascontiguousarray(array, dtype).reshape(np.shape(array))
        self.constants.append(numpy_helper.from_array(held, name))
        return name

    def add(self, kind: str, *inputs: str, name: str | None = None, **attributes: Any) -> str:
        """Append a node; the name of its output."""
        name = name or f"{kind.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [name], name=name, **attributes))
        return name

    def conv(self, value: str, weights: Array, bias: Array | None = None, **attributes: Any) -> str:
        """Append a convolution; ``weights`` lie as outputs, inputs, height, width."""
        constants = [self.constant(each) for each in (weights, bias) if each is not None]
        shape = list(weights.shape[2:])
        return self.add("Conv", value, *constants, kernel_shape=shape, **attributes)

    def model(self, name: str, inputs: Mapping[str, Shape], outputs: Mapping[str, Shape]) -> bytes:
        """Close the graph: a checked model, the same bytes for the same graph."""
        graph = helper.make_graph(
            self.nodes, name, _tensors(inputs), _tensors(outputs), self.constants
        )
        opset = [helper.make_opsetid("", OPSET)]
        return sealed(helper.make_model(graph, opset_imports=opset, ir_version=IR_VERSION))


def sealed(model: onnx.ModelProto) -> bytes:
    """A checked model as bytes, always the same."""
    onnx.checker.check_model(model)
    data: bytes = model.SerializeToString(deterministic=True)
    return data


def _tensors(shapes: Mapping[str, Shape]) -> list[onnx.ValueInfoProto]:
    return [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
        for name, shape in shapes.items()
    ]
