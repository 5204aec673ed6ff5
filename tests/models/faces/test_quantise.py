import numpy as np
import numpy.typing as npt
import onnx
from onnx import numpy_helper

from models.faces.convert.graph import Graph
from models.faces.convert.quantise import Ranges, quantised, rounded_values
from models.onnx import Model, Signature, Tensor, open_model

SIDE = 24
SIGNATURE = Signature(
    {"image": Tensor("float32", ("N", 3, SIDE, SIDE))}, {"answer": Tensor("float32", ("N", 5))}
)


def network(seed: int = 1) -> bytes:
    """A small residual network with all that the quantiser knows."""
    random, graph = np.random.default_rng(seed), Graph()

    def conv(value: str, inputs: int, outputs: int, **attributes: object) -> str:
        weights = random.normal(0, (inputs * 9) ** -0.5, (outputs, inputs, 3, 3))
        return graph.conv(value, weights, random.normal(size=outputs), **attributes)

    scaled = graph.add("Mul", "image", graph.constant(np.array(1 / 128)))
    entry = graph.add("Relu", conv(scaled, 3, 8, strides=[2, 2]))
    pooled = graph.add("MaxPool", entry, kernel_shape=[3, 3], strides=[2, 2])
    inner = graph.add("Relu", conv(pooled, 8, 8, pads=[1] * 4))
    summed = graph.add("Add", conv(inner, 8, 8, pads=[1] * 4), pooled)
    value = graph.add("Relu", summed)
    average = graph.add("AveragePool", value, kernel_shape=[2, 2], strides=[1, 1])
    flat = graph.add("Flatten", graph.add("GlobalAveragePool", average))
    graph.add("MatMul", flat, graph.constant(random.normal(size=(8, 5))), name="answer")
    return graph.model("small", {"image": ["N", 3, SIDE, SIDE]}, {"answer": ["N", 5]})


def opened(model: bytes) -> Model:
    return open_model(model, expect=SIGNATURE)


def answers(model: Model, image: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    return model.run(image=image)["answer"]


def wide_ranges(model: bytes) -> Ranges:
    return dict.fromkeys(rounded_values(model), (-6.0, 6.0))


def test_values_before_a_relu_are_not_rounded() -> None:
    names = rounded_values(network())
    assert ["mul", "relu", "maxpool", "relu", "conv", "relu", "averagepool"] == [
        name.split("_")[0] for name in names
    ]


def test_answers_are_nearly_the_same_in_8_bits() -> None:
    model = network()
    image = np.random.default_rng(2).normal(0, 128, (4, 3, SIDE, SIDE)).astype(np.float32)
    exact = answers(opened(model), image)
    rounded = answers(opened(quantised(model, wide_ranges(model))), image)
    assert np.abs(exact - rounded).max() < 0.05 * np.abs(exact).max()
    assert (exact != rounded).any()


def test_the_same_model_comes_out_each_time() -> None:
    model = network()
    assert quantised(model, wide_ranges(model)) == quantised(model, wide_ranges(model))


def test_a_channel_without_weights_stays_silent() -> None:
    graph = Graph()
    scaled = graph.add("Mul", "image", graph.constant(np.array(1.0)))
    weights = np.zeros((5, 3, 1, 1))
    weights[1] = 1
    value = graph.conv(scaled, weights, np.array([0, 0, 3.0, 0, 0]))
    pooled = graph.add("GlobalAveragePool", value)
    graph.add("Flatten", pooled, name="answer")
    model = graph.model("silent", {"image": ["N", 3, SIDE, SIDE]}, {"answer": ["N", 5]})
    image = np.ones((1, 3, SIDE, SIDE), np.float32)
    found = answers(opened(quantised(model, wide_ranges(model))), image)
    np.testing.assert_allclose(found, [[0, 3, 3, 0, 0]], atol=0.1)


def test_values_that_not_only_a_relu_uses_are_rounded_and_so_is_what_it_gives() -> None:
    model = residual_network()
    assert ["image", "conv", "relu", "conv", "conv", "maxpool", "add"] == [
        name.split("_")[0] for name in rounded_values(model)
    ]
    image = np.random.default_rng(3).normal(0, 1, (4, 3, SIDE, SIDE)).astype(np.float32)
    exact = answers(opened(model), image)
    rounded = answers(opened(quantised(model, wide_ranges(model))), image)
    assert np.abs(exact - rounded).max() < 0.1 * np.abs(exact).max()


def test_a_convolution_of_a_value_without_a_range_stays_as_it_is() -> None:
    model = residual_network()
    ranges = {name: span for name, span in wide_ranges(model).items() if "add" in name}
    graph = onnx.load_from_string(quantised(model, ranges)).graph
    kept = {each.name for each in onnx.load_from_string(model).graph.initializer}
    convs = [node for node in graph.node if node.op_type == "Conv"]
    assert all(set(node.input[1:]) <= kept for node in convs)
    assert 1 == sum(node.op_type == "QuantizeLinear" for node in graph.node)


def test_what_is_pooled_is_rounded_like_its_maximum() -> None:
    model = residual_network()
    spans = {name: (-3.0, 3.0) if "maxpool" in name else (-6.0, 6.0) for name in wide_ranges(model)}
    graph = onnx.load_from_string(quantised(model, spans)).graph
    held = {each.name: numpy_helper.to_array(each) for each in graph.initializer}
    (pool,) = (node for node in graph.node if node.op_type == "MaxPool")
    before, after = pool.input[0].removesuffix("_rounded"), pool.output[0]
    assert held[f"{before}_scale"] == held[f"{after}_scale"]


def test_a_channel_of_next_to_no_weights_keeps_its_shift() -> None:
    graph = Graph()
    scaled = graph.add("Mul", "image", graph.constant(np.array(1.0)))
    weights = np.full((5, 3, 1, 1), 1e-34)
    value = graph.conv(scaled, weights, np.array([-3.0, 0, 3.0, 1.0, 0.5]))
    pooled = graph.add("GlobalAveragePool", value)
    graph.add("Flatten", pooled, name="answer")
    model = graph.model("dead", {"image": ["N", 3, SIDE, SIDE]}, {"answer": ["N", 5]})
    image = np.ones((1, 3, SIDE, SIDE), np.float32)
    found = answers(opened(quantised(model, wide_ranges(model))), image)
    np.testing.assert_allclose(found, [[-3, 0, 3, 1, 0.5]], atol=0.1)


def residual_network() -> bytes:
    """Activated before its convolutions, one of them without a bias; the first sees the input."""
    random, graph = np.random.default_rng(4), Graph()
    entry = graph.conv("image", random.normal(size=(8, 3, 1, 1)) / 3, random.normal(size=8))
    activated = graph.add("Relu", entry)
    planes = graph.conv(activated, random.normal(size=(8, 1, 3, 3)) / 9, group=8, pads=[1] * 4)
    inner = graph.conv(planes, random.normal(size=(8, 8, 1, 1)) / 8, random.normal(size=8))
    pooled = graph.add("MaxPool", inner, kernel_shape=[1, 1])
    added = graph.add("Add", pooled, entry)
    average = graph.add("AveragePool", added, kernel_shape=[SIDE, SIDE])
    flat = graph.add("Flatten", average)
    graph.add("MatMul", flat, graph.constant(random.normal(size=(8, 5))), name="answer")
    return graph.model("residual", {"image": ["N", 3, SIDE, SIDE]}, {"answer": ["N", 5]})
