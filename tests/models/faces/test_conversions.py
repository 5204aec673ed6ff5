import json
import struct

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from models.faces.convert.cydral import plain
from models.faces.convert.graph import Array, Graph, Shape
from models.faces.convert.sface import _negated_prelu, without_prelu
from models.faces.convert.sources import ConversionError, only
from models.faces.convert.tfjs_weights import tensors
from models.onnx import Signature, Tensor, open_model


def test_the_one_file_with_an_ending_is_found_and_no_other() -> None:
    assert b"x" == only({"a/b.onnx": b"x", "a/b.json": b"y"}, ".onnx")
    for sources in ({}, {"a.onnx": b"", "b.onnx": b""}):
        with pytest.raises(ConversionError, match="not one"):
            only(sources, ".onnx")


def test_weights_are_read_in_order_and_dequantised() -> None:
    manifest = [
        {"weights": [{"name": "plain", "shape": [2], "dtype": "float32"}]},
        {
            "weights": [
                {
                    "name": "packed",
                    "shape": [2, 1],
                    "dtype": "float32",
                    "quantization": {"dtype": "uint8", "scale": 0.5, "min": -1.0},
                }
            ]
        },
    ]
    found = tensors(json.loads(json.dumps(manifest)), struct.pack("<2f2B", 1.5, -2, 0, 4))
    np.testing.assert_array_equal([1.5, -2], found["plain"])
    np.testing.assert_array_equal([[-1], [1]], found["packed"])


def test_weights_that_are_not_all_used_are_refused() -> None:
    manifest = [{"weights": [{"name": "a", "shape": [], "dtype": "float32"}]}]
    with pytest.raises(ConversionError, match="8 bytes, not 4"):
        tensors(manifest, bytes(8))


def test_a_prelu_without_prelu_is_its_negative() -> None:
    slope, graph = np.array([0.25, -0.5, 1.0]), Graph()
    graph.add("Identity", _negated_prelu(graph, "t", slope), name="out")
    shape = ("N", 3, 4, 4)
    model = open_model(
        graph.model("prelu", {"t": shape}, {"out": shape}),
        expect=Signature({"t": Tensor("float32", shape)}, {"out": Tensor("float32", shape)}),
    )
    x = np.random.default_rng(1).normal(size=(2, 3, 4, 4)).astype(np.float32)
    expected = np.where(x > 0, x, x * slope.reshape(3, 1, 1))
    np.testing.assert_allclose(-model.run(t=-x)["out"], expected, atol=1e-6)


def small_sface(random: np.random.Generator) -> tuple[onnx.ModelProto, dict[str, Array]]:
    """Two layers as SFace has many, written as it is published but in float32."""
    held: dict[str, Array] = {
        "mean": np.array([127.5]),
        "scale": np.array([1 / 128]),
        "w1": random.normal(size=(4, 3, 3, 3)) / 5,
        "w2": random.normal(size=(4, 1, 3, 3)),
        "dense": random.normal(size=(128, 4 * 28 * 28)) / 50,
        "bias": random.normal(size=128),
    }
    nodes = [
        helper.make_node("Sub", ["data", "mean"], ["centred"]),
        helper.make_node("Mul", ["centred", "scale"], ["v0"]),
    ]

    def norm(value: str, name: str, channels: int) -> str:
        for part in ("gamma", "beta", "at", "var"):
            held[f"{name}_{part}"] = random.uniform(0.5, 1.5, channels)
        inputs = [value, *(f"{name}_{part}" for part in ("gamma", "beta", "at", "var"))]
        nodes.append(helper.make_node("BatchNormalization", inputs, [name], epsilon=1e-3))
        return name

    value = "v0"
    for number, groups in ((1, 1), (2, 4)):
        nodes.append(
            helper.make_node(
                "Conv",
                [value, f"w{number}"],
                [f"c{number}"],
                group=groups,
                pads=[1] * 4,
                strides=[2, 2],
            )
        )
        held[f"a{number}"] = random.uniform(-0.5, 0.5, (4, 1, 1))
        named = [norm(f"c{number}", f"n{number}", 4), f"a{number}"]
        nodes.append(helper.make_node("PRelu", named, [f"v{number}"]))
        value = f"v{number}"
    nodes.append(helper.make_node("Flatten", [norm(value, "last", 4)], ["flat"]))
    nodes.append(helper.make_node("Gemm", ["flat", "dense", "bias"], ["fc"], transB=1))
    norm("fc", "fc1", 128)
    return _model(nodes, held), held


