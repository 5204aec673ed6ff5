"""Weights as TensorFlow.js keeps them: a manifest that lists tensors, and their bytes in a row."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from models.faces.convert.graph import Array
from models.faces.convert.sources import ConversionError

Weights = Mapping[str, Array]


def tensors(manifest: Sequence[Mapping[str, Any]], data: bytes) -> Weights:
    """Every tensor by its name, as float32.

    Raises:
        ConversionError: the manifest and the data do not agree.

    """
    found: dict[str, Array] = {}
    offset = 0
    for entry in (entry for group in manifest for entry in group["weights"]):
        count, packed = math.prod(entry["shape"]), entry.get("quantization")
        kind = np.dtype(packed["dtype"] if packed else entry["dtype"])
        raw = np.frombuffer(data, kind, count, offset).reshape(entry["shape"])
        found[entry["name"]] = _unpacked(raw.astype(np.float32), packed)
        offset += count * kind.itemsize
    if offset != len(data):
        raise ConversionError(f"the weights are {len(data)} bytes, not {offset}")
    return found


def _unpacked(values: Array, packed: Mapping[str, float] | None) -> Array:
    if not packed:
        return values
    return values * np.float32(packed["scale"]) + np.float32(packed["min"])
