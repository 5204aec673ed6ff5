"""Changes of alarms to InfluxDB, for counts and durations on dashboards.

One change is one point of ``alarms`` in the retention policy ``alarms``: what it is counted by is
a tag, what is measured a field. Its time is the change's own with the sequence number as
nanoseconds: several changes of one alarm in one millisecond are several points, and a change
written twice is one. How many alarms opened each hour, and how long those that cleared had stood::

    SELECT count(sequence) FROM alarms.alarms WHERE "change" = 'created'
        AND time >= now() - 7d GROUP BY time(1h), "level"
    SELECT mean(duration_s) FROM alarms.alarms WHERE "change" = 'cleared'
        AND time >= now() - 7d GROUP BY time(1d), "rule"
"""

from collections.abc import Callable, Sequence

import pyarrow as pa

from connectors.influx import EDGE_MS, HOUR_MS, InfluxSettings, wall_ms
from connectors.influxql import InfluxQL
from connectors.line_protocol import tagged
from schemas.alarms import AlarmChange
from schemas.batch import Records

MEASUREMENT = "alarms"
RETENTION = "alarms"
"""Changes are few: they are kept as long as the hours of readings."""

TAGS = ("site", "device", "resource", "rule", "cause", "level", "change")
NS_PER_MS = 1_000_000


class AlarmPointsSink:
    """Writes changes as points; those older than points are kept are counted and left out."""

    def __init__(
        self,
        settings: InfluxSettings,
        *,
        now_ms: Callable[[], int] = wall_ms,
        on_expired: Callable[[int], None] = lambda _: None,
    ) -> None:
        self._settings = settings
        self._now_ms = now_ms
        self.on_expired = on_expired
        """Is told how many changes of a batch were too old to be kept."""

        self._ql = InfluxQL(settings.url, settings.token, timeout_s=settings.timeout_s)

    async def prepare(self) -> None:
        """Create the database and the retention policy; never shorten it.

        Raises:
            UnavailableError: InfluxDB is away.

        """
        hours = {RETENTION: self._settings.hour_retention_h}
        await self._ql.keep(self._settings.database, hours)

    async def write(self, batch: Records[AlarmChange]) -> None:
        """Write every change that is not too old.

        Raises:
            UnavailableError: InfluxDB cannot take it now.
            RefusedError: InfluxDB will never take some change of it.

        """
        settings = self._settings
        oldest = self._now_ms() - settings.hour_retention_h * HOUR_MS + EDGE_MS
        kept = [change for change in batch.rows if change.at >= oldest]
        bucket = f"{settings.database}/{RETENTION}"
        for start in range(0, len(kept), settings.lines_per_write):
            some = kept[start : start + settings.lines_per_write]
            await self._ql.write(bucket, points(some), precision="ns")
        if expired := len(batch.rows) - len(kept):
            self.on_expired(expired)

    async def close(self) -> None:
        """Close the connections."""
        await self._ql.close()


def points(changes: Sequence[AlarmChange]) -> bytes:
    """A line for each change.

    Raises:
        RefusedError: a name is empty or holds control characters.

    """
    columns = [
        tagged(pa.array([str(getattr(each, tag)) for each in changes], pa.string()), tag)
        for tag in TAGS
    ]
    return "".join(
        f"{MEASUREMENT}{''.join(tags)} {_fields(each)} {_time_ns(each)}\n"
        for each, *tags in zip(changes, *(column.to_pylist() for column in columns), strict=True)
    ).encode()


def _time_ns(change: AlarmChange) -> int:
    return change.at * NS_PER_MS + change.sequence % NS_PER_MS


def _fields(change: AlarmChange) -> str:
    alarm_id = change.alarm_id.replace("\\", "\\\\").replace('"', '\\"')
    value = "" if change.value is None else f",value={change.value!r}"
    return (
        f'alarm_id="{alarm_id}",worst_level="{change.worst_level}",sequence={change.sequence}i,'
        f"openings={change.openings}i,active={int(change.active)}i,acknowledged={int(change.acknowledged)}i,"
        f"backfilled={int(change.backfilled)}i,duration_s={change.duration_s!r}{value}"
    )
