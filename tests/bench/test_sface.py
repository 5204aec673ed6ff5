"""The graph that deepface gets is the published one, with the copy's weights."""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

from tests.bench.sface import COPY, ORIGINAL, YUNET, as_published, supply

WEIGHTS = np.array([[-2, 0], [4, 6]], np.int8)
SCALES = np.array([[0.5], [0.25]], np.float32)
ZEROS = np.array([[0], [2]], np.int8)
WIDENED = np.array([[-1.0, 0.0], [0.5, 1.0]], np.float32)


def copy() -> bytes:
    """A dense layer whose weights are made of 8 bits in blocks; the graph asks for them too."""
    nodes = [
        helper.make_node(
            "DequantizeLinear", ["bits", "scales", "zeros"], ["wide"], axis=1, block_size=2
        ),
        helper.make_node("Reshape", ["wide", "shape"], ["weights"]),
        helper.make_node("MatMul", ["data", "weights"], ["fc1"]),
    ]
    constants: dict[str, npt.NDArray[Any]] = {
        "bits": WEIGHTS,
        "scales": SCALES,
        "zeros": ZEROS,
        "shape": np.array([2, 2]),
    }
    graph = helper.make_graph(
        nodes,
        "sface",
        [_value("data", 1, 2), _value("weights", 2, 2)],
        [_value("fc1", 1, 2)],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    opset = [helper.make_opsetid("", 21)]
    made: bytes = helper.make_model(graph, opset_imports=opset, ir_version=10).SerializeToString()
    return made


def _value(name: str, *shape: int) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)


def test_weights_are_widened_and_only_the_picture_is_asked_for() -> None:
    session = onnxruntime.InferenceSession(as_published(copy()))
    data = np.array([[1.0, 10.0]], np.float32)

    assert ["data"] == [each.name for each in session.get_inputs()]
    np.testing.assert_allclose(data @ WIDENED, session.run(None, {"data": data})[0])


def test_weights_are_put_where_deepface_looks_for_them(tmp_path: Path) -> None:
    packages, home = tmp_path / "packages", tmp_path / "home"
    for path, content in ((COPY, copy()), (YUNET, b"yunet")):
        (packages / path).parent.mkdir(parents=True)
        (packages / path).write_bytes(content)

    supply(packages, home)

    weights = home / ".deepface" / "weights"
    assert as_published(copy()) == (weights / ORIGINAL).read_bytes()
    assert b"yunet" == (weights / Path(YUNET).name).read_bytes()
