"""Accepted telemetry to InfluxDB, in bulk, by influxdb-client's v2 write API (1.8 and 2.x)."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from influxdb_client.client.influxdb_client import InfluxDBClient
from influxdb_client.client.write_api import SYNCHRONOUS
from influxdb_client.domain.write_precision import WritePrecision
from influxdb_client.rest import ApiException
from pydantic import BaseModel, ConfigDict, Field, SecretStr
from urllib3.exceptions import HTTPError

from connectors.influx_answer import failure, too_old
from connectors.influxql import InfluxQL
from connectors.line_protocol import lines, payload
from connectors.outcome import UnavailableError
from connectors.rollup_marks import marked, minutes, token
from schemas.batch import Columns
from schemas.records import AcceptedTelemetry

RAW, MINUTE, HOUR = "raw", "minute", "hour"
"""The retention policies: points as they came, and their roll-ups."""

HOUR_MS = 3_600_000
_PRECISION: Any = WritePrecision.MS  # a string that the library types as an enum
EDGE_MS = 120_000
"""Points this close to the end of their retention count as too old already: clocks may differ by a
minute, and a mark stands up to a minute before its points."""


class InfluxSettings(BaseModel):
    """Where InfluxDB is, and how long it keeps what."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: str = Field(default="http://127.0.0.1:8086", pattern=r"^https?://[^\s/]+/?$")
    token: SecretStr = SecretStr("")
    """InfluxDB 2's token; on 1.8 ``user:password``, or nothing if it asks for none."""

    org: str = "-"
    """InfluxDB 2's organisation; 1.8 has none."""

    database: str = Field(default="engawa", pattern=r"^[A-Za-z0-9_-]{1,64}$")
    timeout_s: float = Field(default=10.0, gt=0, le=300)
    raw_retention_h: int = Field(default=7 * 24, ge=1)
    minute_retention_h: int = Field(default=90 * 24, ge=1)
    hour_retention_h: int = Field(default=2 * 365 * 24, ge=1)
    lines_per_write: int = Field(default=5000, ge=1, le=50_000)
    """InfluxDB's own advice is 5,000 to 10,000."""

    def retention_h(self) -> dict[str, int]:
        """Hours that each retention policy keeps its points."""
        return {
            RAW: self.raw_retention_h,
            MINUTE: self.minute_retention_h,
            HOUR: self.hour_retention_h,
        }


def wall_ms() -> int:
    """The wall clock, epoch milliseconds UTC."""
    return time.time_ns() // 1_000_000


@dataclass(frozen=True, slots=True)
class Request:
    """What one request writes: the points of some events, and the marks of their minutes."""

    body: bytes
    events: int


@dataclass(frozen=True, slots=True)
class Encoded:
    """A batch in line protocol."""

    requests: tuple[Request, ...]
    expired: int
    """Events that were left out because they are too old."""


class InfluxSink:
    """Writes events as points; writing them twice gives the same points.

    Each request also marks the minutes it writes to for the roll-ups, so that no kill can part
    the points from their marks.
    """

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
        """Is told how many events of a batch were too old to be kept."""

        self._client = InfluxDBClient(
            settings.url,
            settings.token.get_secret_value(),
            org=settings.org,
            timeout=int(settings.timeout_s * 1000),
        )
        self._api = self._client.write_api(SYNCHRONOUS)

    async def prepare(self) -> None:
        """Create the database and its retention policies; never shorten one.

        Raises:
            UnavailableError: InfluxDB is away.

        """
        settings = self._settings
        ql = InfluxQL(settings.url, settings.token, timeout_s=settings.timeout_s)
        try:
            await ql.keep(settings.database, settings.retention_h())
        finally:
            await ql.close()

    def encode(self, batch: Columns[AcceptedTelemetry]) -> Encoded:
        """Compute what ``write`` sends; touches no server, so it may run ahead of it.

        Raises:
            RefusedError: some record's names cannot be written.

        """
        assert batch.origin is not None
        rows, size = batch.rows, self._settings.lines_per_write
        oldest = self._now_ms() - self._settings.raw_retention_h * HOUR_MS + EDGE_MS
        requests = tuple(
            _request(rows.slice(start, size), f"{token(batch.origin)}/{start}", oldest)
            for start in range(0, rows.num_rows, size)
        )
        return Encoded(requests, rows.num_rows - sum(request.events for request in requests))

    async def write(
        self, batch: Columns[AcceptedTelemetry], encoded: Encoded | None = None
    ) -> None:
        """Write every event that is not older than raw points are kept.

        ``encoded`` is what ``encode`` gave for this batch, if the caller ran ahead.

        Raises:
            UnavailableError: InfluxDB cannot take it now.
            RefusedError: InfluxDB will never take some record of it.

        """
        encoded = encoded or self.encode(batch)
        expired = encoded.expired
        for request in encoded.requests:
            expired += await asyncio.to_thread(self._post, request)
        if expired:
            self.on_expired(expired)

    async def close(self) -> None:
        """Close the connections."""
        await asyncio.to_thread(self._client.close)

    def _post(self, request: Request) -> int:
        """Send a request; give how many of its events the server found too old."""
        if not request.body:
            return 0
        bucket = f"{self._settings.database}/{RAW}"
        try:
            self._api.write(bucket, record=request.body, write_precision=_PRECISION)
        except ApiException as error:
            text = str(error.body or error.reason)
            # a server that finds some points too old hides what is wrong with the others: only
            # if it finds all too old has it said everything
            if too_old(text) == request.body.count(b"\n"):
                return request.events
            retry_after = error.headers.get("Retry-After") if error.headers else None
            raise failure(error.status or 0, text, retry_after=retry_after) from error
        except (HTTPError, OSError, UnicodeDecodeError) as error:
            raise UnavailableError(f"InfluxDB is away: {error!r}") from error
        return 0


def _request(rows: pa.RecordBatch, name: str, oldest: int) -> Request:
    """What to send of these events; marks carry ``name``, which no other events may have."""
    at = rows.column("at").to_numpy()
    kept = at >= oldest
    if not kept.all():
        rows, at = rows.take(pa.array(np.flatnonzero(kept))), at[kept]
    marks = marked(minutes(at), "touched", name)
    return Request(b"".join((marks, memoryview(payload(lines(rows))))), rows.num_rows)
