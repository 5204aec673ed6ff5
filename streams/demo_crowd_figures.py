"""The visitors of a demonstration: what is true, what we say, and what the original would."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from connectors.crowd_plan import Plan
from connectors.crowd_truth import TrueWindow, Truth
from models.crowd.original import OriginalFrame, OriginalWindow, original_count
from models.crowd.settings import DAY_S, CrowdSettings
from schemas.crowd import CrowdCounted
from schemas.frames import Gender

HOUR_MS = 3_600_000
QUARTER_S = 900
WHOLE_SITE = "whole site"
TRUE, OURS, ORIGINAL = "true", "we say", "the original's rule"

Check = tuple[str, int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One window of one camera, or of the whole site."""

    camera: str
    hour: int
    """Since the scene began, from 0."""

    visitors: int
    ours: int
    original: int | None
    """None: the original has no figures of a whole site."""

    new: int
    our_new: int
    peak: int
    our_peak: int
    unresolved: int

    def row(self) -> dict[str, Any]:
        """As a table shows it."""
        return {
            "camera": self.camera,
            "hour": self.hour + 1,
            "visitors": self.visitors,
            OURS: self.ours,
            ORIGINAL: self.original,
            "new": self.new,
            "new, we say": self.our_new,
            "at once": self.peak,
            "at once, we say": self.our_peak,
            "unresolved faces": self.unresolved,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class CrowdFigures:
    """What was counted, and what is true."""

    sent: int
    analysed: int
    windows: Sequence[Compared]
    visits: int
    our_visits: int
    day: int
    """Visitors of the day at the whole site."""

    our_day: int
    quarters: int
    """Visitors of each camera's quarters of an hour, added up."""

    original_quarters: int
    """What the original makes of these, asked for a quarter of an hour each."""

    pictures: int
    """Annotated frames that were left."""

    ms_per_frame: float
    """Processing time, as frames.analysed says."""

    missing: Sequence[str]
    """Why portraits could not be had."""

    def checks(self) -> list[Check]:
        """Sums that have to come out: what, expected, found."""
        return [
            ("frames captured = analysed", self.sent, self.analysed),
            *(
                (f"visitors: {each.camera}, hour {each.hour + 1}", each.visitors, each.ours)
                for each in self.windows
            ),
            ("visitors of the day", self.day, self.our_day),
            ("visits", self.visits, self.our_visits),
            # who is not to be seen cannot be in a picture
            ("annotated frames as a picture", min(1, self.day), self.pictures),
        ]

    def totals(self) -> list[dict[str, Any]]:
        """Over all, as a table shows it; the original counts neither days nor visits."""
        hours = [(w.visitors, w.ours, w.original) for w in self.windows if w.original is not None]
        rows = (
            ("visitors, camera by camera, by the hour", *map(sum, zip(*hours, strict=True))),
            ("… by the quarter of an hour", self.quarters, None, self.original_quarters),
            ("visitors of the day", self.day, self.our_day, None),
            ("visits to each camera", self.visits, self.our_visits, None),
        )
        return [dict(zip(("what", TRUE, OURS, ORIGINAL), row, strict=True)) for row in rows]

    def document(self) -> dict[str, Any]:
        """As ``build/demo.json`` holds them."""
        return {"staged": True, **asdict(self)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What lies in topics, each window and visit as it was told last, and what was drawn of it."""

    windows: Sequence[CrowdCounted]
    visits: int
    analysed: int
    pictures: int
    ms_per_frame: float


def compared(
    plan: Plan, counted: Counted, *, sent: int, missing: Sequence[str], settings: CrowdSettings
) -> CrowdFigures:
    """Put what was counted beside what is true, and beside what the original would say."""
    truth, frames = Truth(plan, gap_s=settings.gap_s), list(_as_original(plan))
    told = {(each.camera, each.window_start, each.window_end): each for each in counted.windows}
    theirs = original_count(frames)
    quarters = original_count(frames, window_min=QUARTER_S // 60)
    days = [each for each in counted.windows if each.window_s == DAY_S and not each.camera]
    return CrowdFigures(
        sent=sent,
        analysed=counted.analysed,
        windows=[
            _compared(
                window,
                (window.start - plan.start_ms) // HOUR_MS,
                told.get((window.camera, window.start, window.end)),
                theirs.get((window.camera, window.start)) if window.camera else None,
            )
            for window in truth.windows(settings.window_s)
        ],
        visits=sum(len(truth.visits(camera)) for camera in plan.cameras),
        our_visits=counted.visits,
        day=truth.window(None, plan.start_ms, plan.at(plan.frames)).visitors,
        our_day=max((each.visitors or 0 for each in days), default=0),
        quarters=sum(each.visitors for each in truth.windows(QUARTER_S) if each.camera),
        original_quarters=sum(each.visitors for each in quarters.values()),
        pictures=counted.pictures,
        ms_per_frame=counted.ms_per_frame,
        missing=missing,
    )


def _compared(
    true: TrueWindow, hour: int, ours: CrowdCounted | None, theirs: OriginalWindow | None
) -> Compared:
    genders = [each for each in (ours.males, ours.females) if each] if ours else []
    return Compared(
        camera=true.camera or WHOLE_SITE,
        hour=hour,
        visitors=true.visitors,
        ours=(ours and ours.visitors) or 0,
        original=(theirs.visitors if theirs else 0) if true.camera else None,
        new=true.new,
        our_new=sum(each.new for each in genders),
        peak=true.peak,
        our_peak=ours.peak_occupancy if ours else 0,
        unresolved=ours.unresolved if ours else 0,
    )


def _as_original(plan: Plan) -> Iterator[OriginalFrame]:
    """The frames as the original's service names their faces: the largest first."""
    for frame in range(plan.frames):
        for camera in plan.cameras:
            faces = [(str(stay.person), Gender.UNKNOWN) for stay in plan.seen(camera, frame)]
            yield OriginalFrame(plan.at(frame), camera, tuple(faces))
