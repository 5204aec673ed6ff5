"""Who was seen when: a row for each person that a camera saw in a piece, piece after piece."""

import numpy as np

from models.arrays import Bools, Ints
from models.crowd.growing import Rows
from models.crowd.votes import WIDTH
from schemas.batch import Int64s

STAY = np.dtype(
    [
        ("piece", np.int64),
        ("camera", np.int32),
        ("person", np.int32),
        ("first", np.int64),
        ("last", np.int64),
        ("sightings", np.int64),
        ("token", np.uint64),
        ("camera_start", np.int64),
        ("site_start", np.int64),
        ("votes", np.int64, (WIDTH,)),
    ]
)
"""``camera_start`` is when the visit to this camera began that it belongs to, as far as known by
then, ``site_start`` that to any camera."""

NEVER = np.iinfo(np.int64).min // 2
EVER = np.iinfo(np.int64).max


def begun(earlier: Rows, stays: Rows, *, gap_ms: int) -> Rows:
    """Stays of one piece, with the beginnings of their visits, by the day's earlier stays."""
    if not len(stays):
        return stays
    everywhere = _begun(earlier, stays, "site_start", whole_site=True, gap_ms=gap_ms)
    here = _begun(earlier, stays, "camera_start", whole_site=False, gap_ms=gap_ms)
    stays["site_start"], stays["camera_start"] = everywhere, here
    return stays


def _begun(earlier: Rows, stays: Rows, name: str, *, whole_site: bool, gap_ms: int) -> Int64s:
    codes, group = np.unique(_code(stays, whole_site=whole_site), return_inverse=True)
    before = _code(earlier, whole_site=whole_site)
    place = np.minimum(np.searchsorted(codes, before), len(codes) - 1)
    hit = codes[place] == before
    last, start = np.full(len(codes), NEVER), np.zeros(len(codes), np.int64)
    np.maximum.at(last, place[hit], earlier["last"][hit])
    # rows are in the order of time, and the last one to be written stays
    start[place[hit]] = earlier[name][hit]
    first = np.full(len(codes), EVER)
    np.minimum.at(first, group, stays["first"])
    found: Int64s = np.where(first - last <= gap_ms, start, first)[group]
    return found


def _code(rows: Rows, *, whole_site: bool) -> Int64s:
    person = rows["person"].astype(np.int64) << 32
    return person if whole_site else person + rows["camera"]


def visits(stays: Rows, *, whole_site: bool) -> tuple[Ints, int]:
    """Which visit each stay belongs to, as numbers from 0 on, and how many there are."""
    start = stays["site_start" if whole_site else "camera_start"]
    order = np.lexsort((start, code := _code(stays, whole_site=whole_site)))
    code, start = code[order], start[order]
    new = np.ones(len(order), bool)
    new[1:] = (code[1:] != code[:-1]) | (start[1:] != start[:-1])
    number = np.empty(len(order), np.intp)
    number[order] = np.cumsum(new) - 1
    return number, int(new.sum())


def is_first(site_start: Int64s, founded: Int64s, *, day_start: int, piece_ms: int) -> Bools:
    """Whether a visit is its person's first ever.

    That began in the piece in which the person was first known, and no other visit did, as a
    piece is shorter than the gap between two.
    """
    first: Bools = (founded >= day_start) & (site_start < founded + piece_ms)
    return first
