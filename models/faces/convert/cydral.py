"""age-v1 and gender-v1 (by Cydral for dlib, CC0), made of their ONNX files and ready for 8 bits."""

import numpy as np
import onnx
from onnx import helper, numpy_helper

from models.faces.convert.graph import Array, sealed
from models.faces.convert.sources import ConversionError, Sources, only

Constants = dict[str, onnx.TensorProto]


def plain(sources: Sources) -> bytes:
    """The published network of convolutions alone: the answers are the same but for rounding.

    The scale and shift after each one are folded into it. Means of squares become convolutions too,
    for in 8 bits ONNX Runtime is slow at them.

    Raises:
        ConversionError: a convolution is not followed by scale and shift.

    """
    model = onnx.shape_inference.infer_shapes(onnx.load_from_string(only(sources, ".onnx")))
    graph, held = model.graph, {each.name: each for each in model.graph.initializer}
    sizes = {each.name: each.type.tensor_type.shape.dim for each in graph.value_info}
    nodes = list(graph.node)
    for node, scale, shift in zip(nodes, nodes[1:], nodes[2:], strict=False):
        if node.op_type == "Conv":
            _fold(held, node, scale, shift)
            graph.node.remove(scale)
            graph.node.remove(shift)
        elif node.op_type == "AveragePool":
            weights = _mean_instead(node, sizes[node.input[0]][1].dim_value)
            graph.initializer.append(weights)
    del graph.value_info[:]
    return sealed(model)


def _fold(
    held: Constants, conv: onnx.NodeProto, scale: onnx.NodeProto, shift: onnx.NodeProto
) -> None:
    if [scale.op_type, shift.op_type] != ["Mul", "Add"]:
        raise ConversionError(f"{conv.output[0]} is not followed by scale and shift")
    weights, bias = (held[name] for name in conv.input[1:])
    gamma, beta = (_values(held[node.input[1]]).reshape(-1) for node in (scale, shift))
    _keep(weights, _values(weights) * gamma[:, None, None, None])
    _keep(bias, _values(bias) * gamma + beta)
    conv.output[0] = shift.output[0]


def _mean_instead(pool: onnx.NodeProto, channels: int) -> onnx.TensorProto:
    """Turn a pool into a convolution of each channel by itself; the weights of that."""
    (side,) = (each.ints for each in pool.attribute if each.name == "kernel_shape")
    weights = np.full((channels, 1, *side), 1 / np.prod(side), np.float32)
    kept = [each for each in pool.attribute if each.name in ("kernel_shape", "strides")]
    pool.op_type = "Conv"
    pool.input.append(f"{pool.output[0]}_weights")
    del pool.attribute[:]
    pool.attribute.extend([*kept, helper.make_attribute("group", channels)])
    return numpy_helper.from_array(weights, pool.input[1])


def _values(tensor: onnx.TensorProto) -> Array:
    return numpy_helper.to_array(tensor).astype(np.float64)


def _keep(tensor: onnx.TensorProto, values: Array) -> None:
    tensor.CopyFrom(numpy_helper.from_array(values.astype(np.float32), tensor.name))
