"""Whether a record says something of what is to be erased."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from schemas.crowd import CrowdCounted, VisitEnded
from schemas.erasures import Erasure
from schemas.frames import FrameAnalysed, FrameCaptured, FrameKept

Shot = tuple[str, int]
"""A frame by its camera and its time, epoch milliseconds UTC."""

OfPeople = FrameCaptured | FrameAnalysed | FrameKept | VisitEnded | CrowdCounted


@dataclass(frozen=True, slots=True)
class Concerns:
    """Tells which records have to go.

    A picture does not say who is in it: frames of a person are known by ``shots`` alone, those in
    which the count has seen them.
    """

    asked: Erasure
    names: Collection[str] = ()
    """What the person is called: names and pseudonyms."""

    shots: Collection[Shot] = ()
    """Frames in which the person was seen."""

    def __call__(self, record: Any) -> bool:
        """Whether this record has to go; records of other kinds say nothing of people."""
        if not isinstance(record, OfPeople) or record.site != self.asked.site:
            return False
        if self.asked.camera is not None:
            return record.camera == self.asked.camera
        if self.asked.before is not None:
            return _time(record) < self.asked.before
        return self._shows(record)

    def _shows(self, record: OfPeople) -> bool:
        match record:
            case VisitEnded():
                return record.person in self.names
            case CrowdCounted():
                return not set(self.names).isdisjoint(record.identified)
            case FrameCaptured() | FrameKept():
                return (record.camera, record.at) in self.shots
        if (record.camera, record.at) in self.shots:
            return True
        return any(face.person in self.names for face in record.faces)


def _time(record: OfPeople) -> int:
    """What has to be before: a window has to be over by then."""
    match record:
        case VisitEnded():
            return record.first_seen
        case CrowdCounted():
            return record.window_end - 1
        case _:
            return record.at
