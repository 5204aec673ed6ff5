"""YuNet (OpenCV Zoo, 2023mar, MIT) for any number of pictures of any size.

On each of its three grids four heads look at the same values, each by a convolution of whole cells
and one of single channels. Side by side they have 16 channels, which is what ONNX Runtime fills
each of them up to: as one head they answer the same in a quarter of the time.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import onnx
from onnx import helper, numpy_helper

from models.faces.convert.graph import Array, sealed
from models.faces.convert.sources import Sources, only

HEADS: Mapping[str, int] = {"cls": 1, "obj": 1, "bbox": 4, "kps": 10}
"""Values that each head tells of a cell: whether it is a face, or a thing; box and landmarks."""

LIKELY = ("cls", "obj")
"""Heads that tell probabilities."""

STRIDES = (8, 16, 32)


def any_size(sources: Sources) -> bytes:
    """The published graph without its fixed size: [N, 3, H, W], both multiples of 32.

    Its only tie to 640 x 640 is in the heads, which flatten what they tell to [1, cells, values].
    """
    model = onnx.load_from_string(only(sources, ".onnx"))
    writer = _Writer(model.graph)
    for stride in STRIDES:
        writer.join_heads(stride)
    writer.close()
    _name_sizes(model.graph.input[0], {0: "N", 2: "H", 3: "W"})
    for output in model.graph.output:
        _name_sizes(output, {0: "N", 1: f"{output.name}_cells"})
    return sealed(model)


class _Writer:
    """Puts one head into the place of four."""

    def __init__(self, graph: onnx.GraphProto) -> None:
        self._graph, self._nodes = graph, {node.output[0]: node for node in graph.node}
        self._constants = {each.name: each for each in graph.initializer}

    def join_heads(self, stride: int) -> None:
        """Join those of one grid."""
        heads = [list(self._taken(f"{name}_{stride}")) for name in HEADS]
        source = heads[0][-1].input[0]
        cells = self._conv(source, f"cells_{stride}", [head[-1] for head in heads])
        planes = self._conv(cells, f"planes_{stride}", [head[-2] for head in heads])
        last = self._add("Transpose", [planes], [f"last_{stride}"], perm=[0, 2, 3, 1])
        shape = np.array([0, -1, sum(HEADS.values())], np.int64)
        rows = self._add(
            "Reshape", [last, self._keep(f"shape_{stride}", shape)], [f"rows_{stride}"]
        )
        told = [f"{name}_{stride}_raw" if name in LIKELY else f"{name}_{stride}" for name in HEADS]
        self._add("Split", [rows], told, axis=2, split=list(HEADS.values()))
        for name in LIKELY:
            self._add("Sigmoid", [f"{name}_{stride}_raw"], [f"{name}_{stride}"])

    def close(self) -> None:
        """Write the nodes, and the constants that they use."""
        used = {name for node in self._nodes.values() for name in node.input}
        del self._graph.node[:], self._graph.initializer[:], self._graph.value_info[:]
        self._graph.node.extend(self._nodes.values())
        self._graph.initializer.extend(
            constant for name, constant in self._constants.items() if name in used
        )

    def _taken(self, value: str) -> Iterator[onnx.NodeProto]:
        """The nodes of a head, taken out, from its end to its convolutions: channels', cells'."""
        convs = 0
        while convs < 2:  # noqa: PLR2004  # the two of them
            node = self._nodes.pop(value)
            convs += node.op_type == "Conv"
            value = node.input[0]
            yield node

    def _conv(self, source: str, name: str, convs: list[onnx.NodeProto]) -> str:
        """Convolutions side by side: of the same value, or each of its own channels."""
        weights, bias = (
            np.concatenate([self._held(conv.input[place]) for conv in convs]) for place in (1, 2)
        )
        inputs = [source, self._keep(f"{name}_weights", weights), self._keep(f"{name}_bias", bias)]
        side = weights.shape[2]
        group = len(weights) if weights.shape[1] == 1 else 1
        return self._add(
            "Conv", inputs, [name], kernel_shape=[side] * 2, pads=[side // 2] * 4, group=group
        )

    def _held(self, name: str) -> Array:
        return numpy_helper.to_array(self._constants[name])

    def _keep(self, name: str, array: Array) -> str:
        self._constants[name] = numpy_helper.from_array(array, name)
        return name

    def _add(self, kind: str, inputs: list[str], outputs: list[str], **attributes: Any) -> str:
        node = helper.make_node(kind, inputs, outputs, name=outputs[0], **attributes)
        self._nodes[outputs[0]] = node
        return outputs[0]


def _name_sizes(value: onnx.ValueInfoProto, names: dict[int, str]) -> None:
    for place, name in names.items():
        value.type.tensor_type.shape.dim[place].dim_param = name
