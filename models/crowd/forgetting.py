"""Forgetting people, cameras and times, as people have a right to ask.

Frames from which somebody was taken out stay known as such, so that a replay does not bring the
person back. What was counted is counted anew without them, as far as it is not settled.
"""

import numpy as np

from models.arrays import Bools
from models.crowd.growing import Growing
from models.crowd.leaving import Leaving
from models.crowd.letting_go import keep, let_go, settle
from models.crowd.site import SiteCrowd
from models.crowd.stays import EVER


def forget_person(crowd: SiteCrowd, leaving: Leaving, person: str) -> int:
    """Forget whoever has a name or pseudonym: templates, faces and stays. Gives how many faces."""
    gone, faces = called(crowd, leaving, person), 0
    for piece in crowd.pieces.values():
        for camera, cell in piece.cells.items():
            whose, who = cell.whose(), np.append(piece.who[camera], -1)
            theirs = (who[whose] >= 0) & gone[who[whose]]
            faces += int(theirs.sum())
            if theirs.any():
                cell.without(theirs)
    _begin_anew(crowd, gone[crowd.gallery.templates.rows["owner"]], gone)
    return faces


def called(crowd: SiteCrowd, leaving: Leaving, person: str) -> Bools:
    """Which of the people known has this name or pseudonym."""
    names = crowd.gallery.people.rows["name"].tolist()
    return np.array(
        [
            person == leaving.pseudonym(each) or (name >= 0 and crowd.names[name] == person)
            for each, name in enumerate(names)
        ],
        bool,
    )


def forget_camera(crowd: SiteCrowd, camera: str) -> int:
    """Forget all that a camera saw that is not told yet, and what was learnt from it.

    Gives how many frames.
    """
    if camera not in crowd.cameras:
        return 0
    number, frames = crowd.camera(camera), 0
    for start in list(crowd.pieces):
        piece = crowd.pieces[start]
        if piece.counts.pop(number, None) is not None and (cell := piece.cells.get(number)):
            frames += len(cell.seen.frames)
        piece.cells.pop(number, None)
        if not piece.counts:
            del crowd.pieces[start]
    for stays in crowd.days.values():
        _without(stays, stays.rows["camera"] == number)
    _begin_anew(crowd, crowd.gallery.templates.rows["camera"] == number)
    return frames


def forget_before(crowd: SiteCrowd, at: int) -> int:
    """Forget everything of the pieces that ended by a time; frames of then are too late.

    Gives how many frames.
    """
    start = int(crowd.calendar.pieces(np.array([at]))[0])
    old = [piece for each, piece in crowd.pieces.items() if each < start]
    frames = sum(counts.frames for piece in old for counts in piece.counts.values())
    settle(crowd, start)
    let_go(crowd, start)
    crowd.dirty = {each for each in crowd.dirty if each >= start}
    for stays in crowd.days.values():
        _without(stays, stays.rows["piece"] < start)
    _begin_anew(crowd, crowd.gallery.templates.rows["piece"] < start)
    return frames


def _begin_anew(crowd: SiteCrowd, templates: Bools, people: Bools | None = None) -> None:
    """Forget these templates and people, and find out anew what is not settled."""
    starts = [piece.start for piece in crowd.pieces.values() if piece.cells]
    first = min(starts, default=EVER)
    for stays in crowd.days.values():
        _without(stays, stays.rows["piece"] >= first)
        if people is not None:
            _without(stays, people[stays.rows["person"]])
    for piece in crowd.pieces.values():
        piece.size = None
        piece.who.clear()
    crowd.dirty |= set(starts)
    kept = (crowd.gallery.templates.rows["piece"] < first) & ~templates
    keep(crowd, kept, np.zeros(len(crowd.gallery), bool))


def _without(stays: Growing, gone: Bools) -> None:
    kept = stays.rows[~gone]
    stays.cut(0)
    stays.add(kept)
