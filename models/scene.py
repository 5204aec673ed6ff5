"""What a picture says of its camera: how bright, how rich in contrast, how sharp it is."""

from dataclasses import dataclass

import cv2
import numpy as np

from models.faces.align import Pixels
from models.frame_settings import SceneSettings

WIDTH_PX = 160
"""Width of the picture that is measured: small enough to be quick, and not to see noise."""

WHITE = 255.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What was measured in one picture."""

    brightness: float
    """Mean, 0 black to 1 white."""

    contrast: float
    """Standard deviation of brightness, 0 to 0.5."""

    sharpness: float
    """Variance of the Laplacian of the picture with values 0 to 255, ``WIDTH_PX`` wide."""

    def dark(self, settings: SceneSettings) -> bool:
        """Whether there is no light."""
        return self.brightness < settings.dark_brightness

    def blocked(self, settings: SceneSettings) -> bool:
        """Whether it is dark, or something covers the lens."""
        flat = self.contrast < settings.flat_contrast and self.sharpness < settings.flat_sharpness
        return flat or self.dark(settings)


def sight(pixels: Pixels) -> Sight:
    """Measure a picture [height, width, 3], blue first."""
    height, width = pixels.shape[:2]
    size = WIDTH_PX, max(1, round(height * WIDTH_PX / width))
    grey = cv2.resize(cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY), size, interpolation=cv2.INTER_AREA)
    return Sight(
        brightness=float(grey.mean()) / WHITE,
        contrast=float(grey.std()) / WHITE,
        sharpness=float(np.var(cv2.Laplacian(grey, cv2.CV_64F))),
    )
