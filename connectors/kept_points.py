"""Points that are told again with other figures: what is gone from them goes.

InfluxDB joins a point's fields with those that stand there already, so a field that has become null
would stay as it was, e.g. a count that is withheld now. Hence each point is looked at before it is
written, and deleted first if it has what is to be null. With two years of points, looking takes
InfluxDB some thousandths of a second, deleting some tenths.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from connectors.event_points import NS_PER_MS, Fields, Shape
from connectors.influx import InfluxSettings, wall_ms
from connectors.influx_deletion import Deletion
from connectors.influxql import quoted
from connectors.line_protocol import stored_names
from connectors.outcome import RefusedError
from connectors.points_sink import PointsSink, Policy
from connectors.where import literal

REVISION = "revision"
"""Field that holds a point's revision, if it has one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """What is to stand in one place: no field that is None, and no point if all of them are."""

    at: int
    """Epoch milliseconds UTC."""

    number: int = 0
    """Tells points of one moment apart: its last six digits become nanoseconds."""

    tags: Mapping[str, str]
    fields: Fields
    revision: int | None = None
    """An older one never stands in place of a newer one."""

    @property
    def place(self) -> tuple[int, int, tuple[str, ...]]:
        """What no other point shares."""
        return self.at, self.number % NS_PER_MS, tuple(self.tags.values())


class KeptPoints(PointsSink[Point]):
    """Writes points of one measurement; of several in one place the last.

    They are kept in a retention policy as long as that of hours.
    """

    _ql: Deletion

    def __init__(
        self,
        settings: InfluxSettings,
        measurement: str,
        tags: Sequence[str],
        *,
        retention: str,
        now_ms: Callable[[], int] = wall_ms,
    ) -> None:
        shape: Shape[Point] = Shape(
            measurement=measurement,
            tags={tag: _tag(tag) for tag in tags},
            fields=lambda point: {**point.fields, REVISION: point.revision},
            number=lambda point: point.number,
        )
        hours = settings.hour_retention_h
        policy = Policy(database=settings.database, name=retention, hours=hours)
        super().__init__(settings, shape, policy, now_ms=now_ms, client=Deletion)

    async def _put(self, young: Sequence[Point]) -> None:
        kept = list({point.place: point for point in young}.values())
        for some in self._parts(kept):
            _check(some)
            new = [point for point in some if await self._make_way(point)]
            if new:
                await self._write(new)

    async def _make_way(self, point: Point) -> bool:
        """Delete what must not stay; whether there is something to write."""
        gone = [name for name, value in point.fields.items() if value is None]
        asked = gone if point.revision is None else [*gone, REVISION]
        if asked:
            database, measurement = self._policy.database, self._shape.measurement
            source = ".".join(map(quoted, (database, self._policy.name, measurement)))
            names, where = ", ".join(map(quoted, asked)), _where(point)
            question = f"SELECT {names} FROM {source} WHERE {where}"  # noqa: S608  # all is quoted
            for row in await self._ql.ask(question):
                if point.revision is not None and (row[REVISION] or 0) > point.revision:
                    return False
                if any(row[name] is not None for name in gone):
                    await self._ql.delete(database, measurement, where)
        return len(gone) < len(point.fields)


def _tag(tag: str) -> Callable[[Point], str]:
    return lambda point: point.tags[tag]


def _check(some: Iterable[Point]) -> None:
    for point in some:
        for name, value in point.fields.items():
            if isinstance(value, float) and not math.isfinite(value):
                raise RefusedError(f"{name} is no finite number: {value}")


def _where(point: Point) -> str:
    names = stored_names(pa.array(point.tags.values(), pa.string())).to_pylist()
    tags = [f"{quoted(tag)} = {literal(name)}" for tag, name in zip(point.tags, names, strict=True)]
    time_ns = point.at * NS_PER_MS + point.number % NS_PER_MS
    return " AND ".join([*tags, f"time = {time_ns}"])
