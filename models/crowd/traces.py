"""What a count still knows of somebody, of a camera or of the past: the proof of an erasure."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from models.arrays import Bools
from models.crowd.concerns import Concerns, Shot
from models.crowd.forgetting import called
from models.crowd.growing import Rows
from models.crowd.leaving import Leaving
from models.crowd.site import SiteCrowd
from schemas.erasures import Erasure


@dataclass(slots=True)
class Traces:
    """How much is known, and where else to look."""

    faces: int = 0
    """Faces of a person; for a camera or a time, frames."""

    templates: int = 0
    stays: int = 0
    visits: int = 0
    """Visits that were told."""

    names: set[str] = field(default_factory=set)
    """What the person is called, names and pseudonyms."""

    shots: set[Shot] = field(default_factory=set)
    """Frames in which the person was seen."""

    @property
    def size(self) -> int:
        """All of it together; nothing is left at 0."""
        return self.faces + self.templates + self.stays + self.visits

    def add(self, other: "Traces") -> None:
        """Know those of another partition too."""
        for name in ("faces", "templates", "stays", "visits"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.names |= other.names
        self.shots |= other.shots


def traces(crowd: SiteCrowd, leaving: Leaving, asked: Erasure) -> Traces:
    """What is known; everything must have been found out."""
    found = Traces(names={asked.person} if asked.person is not None else set())
    if asked.person is not None:
        _of_person(crowd, leaving, asked.person, found)
    elif asked.camera is not None:
        _of_camera(crowd, asked.camera, found)
    elif asked.before is not None:
        _of_past(crowd, asked.before, found)
    concerns = Concerns(asked, found.names)
    told = [visit for day in leaving.told.values() for visit in day.values()]
    if asked.before is not None:
        # whole pieces are forgotten, and a visit that began in the same one stays
        start = int(crowd.calendar.pieces(np.array([asked.before]))[0])
        found.visits = sum(visit.first_seen < start for visit in told)
    else:
        found.visits = sum(concerns(visit) for visit in told)
    return found


def _of_person(crowd: SiteCrowd, leaving: Leaving, person: str, found: Traces) -> None:
    theirs = called(crowd, leaving, person)
    periods = crowd.gallery.people.rows["piece"].tolist()
    for each in theirs.nonzero()[0].tolist():
        found.names |= {leaving.pseudonym(each), leaving.name(each, periods[each])}
    found.templates = int(theirs[crowd.gallery.templates.rows["owner"]].sum())
    for piece in crowd.pieces.values():
        for camera, cell in piece.cells.items():
            whose, who = cell.whose(), np.append(piece.who[camera], -1)
            faces = (who[whose] >= 0) & theirs[who[whose]]
            frame = np.repeat(cell.seen.frames["at"], cell.seen.frames["faces"])
            found.faces += int(faces.sum())
            found.shots |= {(crowd.cameras[camera], at) for at in frame[faces].tolist()}
    found.stays = _stays(crowd, lambda rows: theirs[rows["person"]])


def _of_camera(crowd: SiteCrowd, camera: str, found: Traces) -> None:
    if camera not in crowd.cameras:
        return
    number = crowd.camera(camera)
    counts = [piece.counts.get(number) for piece in crowd.pieces.values()]
    found.faces = sum(each.frames for each in counts if each)
    found.templates = int((crowd.gallery.templates.rows["camera"] == number).sum())
    found.stays = _stays(crowd, lambda rows: rows["camera"] == number)


def _of_past(crowd: SiteCrowd, before: int, found: Traces) -> None:
    start = int(crowd.calendar.pieces(np.array([before]))[0])
    old = [piece for each, piece in crowd.pieces.items() if each < start]
    found.faces = sum(len(cell.seen.frames) for piece in old for cell in piece.cells.values())
    found.templates = int((crowd.gallery.templates.rows["piece"] < start).sum())
    found.stays = _stays(crowd, lambda rows: rows["piece"] < start)


def _stays(crowd: SiteCrowd, theirs: Callable[[Rows], Bools]) -> int:
    return sum(int(theirs(day.rows).sum()) for day in crowd.days.values() if len(day.rows))
