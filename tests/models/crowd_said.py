"""What a count has said, as tests look at it."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from itertools import pairwise
from typing import Any

from models.crowd.census import Census
from models.crowd.settings import CrowdRules
from schemas.crowd import CrowdCounted, VisitEnded, WindowState
from schemas.frames import FrameAnalysed
from schemas.reasons import SetAside
from tests.models.crowd_frames import batch

LATER_MS = 49 * 3_600_000


def count_all(
    frames: Sequence[FrameAnalysed], settings: CrowdRules, *, cuts: Sequence[int] = ()
) -> list[Any]:
    """Everything said of these frames in this order, up to two days after the last one.

    The log is cut into batches at ``cuts``, and at each the count is saved and loaded anew. Rows
    set aside are numbered as in the whole log.
    """
    count, said = Census(settings), list[Any]()
    newest = max(frame.at for frame in frames)
    bounds = sorted({0, *(cut for cut in cuts if cut < len(frames)), len(frames)})
    for low, high in pairwise(bounds):
        if low:
            data, count = count.save(), Census(settings)
            count.load(data)
        times = [newest + 1000 + row for row in range(low, high)]
        for each in count(batch(frames[low:high], times, low)):
            if isinstance(each, SetAside):
                said.append(replace(each, row=low + each.row))
            else:
                said.append(each)
    return [*said, *count.tick(newest + LATER_MS)]


def windows(said: Iterable[Any]) -> dict[str, CrowdCounted]:
    """The last word on each window; revisions must have no gaps."""
    found: dict[str, CrowdCounted] = {}
    for each in said:
        if isinstance(each, CrowdCounted):
            before = found.get(each.window_id)
            assert each.revision == (before.revision if before else 0) + 1
            found[each.window_id] = each
    return found


def closed(said: Iterable[Any]) -> dict[str, CrowdCounted]:
    """Windows that were closed."""
    return {name: each for name, each in windows(said).items() if each.state is WindowState.CLOSED}


def window(said: Iterable[Any], start: int, camera: str = "*", hours: float = 1) -> CrowdCounted:
    """The last word on one window."""
    return windows(said)[f"hall|{camera}|{start}|{start + round(hours * 3_600_000)}"]


def visits(said: Iterable[Any]) -> dict[str, VisitEnded]:
    """The last word on each visit, without those that were taken back."""
    found = {each.visit_id: each for each in said if isinstance(each, VisitEnded)}
    return {name: each for name, each in found.items() if each.sightings}


def figures(counted: CrowdCounted) -> dict[str, Any]:
    """A window as the brute-force count gives it."""
    plain = asdict(counted)
    names = ("visitors", "ungendered", "unresolved", "frames", "faces", "peak_occupancy", "at")
    found = {name: plain[name] for name in (*names, "mean_occupancy", "mean_dwell_s")}
    for name in ("males", "females"):
        table = plain[name]
        found[name] = {each: table[each] for each in ("visitors", "new", "returning")} | {
            "ages": list(table["ages"].values()),
            "emotions": [each or 0 for each in table["emotions"].values()],
        }
    return found


def plain_visits(said: Iterable[Any]) -> list[tuple[Any, ...]]:
    """Visits as the brute-force count gives them."""
    return sorted(
        (
            (
                *(each.camera, each.first_seen, each.last_seen, each.sightings),
                *(each.returning, str(each.gender), each.age, each.emotion),
            )
            for each in visits(said).values()
        ),
        key=str,
    )
