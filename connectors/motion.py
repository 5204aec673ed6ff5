"""Whether something moved in front of a camera, by the difference of small grey pictures."""

import cv2
import numpy as np
import numpy.typing as npt

from models.faces.align import Pixels

SIZE = 64, 36
"""Width and height of what is compared: a person who fills a fortieth of the frame is a pixel wide,
and noise is averaged away."""

STEP = 20
"""By so many of 255 grey levels a pixel must change; flicker and clouds change it by less."""

STILL_MS = 60_000
"""After so long a frame counts as moved even if nothing did: it proves that the camera sees."""


class Motion:
    """Compares each picture with the last one in which something moved.

    So what moves slowly is not missed. ``share`` of the picture must have changed.
    """

    def __init__(self, share: float = 0.005) -> None:
        self._share = share
        self._last: tuple[int, npt.NDArray[np.uint8]] | None = None

    def moved(self, pixels: Pixels, at: int) -> bool:
        """Whether something moved since; ``at`` is in milliseconds."""
        grey = cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY)
        small = cv2.resize(grey, SIZE, interpolation=cv2.INTER_AREA).astype(np.uint8)
        if self._last is not None:
            then, before = self._last
            changed = float((cv2.absdiff(small, before) >= STEP).mean())
            if changed < self._share and 0 <= at - then < STILL_MS:
                return False
        self._last = at, small
        return True
