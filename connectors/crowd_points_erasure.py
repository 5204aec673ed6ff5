"""Visits and windows that have to go from InfluxDB.

No point names anybody. But a visit's nanoseconds are made of its id, and the id of its site,
camera, person and first sighting: so whoever knows the person's names knows the visit again. One
visit in a million is somebody else's by chance, and goes too.
"""

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from zlib import crc32

import pyarrow as pa

from connectors.crowd_points import RETENTION, VISITS, WINDOWS
from connectors.event_points import NS_PER_MS
from connectors.influx import InfluxSettings
from connectors.influx_deletion import Deletion
from connectors.influxql import quoted
from connectors.line_protocol import stored_names
from connectors.where import literal
from models.crowd.leaving import visit_id
from schemas.erasures import Erasure

PAGE = 10_000
"""Visits looked at together."""

Visit = tuple[str, int]
"""Camera as InfluxDB has it, and time in nanoseconds."""


class VisitPoints:
    """Visits of a camera, those that began before a time, or a person's."""

    name = f"influxdb {VISITS}"

    def __init__(
        self,
        settings: InfluxSettings,
        asked: Erasure,
        *,
        names: Collection[str],
        cameras: Collection[str],
    ) -> None:
        self._settings, self._asked, self._names = settings, asked, names
        self._cameras = {_stored(camera): camera for camera in cameras}

    async def count(self) -> int:
        """How many visits have to go.

        Raises:
            UnavailableError: InfluxDB is away, or could not.

        """
        async with _deletion(self._settings) as ql:
            if self._asked.person is None:
                where = f"{_site(self._asked)} AND {_range(self._asked)}"
                return await _counted(ql, self._settings, VISITS, "sightings", where)
            return len([visit async for visit in self._theirs(ql)])

    async def remove(self) -> None:
        """Delete them.

        Raises:
            UnavailableError: InfluxDB is away, or could not.

        """
        async with _deletion(self._settings) as ql:
            if self._asked.person is None:
                where = f"{_site(self._asked)} AND {_range(self._asked)}"
                await ql.delete(self._settings.database, VISITS, where)
                return
            for camera, time_ns in [visit async for visit in self._theirs(ql)]:
                where = f"{_site(self._asked)} AND camera = {literal(camera)} AND time = {time_ns}"
                await ql.delete(self._settings.database, VISITS, where)

    async def _theirs(self, ql: Deletion) -> AsyncIterator[Visit]:
        """The person's visits among all of the site, page by page."""
        since_ns, seen = 0, set[Visit]()
        source = _source(self._settings, VISITS)
        while True:
            where = f"{_site(self._asked)} AND time >= {since_ns}"
            page = await ql.ask(
                f"SELECT camera, sightings FROM {source} WHERE {where} ORDER BY time LIMIT {PAGE}",  # noqa: S608  # all is quoted
                epoch="ns",
            )
            new = {(str(row["camera"]), int(row["time"])) for row in page} - seen
            for visit in sorted(new):
                if self._is_theirs(*visit):
                    yield visit
            if len(page) < PAGE or not new:
                return
            since_ns = max(time_ns for _, time_ns in new)
            seen = new

    def _is_theirs(self, camera: str, time_ns: int) -> bool:
        first_seen, number = divmod(time_ns, NS_PER_MS)
        site, name = self._asked.site, self._cameras.get(camera, camera)
        ids = (visit_id(site, name, person, first_seen) for person in self._names)
        return any(crc32(each.encode()) % NS_PER_MS == number for each in ids)


class WindowPoints:
    """Windows of a camera, or those that were over before a time; none names a person."""

    name = f"influxdb {WINDOWS}"

    def __init__(self, settings: InfluxSettings, asked: Erasure) -> None:
        self._settings, self._asked = settings, asked

    async def count(self) -> int:
        """How many windows have to go.

        Raises:
            UnavailableError: InfluxDB is away, or could not.

        """
        async with _deletion(self._settings) as ql:
            wheres = await self._wheres(ql)
            return sum(
                [await _counted(ql, self._settings, WINDOWS, "frames", each) for each in wheres]
            )

    async def remove(self) -> None:
        """Delete them.

        Raises:
            UnavailableError: InfluxDB is away, or could not.

        """
        async with _deletion(self._settings) as ql:
            for each in await self._wheres(ql):
                await ql.delete(self._settings.database, WINDOWS, each)

    async def _wheres(self, ql: Deletion) -> list[str]:
        site = _site(self._asked)
        if self._asked.camera is not None:
            return [f"{site} AND {_range(self._asked)}"]
        if self._asked.before is None:
            return []
        rows = await ql.ask(
            f"SHOW TAG VALUES ON {quoted(self._settings.database)} FROM {quoted(WINDOWS)}"
            f" WITH KEY = window_s WHERE {site}",
        )
        lengths_s = sorted({int(row["value"]) for row in rows})
        return [
            f"{site} AND window_s = '{each}'"
            f" AND time <= {(self._asked.before - each * 1000) * NS_PER_MS}"
            for each in lengths_s
        ]


@asynccontextmanager
async def _deletion(settings: InfluxSettings) -> AsyncIterator[Deletion]:
    ql = Deletion(settings.url, settings.token, timeout_s=settings.timeout_s)
    try:
        yield ql
    finally:
        await ql.close()


async def _counted(
    ql: Deletion, settings: InfluxSettings, measurement: str, field: str, where: str
) -> int:
    source = _source(settings, measurement)
    rows = await ql.ask(f"SELECT count({quoted(field)}) FROM {source} WHERE {where}")  # noqa: S608  # all is quoted
    return sum(int(row["count"]) for row in rows)


def _source(settings: InfluxSettings, measurement: str) -> str:
    return ".".join(map(quoted, (settings.database, RETENTION, measurement)))


def _site(asked: Erasure) -> str:
    return f"site = {literal(_stored(asked.site))}"


def _range(asked: Erasure) -> str:
    if asked.camera is not None:
        return f"camera = {literal(_stored(asked.camera))}"
    return f"time < {(asked.before or 0) * NS_PER_MS}"


def _stored(name: str) -> str:
    [stored] = stored_names(pa.array([name], pa.string())).to_pylist()
    return str(stored)
