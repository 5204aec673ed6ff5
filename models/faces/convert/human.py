"""The emotion network of @vladmandic/human (MIT): a mini-Xception as a TensorFlow.js graph.

TensorFlow lays pictures out as height, width, channels; here channels come first.
"""

import base64
import json
from collections.abc import Mapping
from typing import Any

from models.faces.convert.graph import Graph
from models.faces.convert.sources import ConversionError, Sources, only
from models.faces.convert.tfjs_weights import Weights, tensors

Node = Mapping[str, Any]

CONVOLUTIONS = ("_FusedConv2D", "DepthwiseConv2dNative")
PLAIN = {"AddV2": "Add", "Relu": "Relu", "Identity": "Identity"}
INPUT, OUTPUT = "input", "probs"


def emotion(sources: Sources) -> bytes:
    """[N, 1, 64, 64] grey, -1 to 1, to seven probabilities.

    Raises:
        ConversionError: the network has a node of another kind.

    """
    document = json.loads(only(sources, ".json"))
    net = _Net(tensors(document["weightsManifest"], only(sources, ".bin")))
    for node in document["modelTopology"]["node"]:
        net.take(node)
    net.graph.add("Identity", net.last, name=OUTPUT)
    return net.graph.model("human-emotion", {INPUT: ["N", 1, 64, 64]}, {OUTPUT: ["N", 7]})


class _Net:
    """Writes nodes in their order, which has each behind those it needs."""

    def __init__(self, weights: Weights) -> None:
        self.graph, self.last = Graph(), INPUT
        self._weights = weights
        self._values: dict[str, str] = {}

    def take(self, node: Node) -> None:
        """Write a node; constants are taken up by those that use them."""
        kind = node["op"]
        if kind == "Const":
            return
        self.last = self._values[node["name"]] = self._written(kind, node)

    def _written(self, kind: str, node: Node) -> str:
        if kind == "Placeholder":
            return INPUT
        values = [self._values[each] for each in node["input"] if each in self._values]
        if kind in CONVOLUTIONS:
            return self._conv(values[0], node)
        if kind == "MaxPool":
            return self.graph.add(
                "MaxPool", *values, kernel_shape=_inner(node, "ksize"), **_placing(node)
            )
        if kind == "Mean":
            return self.graph.add("Flatten", self.graph.add("GlobalAveragePool", *values))
        if kind == "Softmax":
            return self.graph.add("Softmax", *values, axis=-1)
        if kind not in PLAIN:
            raise ConversionError(f"no node {kind} was expected")
        return self.graph.add(PLAIN[kind], *values)

    def _conv(self, value: str, node: Node) -> str:
        kernel, *bias = (self._weights[each] for each in node["input"][1:])
        if node["op"] == "DepthwiseConv2dNative":
            kernel, groups = kernel.transpose(2, 3, 0, 1), kernel.shape[2]
        else:
            kernel, groups = kernel.transpose(3, 2, 0, 1), 1
        value = self.graph.conv(value, kernel, *bias, group=groups, **_placing(node))
        return self.graph.add("Relu", value) if b"Relu" in _fused(node) else value


def _placing(node: Node) -> dict[str, Any]:
    padding = base64.b64decode(node["attr"]["padding"]["s"]).decode()
    auto_pad = {"SAME": "SAME_UPPER", "VALID": "VALID"}[padding]
    return {"strides": _inner(node, "strides"), "auto_pad": auto_pad}


def _inner(node: Node, name: str) -> list[int]:
    """Height and width of an attribute that lists all four dimensions."""
    return [int(size) for size in node["attr"][name]["list"]["i"][1:3]]


def _fused(node: Node) -> list[bytes]:
    """What follows a convolution at once."""
    fused = node["attr"].get("fused_ops", {"list": {"s": []}})
    return [base64.b64decode(each) for each in fused["list"]["s"]]
