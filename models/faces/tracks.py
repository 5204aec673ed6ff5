"""Which faces of a camera's frame were looked at closely a moment ago.

Making a template takes longer than all else that is found out about a face, and somebody who stands
before a camera need not have one made in each frame. A face that lies where one face lay in the
frame before is taken for the same, and carries its template on. Nobody compares the two, so this is
bounded: not for long, not when there is a better look, and not where two faces overlap one.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from models.arrays import Bools, Floats, Ints
from models.faces.crops import Floats as Template

NONE = -1


class TrackSettings(BaseModel):
    """When a face may carry a template on that was made of it in an earlier frame."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    carry: bool = True
    """Whether any may; else each face of each frame has one made of it."""

    carry_s: float = Field(2.0, gt=0, le=60)
    """In each such part of the camera's time templates are made anew."""

    gap_s: float = Field(1.0, gt=0, le=60)
    """How long after a frame the next one must have been taken."""

    overlap: float = Field(0.5, gt=0, le=1)
    """How much of both boxes together must be in both."""

    better: float = Field(0.1, gt=0, le=1)
    """A face that has so much more quality than the one looked at has one made of it."""


@dataclass(slots=True, eq=False)
class Look:
    """A close look at a face: a template is made of it once, and some later faces carry it on."""

    at: int
    """When it was taken, epoch milliseconds UTC."""

    quality: float
    template: Template | None = None
    """Empty until somebody has made it."""

    model: str | None = None
    """Which network made it."""


class Tracks:
    """The faces of one camera's last frame.

    What it answers depends only on times, boxes and qualities, and on the order of frames. As
    templates are made anew at fixed times, reading the same frames again from another one on soon
    gives the same.
    """

    def __init__(self, settings: TrackSettings) -> None:
        self._settings = settings
        self._at = NONE
        self._boxes: Floats = np.empty((0, 4))
        self._looks: list[Look] = []

    def __len__(self) -> int:
        """Count the faces remembered."""
        return len(self._looks)

    def follow(self, at: int, boxes: Floats, qualities: Sequence[float]) -> list[Look]:
        """The look that goes for each face of a frame: a new one, or that of an earlier frame.

        ``boxes`` is [faces, 4]: left, top, width and height. A frame that is not newer than all
        before it has new ones, and changes nothing.
        """
        looks = [Look(at, quality) for quality in qualities]
        if not self._settings.carry or at <= self._at:
            return looks
        if at - self._at <= self._settings.gap_s * 1000:
            before = _alone(overlaps(boxes, self._boxes) >= self._settings.overlap)
            for face in (before != NONE).nonzero()[0].tolist():
                earlier = self._looks[before[face]]
                if self._will_do(earlier, looks[face]):
                    looks[face] = earlier
        self._at, self._boxes, self._looks = at, boxes, looks
        return looks

    def _will_do(self, earlier: Look, now: Look) -> bool:
        """Whether an earlier look spares one now."""
        part_ms = round(self._settings.carry_s * 1000)
        lately = earlier.at // part_ms == now.at // part_ms
        return lately and now.quality < earlier.quality + self._settings.better


def overlaps(some: Floats, others: Floats) -> Floats:
    """What share of each two boxes' common area is in both, [some, others]."""
    start = np.maximum(some[:, None, :2], others[:, :2])
    end = np.minimum(some[:, None, :2] + some[:, None, 2:], others[:, :2] + others[:, 2:])
    both = np.maximum(0, end - start).prod(axis=2)
    either = some[:, None, 2:].prod(axis=2) + others[:, 2:].prod(axis=1) - both
    return np.asarray(both / np.maximum(either, np.finfo(float).tiny))


def _alone(near: Bools) -> Ints:
    """For each row its only column that has no other row; ``NONE`` if there is no such."""
    pairs = near & (near.sum(axis=1) == 1)[:, None] & (near.sum(axis=0) == 1)
    found = np.full(len(near), NONE)
    rows, columns = pairs.nonzero()
    found[rows] = columns
    return found
