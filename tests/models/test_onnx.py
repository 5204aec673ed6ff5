from pathlib import Path

import numpy as np
import pytest
from onnx import ModelProto, TensorProto, helper

from models.onnx import ModelError, Signature, Tensor, open_model
from tests.models.energy_models import ENERGY, ENERGY_LOAD, linear

ONE = Tensor("float32", ("N", 1))
SIGNATURE = Signature(
    inputs={"inputs": Tensor("float32", ("N", 6, 5))}, outputs={"outputs": ONE, "hvac_kwh": ONE}
)
MEAN = linear({"indoor_temperature": 1.0})


def windows(count: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    return np.arange(count * 30, dtype=np.float32).reshape(count, 6, 5)


def test_it_answers_by_name_to_any_number_of_windows() -> None:
    model = open_model(MEAN, expect=SIGNATURE)
    inputs = windows(3)
    answers = model.run(inputs=inputs)
    assert {"outputs", "hvac_kwh"} == answers.keys()
    np.testing.assert_allclose(inputs[:, :, 3].mean(axis=1), answers["outputs"][:, 0], rtol=1e-6)
    assert (0, 1) == model.run(inputs=windows(0))["outputs"].shape


def test_the_same_windows_have_the_same_answers_however_many_are_run_together() -> None:
    model = open_model(MEAN, expect=SIGNATURE)
    together = model.run(inputs=windows(50))["outputs"]
    apart = [model.run(inputs=windows(50)[n : n + 1])["outputs"] for n in range(50)]
    np.testing.assert_array_equal(together, np.concatenate(apart))


def test_runs_are_counted() -> None:
    model = open_model(MEAN, expect=SIGNATURE)
    before = model.runs
    model.run(inputs=windows(2))
    assert before + 1 == model.runs


def test_it_is_read_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "model.onnx"
    file.write_bytes(MEAN)
    assert open_model(file, expect=SIGNATURE, threads=2).run(inputs=windows(1))


@pytest.mark.parametrize("name", ["CUDAExecutionProvider", "NonsenseProvider"])
def test_a_provider_that_is_not_to_be_had_is_refused_and_those_that_are_named(name: str) -> None:
    complaint = rf"has no {name} here; there are: .*CPUExecutionProvider"
    with pytest.raises(ModelError, match=complaint):
        open_model(MEAN, expect=SIGNATURE, providers=(name, "CPUExecutionProvider"))


def test_it_runs_on_the_providers_that_are_asked_for() -> None:
    model = open_model(MEAN, expect=SIGNATURE, providers=("CPUExecutionProvider",))
    assert model.run(inputs=windows(1))


@pytest.mark.parametrize(
    "data",
    [b"", b"no model", b"\x00" * 1000, b"{}", MEAN[: len(MEAN) // 2], MEAN[:-1], MEAN[10:]],
    ids=["empty", "text", "zeros", "json", "half", "one byte short", "headless"],
)
def test_what_is_no_model_is_refused(data: bytes) -> None:
    with pytest.raises(ModelError):
        open_model(data, expect=SIGNATURE)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (linear({}, columns=ENERGY_LOAD), "input inputs has shape"),
        (linear({}, batch=1), "input inputs has shape"),
        (linear({}, outputs=("setpoint", "hvac_kwh")), "outputs are setpoint, hvac_kwh"),
    ],
    ids=["more columns", "one window alone", "other names"],
)
def test_another_signature_is_refused(data: bytes, said: str) -> None:
    with pytest.raises(ModelError, match=said):
        open_model(data, expect=SIGNATURE)


def test_another_type_is_refused() -> None:
    wanted = Signature(inputs={"inputs": Tensor("int64", ("N", 6, 5))}, outputs=SIGNATURE.outputs)
    with pytest.raises(ModelError, match=r"is tensor\(float\), not tensor\(int64\)"):
        open_model(MEAN, expect=wanted)


def test_a_model_that_says_one_shape_and_gives_another_is_refused() -> None:
    model = ModelProto.FromString(MEAN)
    for node in model.graph.node:
        if node.op_type == "Split":
            model.graph.node.remove(node)
    model.graph.node.append(helper.make_node("Identity", ["both"], ["outputs"]))
    model.graph.node.append(helper.make_node("Identity", ["both"], ["hvac_kwh"]))
    for output in model.graph.output:
        output.type.tensor_type.ClearField("shape")
    with pytest.raises(ModelError, match="has shape"):
        open_model(model.SerializeToString(), expect=SIGNATURE)


def external(path: str) -> bytes:
    """A model whose weights lie in another file."""
    model = ModelProto.FromString(MEAN)
    [weights] = [each for each in model.graph.initializer if each.name == "weights"]
    weights.ClearField("raw_data")
    weights.data_location = TensorProto.EXTERNAL
    entry = weights.external_data.add()
    entry.key, entry.value = "location", path
    data: bytes = model.SerializeToString()
    return data


@pytest.mark.parametrize("path", ["weights.bin", "/etc/passwd", "../../secret"])
def test_a_model_that_reads_other_files_is_refused(path: str) -> None:
    with pytest.raises(ModelError, match="other files"):
        open_model(external(path), expect=SIGNATURE)


def test_a_model_that_reads_other_files_deep_within_is_refused() -> None:
    model = ModelProto.FromString(MEAN)
    inner = ModelProto.FromString(external("weights.bin")).graph
    model.graph.node.append(
        helper.make_node("If", ["yes"], ["out"], then_branch=inner, else_branch=inner)
    )
    with pytest.raises(ModelError, match="other files"):
        open_model(model.SerializeToString(), expect=SIGNATURE)


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    file = tmp_path / "model.onnx"
    file.write_bytes(MEAN)
    for source in (file, MEAN):
        with pytest.raises(ModelError, match="more than"):
            open_model(source, expect=SIGNATURE, most_bytes=len(MEAN) - 1)


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "real.onnx").write_bytes(MEAN)
    link = tmp_path / "model.onnx"
    link.symlink_to("real.onnx")
    for path in (link, tmp_path, tmp_path / "none"):
        with pytest.raises(ModelError):
            open_model(path, expect=SIGNATURE)


@pytest.mark.parametrize(
    "inputs",
    [
        np.zeros((2, 6, 4), np.float32),
        np.zeros((2, 5, 5), np.float32),
        np.zeros((6, 5), np.float32),
        np.zeros((2, 6, 5, 1), np.float32),
        np.zeros((2, 6, 5), np.float64),
    ],
    ids=lambda array: f"{array.shape} {array.dtype}",
)
def test_inputs_that_do_not_fit_are_refused(
    inputs: np.ndarray[tuple[int, ...], np.dtype[np.float32]],
) -> None:
    model = open_model(MEAN, expect=SIGNATURE)
    with pytest.raises(ModelError, match="input inputs"):
        model.run(inputs=inputs)
    with pytest.raises(ModelError, match="inputs are other"):
        model.run(other=windows(1))


def test_the_original_order_of_columns_is_kept() -> None:
    assert (
        "ext_humidity",
        "ext_temperature",
        "indoor_humidity",
        "indoor_temperature",
        "weather_state",
    ) == ENERGY
