"""SFace (OpenCV Zoo, 2021dec, Apache-2.0), from its copy with 8-bit weights, rewritten for speed.

The rewriting is exact but for rounding. Every normalisation is folded into its neighbour. ONNX
Runtime's PRelu is slow on a processor and breaks the layout that its convolutions like, while Relu
keeps it: with t = -x, -PRelu(x) = t - (1 - a) Relu(t), so values go on negated, and the signs
disappear in the convolutions' weights.
"""

from collections.abc import Mapping

import numpy as np
import onnx
from onnx import helper, numpy_helper

from models.faces.convert.graph import Array, Graph
from models.faces.convert.sources import Sources, only


def without_prelu(sources: Sources) -> bytes:
    """[N, 3, 112, 112] RGB 0..255 to 128 numbers, compared by their cosine."""
    published = onnx.load_from_string(only(sources, ".onnx")).graph
    nodes, held = list(published.node), _constants(published)
    norms = [_affine(node, held) for node in nodes if node.op_type == "BatchNormalization"]
    slopes = [held[node.input[1]].reshape(-1) for node in nodes if node.op_type == "PRelu"]
    convs = [node for node in nodes if node.op_type == "Conv"]
    graph = Graph()
    value = _scaled(graph, nodes, held)
    for number, (conv, norm, slope) in enumerate(zip(convs, norms, slopes, strict=False)):
        kernel, sign = held[conv.input[1]], 1.0 if number else -1.0
        value = _layer(graph, value, conv, sign * kernel * _wide(norm[0]), -norm[1])
        value = _negated_prelu(graph, value, slope)
    (dense,) = (node for node in nodes if node.op_type == "Gemm")
    weights, bias = _last(held[dense.input[1]], held[dense.input[2]], *norms[-2:])
    constants = [graph.constant(each) for each in (weights, bias)]
    graph.add("Gemm", graph.add("Flatten", value), *constants, name="descriptor", transB=1)
    return graph.model("sface", {"chips": ["N", 3, 112, 112]}, {"descriptor": ["N", 128]})


def _constants(graph: onnx.GraphProto) -> Mapping[str, Array]:
    """Every constant by name; what the graph would dequantise or reshape first, is."""
    held = {each.name: numpy_helper.to_array(each) for each in graph.initializer}
    for node in graph.node:
        if node.op_type == "DequantizeLinear":
            held[node.output[0]] = _dequantised(node, *(held[name] for name in node.input))
        elif node.op_type == "Reshape" and node.input[0] in held:
            held[node.output[0]] = held[node.input[0]].reshape(held[node.input[1]])
    return held


def _dequantised(node: onnx.NodeProto, values: Array, scales: Array, zeros: Array) -> Array:
    """Blocks along an axis share a scale and a zero."""
    settings = {each.name: helper.get_attribute_value(each) for each in node.attribute}
    axis, block = settings["axis"], settings["block_size"]
    scale, zero = (
        np.repeat(each, block, axis).take(range(values.shape[axis]), axis)
        for each in (scales, zeros)
    )
    whole = values.astype(np.int32) - zero.astype(np.int32)
    return (whole.astype(np.float32) * scale).astype(np.float64)


def _affine(node: onnx.NodeProto, held: Mapping[str, Array]) -> tuple[Array, Array]:
    """Scale and shift of a batch normalisation."""
    gamma, beta, mean, variance = (held[name].astype(np.float64) for name in node.input[1:5])
    (epsilon,) = (each.f for each in node.attribute if each.name == "epsilon")
    scale = gamma / np.sqrt(variance + epsilon)
    return scale, beta - mean * scale


def _scaled(graph: Graph, nodes: list[onnx.NodeProto], held: Mapping[str, Array]) -> str:
    value = "chips"
    for kind in ("Sub", "Mul"):
        (node,) = (each for each in nodes if each.op_type == kind)
        value = graph.add(kind, value, graph.constant(held[node.input[1]]))
    return value


def _layer(graph: Graph, value: str, conv: onnx.NodeProto, kernel: Array, bias: Array) -> str:
    settings = {each.name: helper.get_attribute_value(each) for each in conv.attribute}
    kept = {name: settings[name] for name in ("group", "pads", "strides")}
    return graph.conv(value, kernel, bias, **kept)


def _negated_prelu(graph: Graph, value: str, slope: Array) -> str:
    positive = graph.add("Relu", value)
    less = graph.conv(positive, _wide(slope - 1), group=len(slope))
    return graph.add("Add", less, value)


def _last(
    weights: Array, bias: Array, before: tuple[Array, Array], after: tuple[Array, Array]
) -> tuple[Array, Array]:
    """The dense layer with the normalisations around it; what it sees is negated."""
    cells = weights.shape[1] // len(before[0])
    scale, shift = (np.repeat(each, cells) for each in before)
    bias = bias + weights @ shift
    return -weights * scale * after[0][:, None], bias * after[0] + after[1]


def _wide(channels: Array) -> Array:
    return channels.reshape(-1, 1, 1, 1)
