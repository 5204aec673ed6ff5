import numpy as np
import pytest

from models.faces.embedding import SIZE, packed, unpacked


def test_a_template_survives_its_packing() -> None:
    template = np.random.default_rng(1).normal(size=SIZE).astype(np.float32)
    template /= np.linalg.norm(template)
    data = packed(template)
    assert 256 == len(data)
    assert 1 == pytest.approx(float(np.linalg.norm(unpacked(data))), abs=1e-6)
    assert float(unpacked(data) @ template) > 0.999_999


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0" * 255,
        b"\0" * 256,
        np.full(SIZE, np.nan, "<f2").tobytes(),
        np.full(SIZE, np.inf, "<f2").tobytes(),
    ],
)
def test_what_is_no_template_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="template"):
        unpacked(data)
