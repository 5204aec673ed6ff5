"""ONNX files: read within bounds, and nothing that reaches beyond its own bytes."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    # a quarter of a second that only those who open a model have to wait
    from onnx import AttributeProto, GraphProto, ModelProto, TensorProto

MEBIBYTE = 1024 * 1024
MOST_BYTES = 64 * MEBIBYTE
"""Size of a model file at most, unless said otherwise: far more than any of a room's needs."""

DEPTH = 16
"""How deeply graphs may lie in one another."""


class ModelError(ValueError):
    """The model cannot be used, or it failed; the message says why."""


def read_bounded(path: Path, most_bytes: int) -> bytes:
    """A file that is no link and has so many bytes at most.

    Raises:
        ModelError: it is not so.

    """
    try:
        if path.is_symlink() or not path.is_file():
            raise ModelError(f"{path.name} is no regular file")
        with path.open("rb") as file:
            data = file.read(most_bytes + 1)
    except OSError as error:
        raise ModelError(f"{path.name}: {error.strerror}") from error
    if len(data) > most_bytes:
        raise ModelError(f"{path.name} has more than {most_bytes} bytes")
    return data


def refuse_external(data: bytes) -> None:
    """Refuse a model whose constants lie in other files: they would be read from anywhere.

    Raises:
        ModelError: it does so, or is no ONNX model.

    """
    from onnx import ModelProto, TensorProto  # noqa: PLC0415  # as above

    model = ModelProto()
    try:
        model.ParseFromString(data)
    except Exception as error:  # protobuf's error, and whatever hostile bytes bring about
        raise ModelError("no ONNX model") from error
    if not model.graph.node:
        raise ModelError("no ONNX model: it has no graph")
    if any(tensor.data_location == TensorProto.EXTERNAL for tensor in _tensors(model)):
        raise ModelError("the model keeps data in other files")


def _tensors(model: "ModelProto") -> "Iterator[TensorProto]":
    """Every constant, those of nested graphs and functions among them."""
    yield from _of_graph(model.graph, DEPTH)
    for function in model.functions:
        for node in function.node:
            yield from _of_attributes(node.attribute, DEPTH)


def _of_graph(graph: "GraphProto", depth: int) -> "Iterator[TensorProto]":
    if not depth:
        raise ModelError(f"graphs lie more than {DEPTH} deep in one another")
    yield from graph.initializer
    for sparse in graph.sparse_initializer:
        yield from (sparse.values, sparse.indices)
    for node in graph.node:
        yield from _of_attributes(node.attribute, depth)


def _of_attributes(attributes: Any, depth: int) -> "Iterator[TensorProto]":
    attribute: AttributeProto
    for attribute in attributes:
        if attribute.HasField("t"):
            yield attribute.t
        yield from attribute.tensors
        for sparse in (attribute.sparse_tensor, *attribute.sparse_tensors):
            yield from (sparse.values, sparse.indices)
        for graph in (attribute.g, *attribute.graphs):
            yield from _of_graph(graph, depth - 1)
