"""The figures of one window, from who was seen when in it."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from models.arrays import Bools, Ints
from models.crowd.growing import Rows
from models.crowd.occupancy import mean, peak
from models.crowd.sightings import EMOTIONS
from models.crowd.stays import EVER, is_first, visits
from models.crowd.votes import CONTEMPT, Votes, summed, verdict
from models.crowd.windows import Span
from schemas.batch import Int64s
from schemas.crowd import AgeCounts, EmotionCounts, GenderCounts

AGES = tuple(AgeCounts.__dataclass_fields__)


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A window and how it is looked at."""

    span: Span
    day_start: int
    piece_ms: int
    until: int
    """As far as the window has come: its end once it is over."""

    whole_site: bool
    gendered: bool
    knows_again: bool


def tally(stays: Rows, founded: Int64s, view: View) -> dict[str, Any]:
    """Figures of people, as fields of ``CrowdCounted``.

    ``stays`` are those in the window; ``founded`` says by a person's number when that person was
    first known. Only what was seen by the window's end counts: who stays on is present until last
    seen in it. So nothing that happens after a window's end changes what is said of it.
    """
    people, who = np.unique(stays["person"], return_inverse=True)
    total = summed(stays["votes"], who, len(people))
    earliest = np.full(len(people), EVER)
    np.minimum.at(earliest, who, stays["site_start"])
    new = is_first(earliest, founded[people], day_start=view.day_start, piece_ms=view.piece_ms)
    found = {"visitors": len(people), "males": None, "females": None, "ungendered": None}
    if view.gendered:
        found |= _by_gender(total, new if view.knows_again else np.ones(len(people), bool))
    return found | _presence(stays, view)


def _by_gender(total: Votes, new: Bools) -> dict[str, Any]:
    gender, bucket, emotion = verdict(total)
    contempt = bool(total[:, CONTEMPT].any())

    def counts(mine: Bools) -> GenderCounts:
        ages = _counted(bucket[mine], len(AGES))
        shown = EmotionCounts(
            **dict(zip(EMOTIONS, _counted(emotion[mine], len(EMOTIONS)), strict=True))
        )
        return GenderCounts(
            visitors=int(mine.sum()),
            new=int((mine & new).sum()),
            returning=int((mine & ~new).sum()),
            ages=AgeCounts(**dict(zip(AGES, ages, strict=True))),
            emotions=shown if contempt else replace(shown, contempt=None),
        )

    return {
        "males": counts(gender > 0),
        "females": counts(gender < 0),
        "ungendered": int((gender == 0).sum()),
    }


def _counted(places: Ints, size: int) -> list[int]:
    counts: list[int] = np.bincount(places[places >= 0], minlength=size).tolist()
    return counts


def _presence(stays: Rows, view: View) -> dict[str, Any]:
    number, count = visits(stays, whole_site=view.whole_site)
    start, last = np.zeros(count, np.int64), np.zeros(count, np.int64)
    start[number] = stays["site_start" if view.whole_site else "camera_start"]
    np.maximum.at(last, number, stays["last"])
    came = np.maximum(start, view.span.start)
    dwell = round(int((last - start).sum()) / count / 1000, 3) if count else None
    return {
        "peak_occupancy": peak(came, last),
        "mean_occupancy": mean(came, last, view.until - view.span.start),
        "mean_dwell_s": dwell,
    }
