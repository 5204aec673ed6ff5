"""A batch of analysed frames as flat arrays: a row for each frame, and one for each face.

Everything that is summed or compared later is made a whole number here, and small enough for its
sums to be exact in whatever order they are taken: so no result depends on how frames arrived.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from operator import attrgetter
from typing import Any

import numpy as np
import numpy.typing as npt

from models.arrays import Floats, Ints
from models.crowd.growing import Rows
from schemas.batch import Int64s
from schemas.frames import Emotions, Face, FrameAnalysed, Gender

EMOTIONS = tuple(Emotions.__dataclass_fields__)
NOTHING = (None,) * len(EMOTIONS)
_shown = attrgetter(*EMOTIONS)
UNKNOWN = -32_768
MILLI, TENTHS = 1000, 10
OLDEST = 150

SCALE = 4000
"""Length of a template. Its numbers are whole, and as 4000 squared is below 2 to the 24th, every
sum of products of two templates is exact in float32, in whatever order a processor takes it."""

SHORTEST, LONGEST = 16, 1024
"""Numbers that a template may have."""

FRAME = np.dtype([("at", np.int64), ("key", np.uint64), ("faces", np.int64)])
FACE = np.dtype(
    [
        ("place", np.int32),
        ("weight", np.int16),
        ("clear", np.bool_),
        ("male", np.int16),
        ("age", np.int16),
        ("emotions", np.int16, (len(EMOTIONS),)),
        ("token", np.uint64),
        ("space", np.int16),
    ]
)
"""Quality and chances in thousandths, age in tenths; ``UNKNOWN`` if nobody says. A token of 0 is
none, and so is a space, which is a model's number, of -1."""

Templates = npt.NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class Sightings:
    """Frames in any order, and their faces in the order of the frames."""

    frames: Rows
    faces: Rows
    templates: Templates
    """A row for each face; zeros where there is none."""

    def of(self, places: Ints) -> "Sightings":
        """Some of the frames, with their faces, in the order of ``places``."""
        counts = self.frames["faces"]
        rows = spread((np.cumsum(counts) - counts)[places], counts[places])
        return Sightings(self.frames[places], self.faces[rows], self.templates[rows])

    def without(self, *, demographics: bool, emotions: bool, templates: bool) -> "Sightings":
        """The same, without what a site does not allow."""
        faces = self.faces.copy()
        if not demographics:
            faces["male"] = faces["age"] = UNKNOWN
        if not emotions:
            faces["emotions"] = UNKNOWN
        if templates:
            return replace(self, faces=faces)
        faces["space"] = -1
        return replace(self, faces=faces, templates=self.templates[:, :0])


def joined(parts: Sequence[Sightings]) -> Sightings:
    """All of them, one after the other."""
    width = max(part.templates.shape[1] for part in parts)
    return Sightings(
        np.concatenate([part.frames for part in parts]),
        np.concatenate([part.faces for part in parts]),
        np.concatenate([widened(part.templates, width) for part in parts]),
    )


def widened(templates: Templates, width: int) -> Templates:
    """Templates with zeros behind, which change no product."""
    return np.pad(templates, ((0, 0), (0, width - templates.shape[1])))


def spread(starts: Int64s, counts: Int64s) -> Ints:
    """The places ``start``, ``start + 1``, … of each run, run after run."""
    ends = np.cumsum(counts)
    return np.arange(int(counts.sum())) + np.repeat(starts - ends + counts, counts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Eye:
    """How faces are looked at: which models' templates count, and when a face is clear."""

    spaces: Sequence[str]
    min_quality: float
    max_turn_deg: float

    def __call__(self, rows: Sequence[FrameAnalysed]) -> Sightings:
        """Lay frames open."""
        counts = np.array([len(row.faces) for row in rows], np.int64)
        frames = np.zeros(len(rows), FRAME)
        frames["at"], frames["faces"] = [row.at for row in rows], counts
        frames["key"] = [number(row.frame_id) for row in rows]
        seen = [face for row in rows for face in row.faces]
        faces, templates = self._faces(seen), _templates(seen)
        faces["space"][~templates.any(axis=1)] = -1
        faces["place"] = spread(np.zeros(len(counts), np.int64), counts)
        return Sightings(frames, faces, templates)

    def _faces(self, seen: Sequence[Face]) -> Rows:
        faces = np.zeros(len(seen), FACE)
        quality = np.clip(np.nan_to_num(_floats([face.quality for face in seen])), 0, 1)
        faces["weight"] = np.maximum(1, np.rint(quality * MILLI))
        turn = _floats([max(abs(face.yaw_deg), abs(face.pitch_deg)) for face in seen])
        faces["clear"] = (quality >= self.min_quality) & (turn <= self.max_turn_deg)
        chance = np.clip(_floats([_male(face) for face in seen]), 0, 1)
        faces["male"] = _whole(2 * chance - 1, MILLI)
        faces["age"] = _whole(np.clip(_floats([face.age for face in seen]), 0, OLDEST), TENTHS)
        shown = _floats([_shown(face.emotions) if face.emotions else NOTHING for face in seen])
        faces["emotions"] = _whole(np.clip(shown.reshape(-1, len(EMOTIONS)), 0, 1), MILLI)
        faces["token"] = [number(face.person) if face.person else 0 for face in seen]
        spaces = {name: place for place, name in enumerate(self.spaces)}
        faces["space"] = [spaces.get(face.embedding_model or "", -1) for face in seen]
        return faces


def _male(face: Face) -> float | None:
    chance = face.male_probability
    if chance is None and face.gender is not Gender.UNKNOWN:
        return 1.0 if face.gender is Gender.MALE else 0.0
    return chance


def _templates(seen: Sequence[Face]) -> Templates:
    given = [face.embedding or b"" for face in seen]
    sizes = np.array([len(each) for each in given], np.int64)
    fit = (sizes % 2 == 0) & (sizes >= 2 * SHORTEST) & (sizes <= 2 * LONGEST)
    made = np.zeros((len(seen), int(sizes[fit].max(initial=0)) // 2), np.int16)
    for size in np.unique(sizes[fit]).tolist():
        rows = (sizes == size).nonzero()[0]
        data = b"".join(given[row] for row in rows.tolist())
        made[rows, : size // 2] = whole(np.frombuffer(data, "<f2").reshape(len(rows), -1))
    return made


def whole(templates: npt.NDArray[Any]) -> Templates:
    """Templates of length ``SCALE`` in whole numbers; zeros for one that has no direction."""
    exact = templates.astype(np.float64)
    exact[~np.isfinite(exact).all(axis=1)] = 0
    length = np.sqrt((exact * exact).sum(axis=1, keepdims=True))
    return np.rint(exact * (SCALE / np.where(length > 0, length, 1))).astype(np.int16)


def number(name: str) -> int:
    """A name as a number of 64 bits, never 0."""
    return int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), "big") or 1


def _floats(values: Sequence[Any]) -> Floats:
    """Numbers, with NaN for None."""
    return np.array(values, np.float64)


def _whole(values: Floats, scale: int) -> npt.NDArray[np.int16]:
    known = np.rint(np.nan_to_num(values) * scale)
    return np.where(np.isnan(values), UNKNOWN, known).astype(np.int16)
