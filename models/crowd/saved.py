"""Crowds as bytes: numpy's own format of arrays, which runs no code when it is read.

Of what is not settled only the frames are saved: the rest follows from them again.
"""

import io
import json
from base64 import b64decode, b64encode
from collections.abc import Mapping
from typing import Any
from zipfile import BadZipFile

import numpy as np

from models.crowd.counting import Counting
from models.crowd.growing import Growing, Rows
from models.crowd.pieces import Counts, Piece
from models.crowd.settings import CrowdRules
from models.crowd.sightings import FACE, FRAME, Sightings, joined
from models.crowd.site import SiteCrowd
from models.crowd.stays import EVER, STAY
from models.crowd.telling import Told
from models.crowd.windows import Span
from schemas.codec import decode, encode
from schemas.crowd import VisitEnded

VERSION = 1

CELL = np.dtype([("piece", np.int64), ("camera", np.int32), ("frames", np.int64)])
ERASED = np.dtype([("piece", np.int64), ("camera", np.int32), ("at", np.int64), ("key", np.uint64)])
COUNTS = np.dtype(
    [
        ("piece", np.int64),
        ("camera", np.int32),
        ("frames", np.int64),
        ("faces", np.int64),
        ("unresolved", np.int64),
        ("newest", np.int64),
    ]
)
NOTHING = Sightings(np.zeros(0, FRAME), np.zeros(0, FACE), np.zeros((0, 0), np.int16))


def saved(sites: Mapping[str, Counting], logged: int) -> bytes:
    """Everything that is known of sites; ``logged`` is kept beside it."""
    header = {"version": VERSION, "logged": logged, "sites": [*map(_plain, sites.values())]}
    arrays = {"header": np.frombuffer(json.dumps(header).encode(), np.uint8)}
    for place, counting in enumerate(sites.values()):
        for name, rows in _arrays(counting.crowd).items():
            arrays[f"{place}.{name}"] = rows
    target = io.BytesIO()
    np.savez(target, **arrays)  # type: ignore[arg-type]  # its keywords are arrays' names
    return target.getvalue()


def restored(data: bytes, settings: CrowdRules) -> tuple[dict[str, Counting], int]:
    """The sites that were saved and are in the settings, and what was kept beside them.

    Raises:
        ValueError: the bytes are of another version, or broken.

    """
    try:
        arrays = np.load(io.BytesIO(data), allow_pickle=False)
        header = json.loads(arrays["header"].tobytes())
    except (BadZipFile, EOFError, KeyError, TypeError) as error:
        raise ValueError(f"no saved crowds: {error}") from error
    if header["version"] != VERSION:
        raise ValueError(f"saved by version {header['version']}, this is version {VERSION}")
    sites = {}
    for place, plain in enumerate(header["sites"]):
        site = settings.sites.get(name := plain["name"])
        if site:
            counting = sites[name] = Counting(name, site, settings)
            mine = {
                each[len(f"{place}.") :]: arrays[each]
                for each in arrays
                if each.startswith(f"{place}.")
            }
            _restore(counting, plain, mine)
    return sites, header["logged"]


def _plain(counting: Counting) -> dict[str, Any]:
    crowd, telling, leaving = counting.crowd, counting.telling, counting.leaving
    clocks = ("clock", "logged", "told_to", "told_at", "changed")
    return {
        "name": crowd.name,
        "cameras": crowd.cameras,
        "names": crowd.names,
        "settled": crowd.settled,
        "dropped": crowd.dropped,
        "last_heard": [*crowd.last_heard.items()],
        "dirty": sorted(crowd.dirty),
        "clocks": {name: getattr(counting, name) for name in clocks},
        "told": [
            [*_key(key), told.revision, told.digest, told.closed]
            for key, told in telling.told.items()
        ],
        "changed": [_key(key) for key in sorted(telling.changed)],
        "since": telling.since,
        "closed_until": [[*key, at] for key, at in telling.closed_until.items()],
        "days_told": telling.days_told,
        "until": leaving.until,
        "visits": {
            str(day): [b64encode(encode(visit)).decode() for visit in told.values()]
            for day, told in leaving.told.items()
        },
        "over": counting.limits.over,
    }


