"""A piece of a site's time: what its cameras saw in it, and who that was."""

from dataclasses import dataclass, field

import numpy as np

from models.arrays import Ints
from models.crowd.cell import Cell, People
from models.crowd.groups import NOBODY
from models.crowd.growing import Rows
from models.crowd.stays import STAY


@dataclass(slots=True)
class Counts:
    """What one camera saw in one piece, apart from who it was."""

    frames: int = 0
    faces: int = 0
    unresolved: int = 0
    newest: int = 0


@dataclass(slots=True)
class Piece:
    """A piece of a site's time."""

    start: int
    cells: dict[int, Cell] = field(default_factory=dict)
    """By camera; empty once it is settled."""

    counts: dict[int, Counts] = field(default_factory=dict)
    who: dict[int, Ints] = field(default_factory=dict)
    """Who in the gallery each of a cell's people is."""

    size: tuple[int, int] | None = None
    """How much the gallery knew before it."""


def bound(stays: Rows) -> dict[int, int]:
    """Whose each token is, by the stays of its camera and window."""
    return dict(zip(stays["token"].tolist(), stays["person"].tolist(), strict=True))


def stays_of(start: int, camera: int, people: People, who: Ints) -> Rows:
    """A row for each of a cell's people who is resolved."""
    known = (who != NOBODY).nonzero()[0]
    stays = np.zeros(len(known), STAY)
    stays["piece"], stays["camera"], stays["person"] = start, camera, who[known]
    for name in ("first", "last", "sightings", "token", "votes"):
        stays[name] = getattr(people, name)[known]
    return stays


def counts_of(cell: Cell, *, resolved: int) -> Counts:
    """What is counted of a cell, if so many of its faces are resolved."""
    frames, faces = cell.seen.frames, len(cell.seen.faces)
    return Counts(len(frames), faces, faces - resolved, int(frames["at"][-1]))
