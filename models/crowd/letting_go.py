"""Letting go of what is too old, bit by bit: frames, then days, then whom nobody is known by."""

import numpy as np

from models.arrays import Bools
from models.crowd.site import SiteCrowd


def settle(crowd: SiteCrowd, before: int) -> None:
    """Let go of the frames of all pieces that start before a time."""
    crowd.settled = max(crowd.settled, before)
    for start, piece in crowd.pieces.items():
        if start < before:
            piece.cells.clear()
            piece.who.clear()


def drop(crowd: SiteCrowd, before: int) -> None:
    """Forget all days that ended by the start of one, and whom nobody can be known by."""
    settle(crowd, before)
    crowd.dropped = max(crowd.dropped, before)
    let_go(crowd, before)
    crowd.days = {start: each for start, each in crowd.days.items() if start >= before}
    templates = np.arange(len(crowd.gallery.templates)) >= crowd.gallery.begin(crowd.moment(before))
    keep(crowd, templates, crowd.gallery.people.rows["piece"] >= before)


def let_go(crowd: SiteCrowd, before: int) -> None:
    """Forget all pieces that start before a time, but for when each camera was heard last."""
    for start in sorted(crowd.pieces):
        if start < before:
            crowd.last_heard |= dict.fromkeys(crowd.pieces.pop(start).counts, start)


def keep(crowd: SiteCrowd, templates: Bools, people: Bools) -> None:
    """Know only these templates and people, and whoever they are of or was seen since."""
    people = people.copy()
    people[crowd.gallery.templates.rows["owner"][templates]] = True
    for day in crowd.days.values():
        people[day.rows["person"]] = True
    for piece in crowd.pieces.values():
        if piece.size is not None:
            known, learnt = piece.size
            piece.size = int(people[:known].sum()), int(templates[:learnt].sum())
    number_ = crowd.gallery.keep(people, templates)
    for day in crowd.days.values():
        day.rows["person"] = number_[day.rows["person"]]
    for piece in crowd.pieces.values():
        piece.who = {
            camera: np.where(who >= 0, number_[who], who) for camera, who in piece.who.items()
        }