def _key(key: tuple[str, Span]) -> list[Any]:
    camera, span = key
    return [camera, span.start, span.end, span.day]


def _arrays(crowd: SiteCrowd) -> dict[str, Rows]:
    cells = [
        (start, camera, cell)
        for start, piece in sorted(crowd.pieces.items())
        for camera, cell in sorted(piece.cells.items())
    ]
    seen = joined([cell.seen for _, _, cell in cells]) if cells else NOTHING
    sizes = [piece.size for _, piece in sorted(crowd.pieces.items()) if piece.cells]
    people, templates = next((size for size in sizes if size is not None), crowd.gallery.size)
    first = min((start for start, _, _ in cells), default=EVER)
    stays = [np.zeros(0, STAY), *(day.rows for _, day in sorted(crowd.days.items()))]
    every = np.concatenate(stays)
    return {
        "cells": np.array([(p, c, len(cell.seen.frames)) for p, c, cell in cells], CELL),
        "erased": np.array(
            [(p, c, at, key) for p, c, cell in cells for at, key in sorted(cell.erased)], ERASED
        ),
        "frames": seen.frames,
        "faces": seen.faces,
        "face_templates": seen.templates,
        "counts": np.array(
            [
                (start, camera, each.frames, each.faces, each.unresolved, each.newest)
                for start, piece in crowd.pieces.items()
                for camera, each in piece.counts.items()
            ],
            COUNTS,
        ),
        "stays": every[every["piece"] < first],
        "people": crowd.gallery.people.rows[:people],
        "templates": crowd.gallery.templates.rows[:templates],
        "numbers": crowd.gallery.numbers[:templates],
    }


def _restore(counting: Counting, plain: dict[str, Any], arrays: Mapping[str, Rows]) -> None:
    crowd, telling, leaving = counting.crowd, counting.telling, counting.leaving
    crowd.cameras, crowd.names = plain["cameras"], plain["names"]
    crowd.enrol()
    crowd.settled, crowd.dropped = plain["settled"], plain["dropped"]
    crowd.last_heard = dict(plain["last_heard"])
    crowd.gallery.fill(arrays["people"], arrays["templates"], arrays["numbers"])
    _restore_pieces(crowd, arrays)
    crowd.dirty = {start for start, piece in crowd.pieces.items() if piece.cells}
    crowd.refold()
    crowd.dirty = set(plain["dirty"])
    for name, value in plain["clocks"].items():
        setattr(counting, name, value)
    telling.told = {
        (camera, Span(start, end, day=day)): Told(*told)
        for camera, start, end, day, *told in plain["told"]
    }
    telling.changed = {(camera, Span(*span)) for camera, *span in plain["changed"]}
    telling.since, telling.days_told = plain["since"], plain["days_told"]
    telling.closed_until = {(camera, day): at for camera, day, at in plain["closed_until"]}
    leaving.until, counting.limits.over = plain["until"], plain["over"]
    for day, visits in plain["visits"].items():
        told = [decode(b64decode(visit), VisitEnded) for visit in visits]
        leaving.told[int(day)] = {visit.visit_id: visit for visit in told}


def _restore_pieces(crowd: SiteCrowd, arrays: Mapping[str, Rows]) -> None:
    for start, camera, *counts in arrays["counts"].tolist():
        crowd.pieces.setdefault(start, Piece(start)).counts[camera] = Counts(*counts)
    seen = Sightings(arrays["frames"], arrays["faces"], arrays["face_templates"])
    done = 0
    for start, camera, frames in arrays["cells"].tolist():
        crowd.add(camera, start, seen.of(np.arange(done, done + frames)))
        done += frames
    for start, camera, *frame in arrays["erased"].tolist():
        crowd.pieces[start].cells[camera].erased.add(tuple(frame))
    stays = arrays["stays"]
    days = np.array([crowd.calendar.day_of(at).start for at in stays["piece"].tolist()], np.int64)
    for day in np.unique(days).tolist():
        crowd.days[day] = Growing(stays[days == day])
