"""How many people were present, by when they came and went."""

import numpy as np

from schemas.batch import Int64s


def peak(came: Int64s, went: Int64s) -> int:
    """Most people present at once. Whoever goes as another comes meets that one."""
    if not len(came):
        return 0
    came, went = np.sort(came), np.sort(went)
    present = np.searchsorted(came, came, "right") - np.searchsorted(went, came, "left")
    return int(present.max())


def mean(came: Int64s, went: Int64s, span_ms: int) -> float:
    """People present on average over a stretch of time."""
    return round(int((went - came).sum()) / span_ms, 6) if span_ms > 0 else 0.0
