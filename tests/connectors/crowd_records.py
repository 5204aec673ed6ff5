"""What is said of crowds, as sinks are given it."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from models.sites import SiteSettings
from schemas.batch import Records
from schemas.crowd import (
    AgeCounts,
    CrowdCounted,
    EmotionCounts,
    GenderCounts,
    VisitEnded,
    WindowState,
)
from schemas.frames import Gender

AT = 1_780_000_000_000
HOUR_S, DAY_S = 3600, 86_400

WITHHELD: dict[str, Any] = {
    "visitors": None,
    "males": None,
    "females": None,
    "ungendered": None,
    "identified": (),
    "peak_occupancy": 0,
    "mean_occupancy": 0.0,
    "mean_dwell_s": None,
    "suppressed": True,
}
"""A window with fewer people than may be told."""

R = TypeVar("R")


def males(**changes: Any) -> GenderCounts:
    ages = AgeCounts(age_0_to_15=1, age_30s=3)
    emotions = EmotionCounts(happiness=3, neutral=1, contempt=0)
    return replace(
        GenderCounts(visitors=4, new=3, returning=1, ages=ages, emotions=emotions), **changes
    )


def females(**changes: Any) -> GenderCounts:
    ages = AgeCounts(age_20s=2, age_60_and_older=3)
    emotions = EmotionCounts(neutral=2, surprise=3, contempt=0)
    return replace(
        GenderCounts(visitors=5, new=2, returning=3, ages=ages, emotions=emotions), **changes
    )


def window(start: int = AT, **changes: Any) -> CrowdCounted:
    """Ten people of whom one has no gender; an hour of the whole site unless it is said."""
    site, camera = changes.get("site", "gwangju"), changes.get("camera")
    window_s = changes.get("window_s", HOUR_S)
    end = start + window_s * 1000
    plain = CrowdCounted(
        window_id=f"{site}|{camera or '*'}|{start}|{end}",
        site=site,
        camera=camera,
        window_start=start,
        window_end=end,
        window_s=window_s,
        state=WindowState.UPDATED,
        revision=1,
        at=start + 1_000,
        visitors=10,
        males=males(),
        females=females(),
        ungendered=1,
        unresolved=7,
        identified=("ada", "grace"),
        peak_occupancy=6,
        mean_occupancy=2.5,
        mean_dwell_s=420.5,
        frames=240,
        faces=80,
        suppressed=False,
    )
    return replace(plain, **changes)


def visit(first_seen: int = AT, **changes: Any) -> VisitEnded:
    dwell_s = changes.pop("dwell_s", 420.0)
    plain = VisitEnded(
        visit_id=f"visit-{first_seen}",
        site="gwangju",
        camera="door",
        person="p-1",
        first_seen=first_seen,
        last_seen=first_seen + round(dwell_s * 1000),
        dwell_s=dwell_s,
        sightings=28,
        returning=False,
        gender=Gender.FEMALE,
        age=34.5,
        emotion="happiness",
    )
    return replace(plain, **changes)


def batch(records: Sequence[R]) -> Records[R]:
    return Records(record=type(records[0]), rows=records)


def site_book(path: Path, **zones: str) -> SiteSettings:
    """Sites with these time zones, in a file."""
    path.write_text(
        "".join(
            f"{site}:\n  latitude: 1\n  longitude: 1\n  time_zone: {zone}\n"
            for site, zone in zones.items()
        )
    )
    return SiteSettings(sites_file=path)
