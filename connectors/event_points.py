"""Records as points of InfluxDB, one record one point; writing it twice gives the same point."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

import pyarrow as pa

from connectors.influx import EDGE_MS, HOUR_MS, InfluxSettings, wall_ms
from connectors.influxql import InfluxQL, quoted
from connectors.line_protocol import tagged

RETENTION = "autogen"
"""The retention policy that questions mean which name none."""

NS_PER_MS = 1_000_000
_SPECIAL = re.compile(r'(["\\])')

Fields = Mapping[str, float | str | None]


class Timed(Protocol):
    """A record of a time."""

    @property
    def at(self) -> int:
        """Epoch milliseconds UTC."""


R = TypeVar("R", bound=Timed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape(Generic[R]):
    """How a record becomes a point."""

    measurement: str
    tags: Mapping[str, Callable[[R], str]]
    fields: Callable[[R], Fields]
    """Numbers and texts; what is None is left out."""

    number: Callable[[R], int] = lambda _: 0
    """Tells records of one moment apart: its last six digits become nanoseconds."""


class PointsSink(Generic[R]):
    """Writes records as points; those older than raw readings are kept are left out."""

    def __init__(
        self,
        settings: InfluxSettings,
        database: str,
        shape: Shape[R],
        *,
        now_ms: Callable[[], int] = wall_ms,
    ) -> None:
        self._settings, self._database, self._shape = settings, database, shape
        self._now_ms = now_ms
        self._ql = InfluxQL(settings.url, settings.token, timeout_s=settings.timeout_s)
        self.on_expired: Callable[[int], None] = lambda _: None
        """Is told how many records of a batch were too old to be kept."""

    async def prepare(self) -> None:
        """Create the database; if it is there, keep points no shorter than asked, but no longer.

        Raises:
            UnavailableError: InfluxDB is away.

        """
        hours = self._settings.raw_retention_h
        known = {row["name"] for row in await self._ql.ask("SHOW DATABASES")}
        if self._database not in known:
            create = f"CREATE DATABASE {quoted(self._database)}"
            await self._ql.ask(f"{create} WITH DURATION {hours}h NAME {quoted(RETENTION)}")
        await self._ql.keep(self._database, {RETENTION: hours})

    async def put(self, records: Sequence[R]) -> None:
        """Write every record that is not too old.

        Raises:
            UnavailableError: InfluxDB cannot take it now.
            RefusedError: InfluxDB will never take some record of it.

        """
        settings = self._settings
        oldest = self._now_ms() - settings.raw_retention_h * HOUR_MS + EDGE_MS
        kept = [record for record in records if record.at >= oldest]
        for start in range(0, len(kept), settings.lines_per_write):
            lines = points(self._shape, kept[start : start + settings.lines_per_write])
            await self._ql.write(f"{self._database}/{RETENTION}", lines, precision="ns")
        if expired := len(records) - len(kept):
            self.on_expired(expired)

    async def close(self) -> None:
        """Close the connections."""
        await self._ql.close()


def points(shape: Shape[R], records: Sequence[R]) -> bytes:
    """A line for each record.

    Raises:
        RefusedError: a tag is empty or holds control characters.

    """
    columns = [
        tagged(pa.array([value(each) for each in records], pa.string()), tag).to_pylist()
        for tag, value in shape.tags.items()
    ]
    return "".join(
        f"{shape.measurement}{''.join(tags)} {_after_tags(shape, each)}\n"
        for each, *tags in zip(records, *columns, strict=True)
    ).encode()


def _after_tags(shape: Shape[R], record: R) -> str:
    time_ns = record.at * NS_PER_MS + shape.number(record) % NS_PER_MS
    return f"{_written(shape.fields(record))} {time_ns}"


def _written(fields: Fields) -> str:
    told = {name: value for name, value in fields.items() if value is not None}
    return ",".join(f"{name}={_value(value)}" for name, value in told.items())


def _value(value: float | str) -> str:
    if isinstance(value, str):
        return '"' + _SPECIAL.sub(r"\\\1", value) + '"'
    return f"{int(value)}i" if isinstance(value, int) else repr(value)
