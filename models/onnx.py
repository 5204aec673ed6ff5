"""ONNX models: opened from bytes that nobody has to trust, and run.

The one place that knows ONNX Runtime. A model's names, types and shapes are checked once against
the signature that is expected of it, and each run's against both.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime

from models.onnx_file import MOST_BYTES, ModelError, read_bounded, refuse_external

# what others need to open a model, in one place
__all__ = ["Model", "ModelError", "Signature", "Tensor", "open_model", "read_bounded"]

PROCESSOR = ("CPUExecutionProvider",)
"""What runs models unless somebody says otherwise."""

_TYPES = {"float32": "tensor(float)", "int64": "tensor(int64)", "uint8": "tensor(uint8)"}

Arrays = Mapping[str, npt.NDArray[Any]]


@dataclass(frozen=True, slots=True)
class Tensor:
    """An input or output: numpy's name of its type, and its shape.

    A size is a number, or a name for any size: one that is named twice is the same everywhere.
    """

    dtype: str
    shape: tuple[int | str, ...]


@dataclass(frozen=True, slots=True)
class Signature:
    """The inputs and outputs of a model, all of them, by name."""

    inputs: Mapping[str, Tensor]
    outputs: Mapping[str, Tensor]


class Model:
    """A model that keeps its signature. Safe to be run by several threads."""

    def __init__(self, session: onnxruntime.InferenceSession, signature: Signature) -> None:
        self._session, self.signature = session, signature
        self.runs = 0
        """How often it was run."""

    def run(self, **inputs: npt.NDArray[Any]) -> dict[str, npt.NDArray[Any]]:
        """What it answers to these inputs, by name. Values are not judged: they may be NaN.

        Raises:
            ModelError: an input does not fit, or the model failed.

        """
        sizes: dict[str, int] = {}
        _check("input", self.signature.inputs, inputs, sizes)
        self.runs += 1
        names = list(self.signature.outputs)
        try:
            answers = self._session.run(names, inputs)
        except Exception as error:  # ONNX Runtime's errors have no common parent
            raise ModelError(f"the model failed: {_short(error)}") from error
        outputs = dict(zip(names, map(np.asarray, answers), strict=True))
        _check("output", self.signature.outputs, outputs, sizes)
        return outputs


def open_model(
    source: Path | bytes,
    *,
    expect: Signature,
    threads: int = 1,
    providers: Sequence[str] = PROCESSOR,
    most_bytes: int = MOST_BYTES,
) -> Model:
    """Open a model, check its signature, and run it once on zeros.

    ``providers`` are ONNX Runtime's names of what may run it, the preferred one first; what the
    first cannot do the next ones do, and the processor does the rest.

    Raises:
        ModelError: it is too large, no ONNX model, refers to other files, has another signature,
            or does not run; or a provider is not to be had here.

    """
    data = read_bounded(source, most_bytes) if isinstance(source, Path) else source
    if len(data) > most_bytes:
        raise ModelError(f"{len(data)} bytes are more than {most_bytes}")
    refuse_external(data)
    session = _session(data, threads, providers)
    _match("input", expect.inputs, session.get_inputs())
    _match("output", expect.outputs, session.get_outputs())
    model = Model(session, expect)
    model.run(**{name: _zeros(tensor) for name, tensor in expect.inputs.items()})
    return model


def _session(data: bytes, threads: int, providers: Sequence[str]) -> onnxruntime.InferenceSession:
    _refuse_missing(providers, onnxruntime.get_available_providers())
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    options.log_severity_level = 4  # what is wrong is said by the exception
    try:
        session = onnxruntime.InferenceSession(data, options, providers=list(providers))
    except Exception as error:  # ONNX Runtime's errors have no common parent
        raise ModelError(f"no model that can be run: {_short(error)}") from error
    # one whose device or library is missing is left out without a word
    _refuse_missing(providers, session.get_providers())
    return session


def _refuse_missing(providers: Sequence[str], there: Sequence[str]) -> None:
    if missing := [name for name in providers if name not in there]:
        raise ModelError(
            f"ONNX Runtime has no {', '.join(missing)} here; there are: {', '.join(there)}"
        )


def _match(kind: str, expected: Mapping[str, Tensor], found: Any) -> None:
    """Refuse a model whose inputs or outputs are others; what it leaves open may be anything."""
    given = {each.name: each for each in found}
    if given.keys() != expected.keys():
        raise ModelError(f"{kind}s are {', '.join(given)}, not {', '.join(expected)}")
    for name, tensor in expected.items():
        has = given[name]
        if has.type != _TYPES[tensor.dtype]:
            raise ModelError(f"{kind} {name} is {has.type}, not {_TYPES[tensor.dtype]}")
        if not has.shape and kind == "output":
            continue  # not declared: the run on zeros tells
        fits = len(has.shape) == len(tensor.shape) and all(
            not isinstance(there, int) or there == wanted
            for there, wanted in zip(has.shape, tensor.shape, strict=True)
        )
        if not fits:
            raise ModelError(f"{kind} {name} has shape {has.shape}, not {list(tensor.shape)}")


def _check(kind: str, expected: Mapping[str, Tensor], given: Arrays, sizes: dict[str, int]) -> None:
    if given.keys() != expected.keys():
        raise ModelError(f"{kind}s are {', '.join(given)}, not {', '.join(expected)}")
    for name, tensor in expected.items():
        array = given[name]
        wanted = tuple(
            sizes.setdefault(size, there) if isinstance(size, str) else size
            for size, there in zip(tensor.shape, array.shape, strict=False)
        )
        if array.dtype != tensor.dtype:
            raise ModelError(f"{kind} {name} is {array.dtype}, not {tensor.dtype}")
        if array.ndim != len(tensor.shape) or array.shape != wanted:
            raise ModelError(f"{kind} {name} has shape {array.shape}, not {tensor.shape}")


def _zeros(tensor: Tensor) -> npt.NDArray[Any]:
    shape = [1 if isinstance(size, str) else size for size in tensor.shape]
    return np.zeros(shape, tensor.dtype)


def _short(error: Exception) -> str:
    return " ".join(str(error).split())[:200]
