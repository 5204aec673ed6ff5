"""How the original counts, for comparison: with faces that it never mistakes, and no lost update.

The rule is that of ``DemographicsAnalyzer.UpdateDemographics`` in
github.com/mohamedsaif/IntelligentExperiences.OnContainers (MIT, at a158ee7), in our words:

* A frame belongs to the window that starts with its hour, whatever the window's length.
* A visitor is a face with its gender, and has, for each camera, the time of one last visit.
* Somebody is counted who is new, or new to this camera, or whose last visit there lies outside of
  the window. But whether somebody is, is remembered for the frame and not for the face: after the
  first who is, everybody later in the frame is counted again. So is everybody in a window's first
  frame.
* Frames without faces do nothing.

Since its commit 65725ea a window's figures can be written only once, for they are looked up by
another id; that is left out here, as if it were mended.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from schemas.frames import Gender

MINUTE_MS, HOUR_MS = 60_000, 3_600_000


@dataclass(frozen=True, slots=True)
class OriginalFrame:
    """A frame with who is in it, in the order in which the detector names them."""

    at: int
    """Epoch milliseconds UTC."""

    camera: str
    faces: tuple[tuple[str, Gender], ...]


@dataclass(slots=True)
class OriginalWindow:
    """The figures of one window of one camera."""

    males: int = 0
    females: int = 0
    new: int = 0

    @property
    def visitors(self) -> int:
        """Males and females."""
        return self.males + self.females


def original_count(
    frames: Iterable[OriginalFrame], *, window_min: int = 60
) -> dict[tuple[str, int], OriginalWindow]:
    """What the original says of frames in their order, by camera and start of the window."""
    windows: dict[tuple[str, int], OriginalWindow] = {}
    last_visits: dict[tuple[str, Gender], dict[str, int]] = {}
    for frame in frames:
        if not frame.faces:
            continue
        start = frame.at - frame.at % HOUR_MS
        changed = (frame.camera, start) not in windows
        window = windows.setdefault((frame.camera, start), OriginalWindow())
        for visitor in frame.faces:
            visits = last_visits.get(visitor)
            if visits is None:
                visits = last_visits[visitor] = {}
                window.new += 1
            last = visits.get(frame.camera)
            if last is None or not start <= last <= start + window_min * MINUTE_MS:
                visits[frame.camera] = frame.at
                changed = True
            if changed:
                window.males += visitor[1] is Gender.MALE
                window.females += visitor[1] is not Gender.MALE
    return windows
