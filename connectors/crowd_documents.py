"""Windows of crowds to MongoDB: one document for each window, its newest revision.

Names and shapes are those of the documents ``crowd-demographics`` of "Intelligent Experiences on
Containers", with fields of our own beside them. Its ``TotalProcessingTime``, the time of the last
frame alone, is not there; ``LastUpdatedAt`` is the event time of what changed the window last.
https://github.com/mohamedsaif/IntelligentExperiences.OnContainers

``DeviceId`` is the camera, or ``*`` for a whole site; days have ``WindowSeconds`` 86400. Null is a
count that nobody may or can say, never nobody. Documents stay until somebody erases them: the index
by site and start of the window finds those of a time.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from pymongo import ASCENDING, UpdateOne

from connectors.crowd_figures import AGES, EMOTIONS, Figures, figures
from connectors.mongo import Document, MongoSettings
from connectors.mongo_sink import MongoSink, Updates
from connectors.outcome import RefusedError
from schemas.batch import Records
from schemas.crowd import CrowdCounted

DEMOGRAPHICS = "crowd_demographics"
INDEX = [("Site", ASCENDING), ("WindowStart", ASCENDING)]
WHOLE_SITE = "*"
"""The camera of a whole site's windows."""

AGE_NAMES = dict(
    zip(
        AGES,
        ("Age0To15", "Age16To19", "Age20s", "Age30s", "Age40s", "Age50s", "Age60sAndOlder"),
        strict=True,
    )
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class CrowdSink(MongoSink):
    """Writes windows; an older revision never stands in place of a newer one."""

    def __init__(self, settings: MongoSettings) -> None:
        super().__init__(settings, {DEMOGRAPHICS: INDEX})

    async def write(self, batch: Records[CrowdCounted]) -> None:
        """Keep the newest revision of each window, as ``put`` does."""
        await self.put(_updates(batch.rows))


def newest(counted: Iterable[CrowdCounted]) -> list[CrowdCounted]:
    """The last revision of each window; of equal ones the later."""
    found: dict[str, CrowdCounted] = {}
    for each in counted:
        known = found.get(each.window_id)
        if known is None or known.revision <= each.revision:
            found[each.window_id] = each
    return list(found.values())


def document(counted: CrowdCounted) -> Document:
    """A window as MongoDB keeps it, without its id.

    Raises:
        RefusedError: a number is none.
        OverflowError: a time is beyond the year 9999.

    """
    found = figures(counted)
    if not all(math.isfinite(value) for value in found.values() if value is not None):
        raise RefusedError(f"a figure of {counted.window_id[:200]!r} is no finite number")
    identified = None if found["identified"] is None else list(counted.identified)
    return {
        "DeviceId": WHOLE_SITE if counted.camera is None else counted.camera,
        "WindowStart": time_of(counted.window_start),
        "WindowEnd": time_of(counted.window_end),
        "LastUpdatedAt": time_of(counted.at),
        "TotalVisitors": found["visitors"],
        "TotalMales": found["males"],
        "TotalFemales": found["females"],
        "TotalNewMaleVisitors": found["new_males"],
        "TotalNewFemaleVisitors": found["new_females"],
        "AgeGenderDistribution": _by_gender(found, "age", AGE_NAMES),
        "EmotionGenderDistribution": _by_gender(
            found, "emotion", {name: name.capitalize() for name in EMOTIONS}
        ),
        "TotalIdentifiedPersons": found["identified"],
        "IdentifiedPersonsIds": identified,
        **_ours(counted, found),
    }


def _ours(counted: CrowdCounted, found: Figures) -> Document:
    return {
        "Site": counted.site,
        "WindowSeconds": counted.window_s,
        "State": counted.state.value,
        "Revision": counted.revision,
        "TotalReturningMaleVisitors": found["returning_males"],
        "TotalReturningFemaleVisitors": found["returning_females"],
        "TotalUngendered": found["ungendered"],
        "UnresolvedFaces": counted.unresolved,
        "PeakOccupancy": found["peak_occupancy"],
        "MeanOccupancy": found["mean_occupancy"],
        "MeanDwellSeconds": found["mean_dwell_s"],
        "Frames": counted.frames,
        "Faces": counted.faces,
        "Suppressed": counted.suppressed,
    }


def _by_gender(found: Figures, kind: str, names: dict[str, str]) -> dict[str, dict[str, Any]]:
    return {
        f"{gender.capitalize()}Distribution": {
            theirs: found[f"{kind}_{gender}_{ours}"] for ours, theirs in names.items()
        }
        for gender in ("male", "female")
    }


def _updates(counted: Sequence[CrowdCounted]) -> Iterator[Updates]:
    operations = [operation for each in newest(counted) for operation in _replacing(each)]
    yield Updates(collection=DEMOGRAPHICS, operations=operations)


def _replacing(counted: CrowdCounted) -> tuple[UpdateOne, UpdateOne]:
    """Insert it where there is none; then put it in place of a revision that is not newer.

    A worker that is killed may have said by the clock what its successor, which has more frames
    by then, says otherwise under the same number.
    """
    made, key = document(counted), {"_id": counted.window_id}
    not_newer = {"Revision": {"$lte": counted.revision}}
    return (
        UpdateOne(key, {"$setOnInsert": made}, upsert=True),
        UpdateOne({**key, **not_newer}, {"$set": made}),
    )


def time_of(at: int) -> datetime:
    """Epoch milliseconds as MongoDB keeps them."""
    return _EPOCH + timedelta(milliseconds=at)