def _model(nodes: list[onnx.NodeProto], held: dict[str, Array]) -> onnx.ModelProto:
    constants = [numpy_helper.from_array(v.astype(np.float32), k) for k, v in held.items()]
    shapes: dict[str, Shape] = {"data": ["N", 3, 112, 112], "fc1": ["N", 128]}
    ends = [helper.make_tensor_value_info(n, TensorProto.FLOAT, s) for n, s in shapes.items()]
    graph = helper.make_graph(nodes, "small", ends[:1], ends[1:], constants)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)


def test_sface_rewritten_answers_as_published() -> None:
    published, _ = small_sface(np.random.default_rng(3))
    data = published.SerializeToString()
    image, answer = Tensor("float32", ("N", 3, 112, 112)), Tensor("float32", ("N", 128))
    before = open_model(data, expect=Signature({"data": image}, {"fc1": answer}))
    after = open_model(
        without_prelu({"sface.onnx": data}),
        expect=Signature({"chips": image}, {"descriptor": answer}),
    )
    pixels = np.random.default_rng(4).uniform(0, 255, (3, 3, 112, 112)).astype(np.float32)
    np.testing.assert_allclose(
        after.run(chips=pixels)["descriptor"], before.run(data=pixels)["fc1"], atol=2e-4
    )


def scaled_conv(*kinds: str) -> bytes:
    """A convolution, what follows it with a constant for each channel, and a mean of squares."""
    random = np.random.default_rng(7)
    held: dict[str, Array] = {"w": random.normal(size=(4, 3, 3, 3)), "b": random.normal(size=4)}
    nodes, value = [helper.make_node("Conv", ["data", "w", "b"], ["conv"])], "conv"
    for number, kind in enumerate(kinds):
        held[f"c{number}"] = random.normal(size=(1, 4, 1, 1))
        nodes.append(helper.make_node(kind, [value, f"c{number}"], [f"v{number}"]))
        value = f"v{number}"
    nodes += [
        helper.make_node("AveragePool", [value], ["squares"], kernel_shape=[2, 2], strides=[2, 2]),
        helper.make_node("GlobalMaxPool", ["squares"], ["pooled"]),
        helper.make_node("Flatten", ["pooled"], ["flat"]),
        helper.make_node("Gemm", ["flat", "dense"], ["fc1"]),
    ]
    held["dense"] = random.normal(size=(4, 128))
    data: bytes = _model(nodes, held).SerializeToString()
    return data


def test_scales_shifts_and_means_become_convolutions() -> None:
    published = scaled_conv("Mul", "Add")
    rewritten = plain({"age-v1.onnx": published})
    assert ["Conv", "Conv", "GlobalMaxPool", "Flatten", "Gemm"] == [
        node.op_type for node in onnx.load_from_string(rewritten).graph.node
    ]
    signature = Signature(
        {"data": Tensor("float32", ("N", 3, 112, 112))}, {"fc1": Tensor("float32", ("N", 128))}
    )
    image = np.random.default_rng(8).normal(size=(2, 3, 112, 112)).astype(np.float32)
    before, after = (
        open_model(each, expect=signature).run(data=image)["fc1"] for each in (published, rewritten)
    )
    np.testing.assert_allclose(after, before, atol=1e-3)


def test_a_convolution_without_scale_and_shift_is_refused() -> None:
    with pytest.raises(ConversionError, match="scale and shift"):
        plain({"age-v1.onnx": scaled_conv("Add", "Mul")})
