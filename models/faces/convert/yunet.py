"""YuNet (OpenCV Zoo, 2023mar, MIT) for any number of pictures of any size."""

import numpy as np
import onnx
from onnx import numpy_helper

from models.faces.convert.graph import sealed
from models.faces.convert.sources import Sources, only


def any_size(sources: Sources) -> bytes:
    """The published graph without its fixed size: [N, 3, H, W], both multiples of 32.

    Its only tie to 640 x 640 are the constants that flatten each output to [1, cells, values].
    """
    model = onnx.load_from_string(only(sources, ".onnx"))
    flattened = {node.input[1] for node in model.graph.node if node.op_type == "Reshape"}
    for constant in model.graph.initializer:
        if constant.name in flattened:
            shape = np.array([0, -1, numpy_helper.to_array(constant)[-1]], np.int64)
            constant.CopyFrom(numpy_helper.from_array(shape, constant.name))
    _name_sizes(model.graph.input[0], {0: "N", 2: "H", 3: "W"})
    for output in model.graph.output:
        _name_sizes(output, {0: "N", 1: f"{output.name}_cells"})
    del model.graph.value_info[:]
    return sealed(model)


def _name_sizes(value: onnx.ValueInfoProto, names: dict[int, str]) -> None:
    for place, name in names.items():
        value.type.tensor_type.shape.dim[place].dim_param = name
