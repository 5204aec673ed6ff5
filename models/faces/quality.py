"""How well a face can be judged, 0 to 1: the product of four shares.

* size: box height from 16 px (0) to 96 px (1), in the picture as it was decoded;
* sharpness: v / (v + 100), v the variance of the Laplacian of the straightened face at 64 px;
* pose: cosine of yaw times cosine of pitch;
* sureness: the detector's score from 0.5 (0) to 0.9 (1).

The bounds follow from where the networks were measured to get worse: they take 32 to 150 px, and
YuNet's score falls below 0.9 for faces that are turned, covered or blurred.
"""

import math

import cv2

from models.faces.align import Pixels
from models.faces.pose import Pose

SMALL_PX, LARGE_PX = 16.0, 96.0
HALF_SHARP = 100.0
UNSURE, SURE = 0.5, 0.9


def quality(*, height_px: float, sharpness: float, pose: Pose, score: float) -> float:
    """The product of the four shares."""
    size = _share(height_px, SMALL_PX, LARGE_PX)
    sharp = sharpness / (sharpness + HALF_SHARP)
    frontal = _cosine(pose.yaw_deg) * _cosine(pose.pitch_deg)
    return size * sharp * frontal * _share(score, UNSURE, SURE)


def sharpness(grey: Pixels) -> float:
    """Variance of the Laplacian of a grey picture."""
    deviation = cv2.meanStdDev(cv2.Laplacian(grey, cv2.CV_32F))[1]
    return float(deviation[0, 0]) ** 2


def _share(value: float, low: float, high: float) -> float:
    return min(1.0, max(0.0, (value - low) / (high - low)))


def _cosine(angle_deg: float) -> float:
    return max(0.0, math.cos(math.radians(angle_deg)))
