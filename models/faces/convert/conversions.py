"""Every conversion by the name that cards call it."""

import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from models.faces.convert import dlib, face_api, fer, human, sface, yunet
from models.faces.convert.quantise import Ranges, quantised
from models.faces.convert.sources import Conversion, Sources, only

DLIB_RANGES = Path(__file__).with_name("dlib_ranges.json")
"""Measured over 23 faces, each also mirrored, darker and brighter: the six demo pictures of
face-api 1.7.15 and the astronaut of scikit-image 0.26.0; see tests/evaluation/face_ranges.py."""


def as_is(sources: Sources) -> bytes:
    """The one model of the package, unchanged."""
    return only(sources, ".onnx")


def dlib_8bit(sources: Sources) -> bytes:
    """The network of dlib in 8 bits."""
    return quantised(dlib.resnet(sources), _dlib_ranges())


CONVERSIONS: Mapping[str, Conversion] = {
    "as-is": as_is,
    "yunet-any-size": yunet.any_size,
    "fer-mini-xception": fer.mini_xception,
    "face-api-expression": face_api.expression,
    "face-api-age-gender": face_api.age_gender,
    "dlib-8bit": dlib_8bit,
    "human-emotion": human.emotion,
    "sface-without-prelu": sface.without_prelu,
}


@lru_cache
def _dlib_ranges() -> Ranges:
    return {name: (low, high) for name, (low, high) in json.loads(DLIB_RANGES.read_text()).items()}
