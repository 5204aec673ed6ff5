"""Templates: 128 numbers that lie near each other for pictures of one person.

Compared by cosine, as all have length 1. On LFW's 6,000 pairs the faster network (dlib's, 8-bit) is
right for 98.95 %, SFace for 99.47 %.
"""

from collections.abc import Sequence

import numpy as np

from models.faces.align import Pixels, Points
from models.faces.crops import Floats, arcface_chip, dlib_chip, rgb
from models.faces.settings import Embedding
from models.onnx import Model

SIZE = 128


class Embedder:
    """Makes templates with one network; templates of two networks cannot be compared."""

    def __init__(self, model: Model, kind: Embedding) -> None:
        self._model, self.kind = model, kind
        self._chip = dlib_chip if kind is Embedding.DLIB else arcface_chip

    def chip(self, image: Pixels, landmarks: Points) -> Pixels:
        """The face as this network wants it."""
        return self._chip(image, landmarks)

    def embed(self, chips: Sequence[Pixels]) -> Floats:
        """The templates of chips, [N, 128], each of length 1.

        Raises:
            ModelError: the model failed.

        """
        found = self._model.run(chips=rgb(chips))["descriptor"]
        lengths = np.linalg.norm(found, axis=1, keepdims=True)
        return np.asarray(found / np.maximum(lengths, np.finfo(np.float32).tiny), np.float32)


def packed(template: Floats) -> bytes:
    """A template as records carry it: float16, little endian."""
    return template.astype("<f2").tobytes()


def unpacked(data: bytes) -> Floats:
    """A template from a record, of length 1 again.

    Raises:
        ValueError: it is not 128 finite numbers, or they are all zero.

    """
    if len(data) != 2 * SIZE:
        raise ValueError(f"a template has {2 * SIZE} bytes, not {len(data)}")
    template = np.frombuffer(data, "<f2").astype(np.float32)
    length = float(np.linalg.norm(template))
    if not (np.isfinite(length) and length > 0):
        raise ValueError("the template has no length")
    return template / np.float32(length)
