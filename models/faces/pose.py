"""Which way a head looks, estimated from five landmarks.

An approximation, good to tell a frontal face from a turned one: the landmarks are those of one
average head, seen from far away (scaled orthographic projection; the linear step of DeMenthon and
Davis' POS, IJCV 15, 1995). Features of a person that differ from the average's, such as a long
nose, shift it by some degrees.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.faces.align import DLIB, Points

EYES_APART_MM = 63.0
"""Mean distance between the pupils of adults (Dodgson, Proc. SPIE 5291, 2004)."""

DEPTHS_MM = (0.0, 0.0, 32.0, 8.0, 8.0)
"""How far tip of the nose and corners of the mouth stand out before the eyes; rounded, assumed."""

_FLAT = DLIB * EYES_APART_MM / float(np.hypot(*(DLIB[1] - DLIB[0])))
_HEAD = np.column_stack([_FLAT, DEPTHS_MM])
_CENTRED = _HEAD - _HEAD.mean(0)
_SOLVER: npt.NDArray[np.float64] = np.linalg.pinv(_CENTRED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pose:
    """Degrees: the head turned, then nodded, then tilted; 0 looks at the camera, upright."""

    yaw_deg: float
    """Turned to the picture's right, between -180 and 180."""

    pitch_deg: float
    """Looking up."""

    roll_deg: float
    """Tilted clockwise."""


def pose(landmarks: Points) -> Pose:
    """How the average head is turned whose landmarks look most like these."""
    across, down = (_SOLVER @ (landmarks - landmarks.mean(0))).T
    across = _unit(across)
    down = _unit(down - across * (down @ across))
    ahead = np.cross(across, down)
    yaw = np.arctan2(-ahead[0], ahead[2])
    pitch = np.arcsin(np.clip(ahead[1], -1, 1))
    roll = np.arctan2(-across[1], down[1])
    return Pose(
        yaw_deg=float(np.degrees(yaw)),
        pitch_deg=float(np.degrees(pitch)),
        roll_deg=float(np.degrees(roll)),
    )


def _unit(vector: Points) -> Points:
    return vector / max(float(np.linalg.norm(vector)), np.finfo(float).tiny)
