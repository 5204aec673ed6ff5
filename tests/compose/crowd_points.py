"""Points of a site with two cameras, as their sinks write them."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from connectors.crowd_points import CrowdPointsSink, VisitPointsSink
from connectors.influx import HOUR_MS, InfluxSettings
from models.sites import SiteSettings
from schemas.crowd import CrowdCounted, VisitEnded, WindowState
from tests.connectors.crowd_records import DAY_S, WITHHELD, batch, males, visit, window

SEOUL = ZoneInfo("Asia/Seoul")
STAYS_S = (30.0, 30.0, 400.0, 4000.0)


def hours(now_ms: int) -> list[CrowdCounted]:
    """Three days of the whole site, each hour of the day with its number of males."""
    last = now_ms // HOUR_MS * HOUR_MS
    closed = [
        _hour(start, WindowState.CLOSED) for start in range(last - 72 * HOUR_MS, last, HOUR_MS)
    ]
    return [*closed, _hour(last, WindowState.UPDATED)]


def days(now_ms: int) -> list[CrowdCounted]:
    """This day and four before it; the oldest may not be told."""
    today = datetime.fromtimestamp(now_ms / 1000, SEOUL).replace(
        hour=0, minute=0, second=0, microsecond=0
    )
    return [_day(today - timedelta(days=ago), ago) for ago in range(5)]


def of_cameras(now_ms: int) -> list[CrowdCounted]:
    """Hours of a camera that sees well, and of one that sees badly and too few."""
    starts = [each.window_start for each in hours(now_ms)]
    well = [window(start, camera="door", visitors=3, faces=80, unresolved=8) for start in starts]
    return well + [
        window(start, camera="till", faces=20, **{**WITHHELD, "unresolved": 8}) for start in starts
    ]


def visits(now_ms: int) -> list[VisitEnded]:
    """Four, that began two hours ago."""
    return [
        visit(now_ms - 2 * HOUR_MS, visit_id=f"v-{number}", dwell_s=dwell_s)
        for number, dwell_s in enumerate(STAYS_S)
    ]


async def fill_crowd(store: InfluxSettings, *, now_ms: int) -> None:
    """Write all of it."""
    windows, ended = CrowdPointsSink(store, SiteSettings()), VisitPointsSink(store)
    await windows.prepare()
    await windows.write(batch([*hours(now_ms), *days(now_ms), *of_cameras(now_ms)]))
    await ended.write(batch(visits(now_ms)))
    for sink in (windows, ended):
        await sink.close()


def _hour(start: int, state: WindowState) -> CrowdCounted:
    men = 1 + datetime.fromtimestamp(start / 1000, SEOUL).hour
    return window(
        start,
        state=state,
        visitors=men + 5,
        males=males(visitors=men, new=men, returning=0),
        ungendered=0,
        peak_occupancy=men,
        mean_occupancy=men / 2,
    )


def _day(start: datetime, ago: int) -> CrowdCounted:
    told = {"visitors": 16 + ago, "males": males(visitors=10 + ago, new=6, returning=4 + ago)}
    changes = WITHHELD if ago == 4 else told
    return window(round(start.timestamp() * 1000), window_s=DAY_S, **changes)
