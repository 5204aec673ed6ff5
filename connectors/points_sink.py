"""What every sink of single points does: keep its retention policy, leave out what is too old."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from connectors.event_points import Shape, Timed, points
from connectors.influx import EDGE_MS, HOUR_MS, InfluxSettings, wall_ms
from connectors.influxql import InfluxQL

R = TypeVar("R", bound=Timed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Where points are, and for how many hours."""

    database: str
    name: str
    """Of the retention policy."""

    hours: int


class PointsSink(Generic[R]):
    """Writes records as points; those older than they are kept are left out."""

    def __init__(
        self,
        settings: InfluxSettings,
        shape: Shape[R],
        policy: Policy,
        *,
        now_ms: Callable[[], int] = wall_ms,
        client: type[InfluxQL] = InfluxQL,
    ) -> None:
        self._shape, self._policy, self._now_ms = shape, policy, now_ms
        self._lines_per_write = settings.lines_per_write
        self._ql = client(settings.url, settings.token, timeout_s=settings.timeout_s)
        self.on_expired: Callable[[int], None] = lambda _: None
        """Is told how many records of a batch were too old to be kept."""

    async def prepare(self) -> None:
        """Create the database and the retention policy; never shorten it.

        Raises:
            UnavailableError: InfluxDB is away.

        """
        await self._ql.keep(self._policy.database, {self._policy.name: self._policy.hours})

    async def put(self, records: Sequence[R]) -> None:
        """Write every record that is not too old.

        Raises:
            UnavailableError: InfluxDB cannot take it now.
            RefusedError: InfluxDB will never take some record of it.

        """
        oldest = self._now_ms() - self._policy.hours * HOUR_MS + EDGE_MS
        young = [record for record in records if record.at >= oldest]
        await self._put(young)
        if expired := len(records) - len(young):
            self.on_expired(expired)

    async def close(self) -> None:
        """Close the connections."""
        await self._ql.close()

    async def _put(self, young: Sequence[R]) -> None:
        for some in self._parts(young):
            await self._write(some)

    def _parts(self, records: Sequence[R]) -> Iterator[Sequence[R]]:
        """As many as one request takes, and so on."""
        for start in range(0, len(records), self._lines_per_write):
            yield records[start : start + self._lines_per_write]

    async def _write(self, some: Sequence[R]) -> None:
        bucket = f"{self._policy.database}/{self._policy.name}"
        await self._ql.write(bucket, points(self._shape, some), precision="ns")
