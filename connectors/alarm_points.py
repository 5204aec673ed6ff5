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

from collections.abc import Callable, Mapping

from connectors.event_points import Fields, Shape
from connectors.influx import InfluxSettings, wall_ms
from connectors.points_sink import PointsSink, Policy
from schemas.alarms import AlarmChange
from schemas.batch import Records

MEASUREMENT = "alarms"
RETENTION = "alarms"
"""Changes are few: they are kept as long as the hours of readings."""

TAGS: Mapping[str, Callable[[AlarmChange], str]] = {
    "site": lambda change: change.site,
    "device": lambda change: change.device,
    "resource": lambda change: change.resource,
    "rule": lambda change: change.rule,
    "cause": lambda change: change.cause.value,
    "level": lambda change: change.level.value,
    "change": lambda change: change.change.value,
}


class AlarmPointsSink(PointsSink[AlarmChange]):
    """Writes changes as points."""

    def __init__(self, influx: InfluxSettings, *, now_ms: Callable[[], int] = wall_ms) -> None:
        hours = influx.hour_retention_h
        policy = Policy(database=influx.database, name=RETENTION, hours=hours)
        super().__init__(influx, SHAPE, policy, now_ms=now_ms)

    async def write(self, batch: Records[AlarmChange]) -> None:
        """Write a batch as ``put`` does."""
        await self.put(batch.rows)


def _fields(change: AlarmChange) -> Fields:
    return {
        "alarm_id": change.alarm_id,
        "worst_level": change.worst_level.value,
        "sequence": change.sequence,
        "openings": change.openings,
        "active": int(change.active),
        "acknowledged": int(change.acknowledged),
        "backfilled": int(change.backfilled),
        "duration_s": change.duration_s,
        "value": change.value,
    }


SHAPE: Shape[AlarmChange] = Shape(
    measurement=MEASUREMENT,
    tags=TAGS,
    fields=_fields,
    number=lambda change: change.sequence,
)
"""What is counted by is a tag, what is measured a field."""
