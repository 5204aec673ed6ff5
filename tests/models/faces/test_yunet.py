import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from models.faces.convert.graph import Array
from models.faces.convert.yunet import HEADS, LIKELY, STRIDES, any_size
from models.onnx import Model, Signature, Tensor, open_model


def small_yunet(random: np.random.Generator, side: int) -> bytes:
    """Three grids with four heads each, written for one size as YuNet is published."""
    held: dict[str, Array] = {}
    nodes, ends, flat = [], [], {}
    for stride in STRIDES:
        grid = f"grid_{stride}"
        pool = helper.make_node(
            "AveragePool", ["input"], [grid], kernel_shape=[stride] * 2, strides=[stride] * 2
        )
        nodes.append(pool)
        for name, size in HEADS.items():
            head, cells = f"{name}_{stride}", (side // stride) ** 2
            held |= {
                f"{head}_w1": random.normal(size=(size, 3, 1, 1)),
                f"{head}_b1": random.normal(size=size),
                f"{head}_w2": random.normal(size=(size, 1, 3, 3)),
                f"{head}_b2": random.normal(size=size),
            }
            flat[f"{head}_flat"] = np.array([1, cells, size], np.int64)
            likely = name in LIKELY
            value = f"{head}_rows" if likely else head
            nodes += [
                helper.make_node("Conv", [grid, f"{head}_w1", f"{head}_b1"], [f"{head}_1"]),
                helper.make_node(
                    "Conv",
                    [f"{head}_1", f"{head}_w2", f"{head}_b2"],
                    [f"{head}_2"],
                    group=size,
                    pads=[1] * 4,
                ),
                helper.make_node("Transpose", [f"{head}_2"], [f"{head}_3"], perm=[0, 2, 3, 1]),
                helper.make_node("Reshape", [f"{head}_3", f"{head}_flat"], [value]),
            ]
            if likely:
                nodes.append(helper.make_node("Sigmoid", [value], [head]))
            ends.append(helper.make_tensor_value_info(head, TensorProto.FLOAT, [1, cells, size]))
    start = helper.make_tensor_value_info("input", TensorProto.FLOAT, [1, 3, side, side])
    constants = [numpy_helper.from_array(v.astype(np.float32), k) for k, v in held.items()]
    constants += [numpy_helper.from_array(v, k) for k, v in flat.items()]
    graph = helper.make_graph(nodes, "fixed", [start], ends, constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 11)], ir_version=6)
    data: bytes = model.SerializeToString()
    return data


def opened_yunet(model: bytes, side: int | None = None) -> Model:
    """Opened as a network for one picture of one size, or for any."""
    outputs = {
        f"{name}_{stride}": Tensor(
            "float32", (1, (side // stride) ** 2, size) if side else ("N", f"cells_{stride}", size)
        )
        for stride in STRIDES
        for name, size in HEADS.items()
    }
    start = Tensor("float32", (1, 3, side, side) if side else ("N", 3, "H", "W"))
    return open_model(model, expect=Signature({"input": start}, outputs))


def test_a_detector_of_one_size_takes_any_size_and_answers_the_same() -> None:
    published = small_yunet(np.random.default_rng(5), 64)
    before = opened_yunet(published, side=64)
    after = opened_yunet(any_size({"yunet.onnx": published}))
    image = np.random.default_rng(6).normal(size=(1, 3, 64, 64)).astype(np.float32)
    found = after.run(input=image)
    for name, values in before.run(input=image).items():
        np.testing.assert_allclose(found[name], values, atol=1e-5)
    others = after.run(input=np.zeros((3, 3, 96, 160), np.float32))
    assert (3, 12 * 20, 10) == others["kps_8"].shape


def test_four_heads_of_a_grid_become_one() -> None:
    published = small_yunet(np.random.default_rng(5), 64)
    nodes = onnx.load_from_string(any_size({"yunet.onnx": published})).graph.node
    assert 2 * len(STRIDES) == sum(node.op_type == "Conv" for node in nodes)
