"""Crowds to InfluxDB, for dashboards: the figures of windows, and visits. Nobody is named.

Both are in the workers' database, in the retention policy ``crowd``, as long as the hours of
readings. A window is a point of ``crowd`` at its start, with every figure as a field, those that
may not be said left out; ``camera`` is ``*`` for the whole site, ``window_s`` 86400 for a day.
Days are counted by themselves: whoever was there in two hours is one visitor of the day, so hours
are never added up::

    SELECT visitors, "new", returning FROM crowd.crowd
        WHERE camera = '*' AND window_s = '86400' AND time >= now() - 30d GROUP BY site

The tag ``weekday`` and the fields ``visitors_00`` to ``visitors_23``, of which a window has the one
of the hour in which it begins, both in the site's own time, make a table of hours by weekdays.

A visit is a point of ``visits`` at its first sighting, the one time that no later frame moves, with
nanoseconds from its id. Its gender is a field and no tag, for a late frame may change it, and a
point with another tag would be another point.
"""

from collections.abc import Callable
from datetime import datetime
from zlib import crc32
from zoneinfo import ZoneInfo

from connectors.crowd_documents import WHOLE_SITE, newest
from connectors.crowd_figures import figures
from connectors.event_points import Fields
from connectors.influx import InfluxSettings, wall_ms
from connectors.kept_points import KeptPoints, Point
from connectors.outcome import RefusedError
from models.sites import SiteSettings
from schemas.batch import Records
from schemas.crowd import CrowdCounted, VisitEnded, WindowState

RETENTION = "crowd"
WINDOWS, VISITS = "crowd", "visits"
"""Measurements."""

WINDOW_TAGS = ("site", "camera", "window_s", "weekday")
VISIT_TAGS = ("site", "camera")
WEEKDAYS = ("1 Mon", "2 Tue", "3 Wed", "4 Thu", "5 Fri", "6 Sat", "7 Sun")
DAY_S = 86_400

STAYS_MIN = (0, 1, 5, 15, 30, 60)
"""First minutes of the buckets of stays; the last one has no end."""

Clock = Callable[[], int]


class CrowdPointsSink(KeptPoints):
    """Writes windows; an older revision never stands in place of a newer one."""

    def __init__(
        self, influx: InfluxSettings, sites: SiteSettings, *, now_ms: Clock = wall_ms
    ) -> None:
        super().__init__(influx, WINDOWS, WINDOW_TAGS, retention=RETENTION, now_ms=now_ms)
        book = sites.book().root
        self._zones = {name: ZoneInfo(site.time_zone) for name, site in book.items()}

    async def write(self, batch: Records[CrowdCounted]) -> None:
        """Write the newest revision of each window as ``put`` does.

        Raises:
            UnavailableError: InfluxDB cannot take it now.
            RefusedError: InfluxDB will never take some of it, or nobody knows the site's time zone.

        """
        await self.put([self._point(each) for each in newest(batch.rows)])

    def _point(self, counted: CrowdCounted) -> Point:
        if counted.site not in self._zones:
            raise RefusedError(f"no site of the site book is called {counted.site[:100]!r}")
        try:
            start = datetime.fromtimestamp(counted.window_start / 1000, self._zones[counted.site])
        except (ValueError, OverflowError, OSError) as error:
            raise RefusedError(f"window_start: {counted.window_start} is no time") from error
        return Point(
            at=counted.window_start,
            tags={
                "site": counted.site,
                "camera": WHOLE_SITE if counted.camera is None else counted.camera,
                "window_s": str(counted.window_s),
                "weekday": WEEKDAYS[start.weekday()],
            },
            fields=_figures(counted, start.hour),
            revision=counted.revision,
        )


class VisitPointsSink(KeptPoints):
    """Writes visits; one that was done away with goes."""

    def __init__(self, influx: InfluxSettings, *, now_ms: Clock = wall_ms) -> None:
        super().__init__(influx, VISITS, VISIT_TAGS, retention=RETENTION, now_ms=now_ms)

    async def write(self, batch: Records[VisitEnded]) -> None:
        """Write what was said last of each visit as ``put`` does."""
        await self.put([visit_point(each) for each in batch.rows])


def visit_point(visit: VisitEnded) -> Point:
    """A visit as a point; none, if it has no sightings left."""
    stays = zip(STAYS_MIN, (*STAYS_MIN[1:], float("inf")), strict=True)
    fields: Fields = {
        "dwell_s": visit.dwell_s,
        "sightings": visit.sightings,
        "returning": int(visit.returning),
        "gender": visit.gender.value,
        "age": visit.age,
        **{stay_field(low): int(low * 60 <= visit.dwell_s < high * 60) for low, high in stays},
    }
    return Point(
        at=visit.first_seen,
        number=crc32(visit.visit_id.encode()),
        tags={"site": visit.site, "camera": visit.camera},
        fields=fields if visit.sightings else dict.fromkeys(fields),
    )


def stay_field(minutes: int) -> str:
    """The field that is 1 if a visit's stay is in the bucket that begins there, else 0."""
    return f"stay_from_{minutes}_min"


def _figures(counted: CrowdCounted, hour: int) -> Fields:
    of_hour = {} if counted.window_s == DAY_S else {f"visitors_{hour:02}": counted.visitors}
    return {
        **figures(counted),
        **of_hour,
        "unresolved": counted.unresolved,
        "frames": counted.frames,
        "faces": counted.faces,
        "closed": int(counted.state is WindowState.CLOSED),
        "suppressed": int(counted.suppressed),
    }
