"""Writes an ONNX graph node by node, so that it reads like the arithmetic that it is."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from onnx import ModelProto, NodeProto, TensorProto, checker, helper, numpy_helper

OPSET, IR_VERSION = 17, 8
"""Older than need be, so that older runtimes take it too."""


class Writer:
    """A graph in the making; values in it are known by their names."""

    def __init__(self) -> None:
        self._nodes: list[NodeProto] = []
        self._constants: list[TensorProto] = []

    def add(self, operator: str, *inputs: str | npt.ArrayLike, **attributes: Any) -> str:
        """Write one operation; inputs that are no names are constants. Gives its output's name."""
        names = [each if isinstance(each, str) else self.constant(each) for each in inputs]
        output = attributes.pop("output", f"{operator.lower()}_{len(self._nodes)}")
        self._nodes.append(helper.make_node(operator, names, [output], **attributes))
        return str(output)

    def constant(self, value: npt.ArrayLike) -> str:
        """Write a constant: 64-bit integers as they are, everything else as 32-bit floats."""
        array = np.asarray(value)
        kind = np.int64 if array.dtype.kind in "iu" else np.float32
        name = f"constant_{len(self._constants)}"
        self._constants.append(numpy_helper.from_array(array.astype(kind), name))
        return name

    def model(self, shape: Sequence[int], outputs: Sequence[str]) -> ModelProto:
        """The model that takes ``inputs`` of (N, *shape) and gives ``outputs`` of (N, 1)."""
        taken = helper.make_tensor_value_info("inputs", TensorProto.FLOAT, ["N", *shape])
        given = [helper.make_tensor_value_info(n, TensorProto.FLOAT, ["N", 1]) for n in outputs]
        graph = helper.make_graph(self._nodes, "energy", [taken], given, self._constants)
        model = helper.make_model(
            graph,
            opset_imports=[helper.make_opsetid("", OPSET)],
            ir_version=IR_VERSION,
            producer_name="engawa",
        )
        checker.check_model(model, full_check=True)
        return model
