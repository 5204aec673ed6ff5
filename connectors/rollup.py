"""Minutes and hours from raw readings, computed inside InfluxDB and again whenever data comes late.

For each numeric resource: ``<resource>_mean``, ``_min``, ``_max``, ``_count``, ``_last`` over every
value, suspect ones too, since a suspect value may be the truth; ``_flagged`` counts the readings
of the window that were not good, so that a reader can tell. Tags are those of the readings.

Hours come from minutes, so an hour costs sixty points a series and not all its raw ones.

A request's points become visible one series after the other, within milliseconds, so a roller
waits ``SETTLE_S`` between seeing a mark and reading its points. A killed roller leaves ``done``
unwritten, and the work is done again: every step gives the same points. Several rollers may run:
one that finds, when it is finished, that another began on a window after it touches that window
anew, because its own older figures may have been written last.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from connectors.influx import HOUR, HOUR_MS, MINUTE, RAW, InfluxSettings
from connectors.influxql import InfluxQL, Row, quoted
from connectors.line_protocol import MEASUREMENT, QUALITY_SUFFIX, TAGS
from connectors.rollup_marks import (
    MARKS,
    MINUTE_MS,
    begun_by_others,
    marked,
    pending,
    spans,
)

QUERY_TIMEOUT_S = 120.0
SETTLE_S = 1.0
MINUTES_PER_QUERY = 10
HOURS_PER_QUERY = 24
MINUTES_PER_PASS = 1440
"""A day: what is done when InfluxDB goes away in the middle of a pass is done again."""

_BY = ", ".join(quoted(tag) for tag in TAGS)
_MINUTE = (
    "SELECT mean({value}) AS {mean}, min({value}) AS {min}, max({value}) AS {max},"
    " count({value}) AS {count}, last({value}) AS {last}, count({quality}) AS {flagged}"
    " INTO {into} FROM {source} WHERE {span} GROUP BY time(1m), {by} fill(none)"
)
_HOUR = (
    "SELECT sum(s) / sum(n) AS {mean}, min(lo) AS {min}, max(hi) AS {max},"
    " sum(n) AS {count}, last(v) AS {last}, sum(f) AS {flagged} INTO {into} FROM"
    " (SELECT {mean} * {count} AS s, {count} AS n, {min} AS lo, {max} AS hi, {last} AS v,"
    " {flagged} AS f FROM {source} WHERE {span})"
    " WHERE {span} GROUP BY time(1h), {by} fill(none)"
)
_MARKS = "SELECT touched, claimed, done FROM {source} WHERE time >= {since}ms"
_FIGURES = ("mean", "min", "max", "count", "last", "flagged")


CLAIM_MS = 60_000
"""For so long a window is left to the roller that began on it; then it counts as killed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rolled:
    """What one pass did."""

    windows: int
    """Minutes that were rolled up."""

    left: int
    """Ended minutes that this pass had no room for."""

    others: int
    """Ended minutes that another roller has begun on."""

    expired: int
    """Minutes that wait in vain: InfluxDB may have dropped raw points of theirs already."""


class Roller:
    """Rolls up what was touched; ``name`` is unique among the processes that do."""

    def __init__(
        self,
        settings: InfluxSettings,
        *,
        resources: tuple[str, ...],
        name: str,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._ql = InfluxQL(settings.url, settings.token, timeout_s=QUERY_TIMEOUT_S)
        self._database = settings.database
        self._raw_ms = settings.raw_retention_h * HOUR_MS
        self._resources = resources
        self._name = name
        self._sleep = sleep

    async def roll(self, now_ms: int) -> Rolled:
        """Roll up ended minutes touched since they were last rolled up, and the hours they are in.

        The latest come first. The minute that is under way waits: it would be done many times.

        Raises:
            UnavailableError: InfluxDB is away; call again later.

        """
        marks = await self._marks()
        waiting = pending(marks)
        begun = begun_by_others(marks, name=self._name, since_ms=now_ms - CLAIM_MS)
        alive = [start for start in waiting if start >= now_ms - self._raw_ms]
        ended = sorted(start for start in alive if start + MINUTE_MS <= now_ms)
        free = [start for start in ended if start not in begun]
        windows = {start: waiting[start] for start in free[-MINUTES_PER_PASS:]}
        if windows:
            claim = f"{self._name}/{now_ms}"
            await self.claim(windows, claim)
            await self._sleep(SETTLE_S)
            await self.compute(windows)
            await self.finish(windows, claim)
        return Rolled(
            windows=len(windows),
            left=len(free) - len(windows),
            others=len(ended) - len(free),
            expired=len(waiting) - len(alive),
        )

    async def pending(self) -> dict[int, str]:
        """The minutes to roll up, and what touched each last."""
        return pending(await self._marks())

    async def claim(self, windows: dict[int, str], claim: str) -> None:
        """Say that we begin on these windows."""
        await self._mark(marked(windows, "claimed", claim))

    async def compute(self, windows: dict[int, str]) -> None:
        """Compute these minutes from raw points, then their hours from minutes."""
        for span in spans(windows, step_ms=MINUTE_MS, longest=MINUTES_PER_QUERY):
            await self._ql.ask(*(self._query(_MINUTE, each, span) for each in self._resources))
        hours = {start // HOUR_MS * HOUR_MS for start in windows}
        for span in spans(hours, step_ms=HOUR_MS, longest=HOURS_PER_QUERY):
            await self._ql.ask(*(self._query(_HOUR, each, span) for each in self._resources))

    async def finish(self, windows: dict[int, str], claim: str) -> None:
        """Mark as done what nobody else began on meanwhile, and touch the rest."""
        claims = {row["time"]: row["claimed"] for row in await self._marks(min(windows))}
        ours = [start for start in windows if claims.get(start) == claim]
        theirs = [start for start in windows if claims.get(start) != claim]
        done = [marked([start], "done", windows[start]) for start in ours]
        await self._mark(b"".join(done) + marked(theirs, "touched", claim))

    async def close(self) -> None:
        """Close the connections."""
        await self._ql.close()

    async def _marks(self, since_ms: int = 0) -> list[Row]:
        return await self._ql.ask(_MARKS.format(source=self._table(RAW, MARKS), since=since_ms))

    async def _mark(self, lines: bytes) -> None:
        await self._ql.write(f"{self._database}/{RAW}", lines)

    def _query(self, template: str, resource: str, span: tuple[int, int]) -> str:
        source, into = (RAW, MINUTE) if template is _MINUTE else (MINUTE, HOUR)
        return template.format(
            value=quoted(resource),
            quality=quoted(resource + QUALITY_SUFFIX),
            source=self._table(source, MEASUREMENT),
            into=self._table(into, MEASUREMENT),
            by=_BY,
            span=f"time >= {span[0]}ms AND time < {span[1]}ms",
            **{figure: quoted(f"{resource}_{figure}") for figure in _FIGURES},
        )

    def _table(self, policy: str, measurement: str) -> str:
        return ".".join(map(quoted, (self._database, policy, measurement)))
