"""What sightings say of a person, weighed by how well each shows the face, and what follows."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from models.arrays import Ints
from models.crowd.growing import Rows
from models.crowd.sightings import EMOTIONS, TENTHS, UNKNOWN
from schemas.frames import Gender

GENDER, MALE, AGE, YEARS, SHOWN, FIRST_EMOTION = range(6)
CONTEMPT = FIRST_EMOTION + len(EMOTIONS)
"""Weight of the sightings that could tell contempt."""

WIDTH = CONTEMPT + 1
"""Columns of votes: weights of those that say a gender, an age, an emotion, and weighted sums."""

BUCKETS = (16, 20, 30, 40, 50, 60)
"""First years of the second bucket of ages and of those after it."""

Votes = npt.NDArray[np.int64]


class Verdict(NamedTuple):
    """What is taken to be so of each person: whole arrays, in the order of the votes."""

    gender: Ints
    """1 male, -1 female, 0 if nobody said or as much speaks for either."""

    bucket: Ints
    """Place of the bucket of ages; -1 if unknown."""

    emotion: Ints
    """Place in ``EMOTIONS``, the earlier one among equals; -1 if unknown."""


def votes(faces: Rows) -> Votes:
    """The votes of each face, shape (faces, WIDTH)."""
    weight = faces["weight"].astype(np.int64)
    made = np.zeros((len(faces), WIDTH), np.int64)
    for known, total, name in ((GENDER, MALE, "male"), (AGE, YEARS, "age")):
        said = faces[name] != UNKNOWN
        made[:, known] = weight * said
        made[:, total] = weight * np.where(said, faces[name], 0)
    emotions = faces["emotions"]
    said = emotions != UNKNOWN
    made[:, SHOWN] = weight * said.any(axis=1)
    made[:, FIRST_EMOTION:CONTEMPT] = weight[:, None] * np.where(said, emotions, 0)
    made[:, CONTEMPT] = weight * said[:, EMOTIONS.index("contempt")]
    return made


def summed(rows: Votes, group: Ints, groups: int) -> Votes:
    """Sums of the rows of each group, shape (groups, width)."""
    total = np.zeros((groups, rows.shape[1]), np.int64)
    if len(rows):
        order = np.argsort(group, kind="stable")
        found, starts = np.unique(group[order], return_index=True)
        total[found] = np.add.reduceat(rows[order], starts, axis=0)
    return total


def verdict(total: Votes) -> Verdict:
    """What follows from each person's votes."""
    years = total[:, YEARS, None] >= np.array(BUCKETS) * TENTHS * total[:, AGE, None]
    bucket = np.where(total[:, AGE] > 0, years.sum(axis=1), -1)
    most = total[:, FIRST_EMOTION:CONTEMPT].argmax(axis=1)
    return Verdict(np.sign(total[:, MALE]), bucket, np.where(total[:, SHOWN] > 0, most, -1))


def said(total: Votes) -> tuple[Gender, float | None, str | None]:
    """Gender, age in years and emotion that one person's votes give."""
    found = verdict(total[None])
    gender = {1: Gender.MALE, -1: Gender.FEMALE}.get(int(found.gender[0]), Gender.UNKNOWN)
    years, weight = int(total[YEARS]), int(total[AGE])
    age = round(years / weight / TENTHS, 1) if weight else None
    place = int(found.emotion[0])
    return gender, age, EMOTIONS[place] if place >= 0 else None
