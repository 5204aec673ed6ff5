"""Accepted telemetry to InfluxDB, in bulk, by influxdb-client's v2 write API (1.8 and 2.x)."""

import asyncio
import time
from collections.abc import Callable

import numpy as np
import pyarrow as pa
from influxdb_client import InfluxDBClient, WritePrecision
from influxdb_client.client.write_api import SYNCHRONOUS
from influxdb_client.rest import ApiException
from pydantic import BaseModel, ConfigDict, Field, SecretStr
from urllib3.exceptions import HTTPError

from connectors.influx_answer import expired, failure
from connectors.influxql import InfluxQL
from connectors.line_protocol import lines, payload
from connectors.outcome import RefusedError, UnavailableError
from connectors.rollup_marks import marks
from schemas.batch import Columns
from schemas.records import AcceptedTelemetry

RAW, MINUTE, HOUR = "raw", "minute", "hour"
"""The retention policies: points as they came, and their roll-ups."""

HOUR_MS = 3_600_000


class InfluxSettings(BaseModel):
    """Where InfluxDB is, and how long it keeps what."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: str = Field("http://127.0.0.1:8086", pattern=r"^https?://[^\s/]+/?$")
    token: SecretStr = SecretStr("")
    """InfluxDB 2's token; on 1.8 ``user:password``, or nothing if it asks for none."""

    org: str = "-"
    """InfluxDB 2's organisation; 1.8 has none."""

    database: str = Field("engawa", pattern=r"^[A-Za-z0-9_-]{1,64}$")
    timeout_s: float = Field(10.0, gt=0, le=300)
    raw_retention_h: int = Field(7 * 24, ge=1)
    minute_retention_h: int = Field(90 * 24, ge=1)
    hour_retention_h: int = Field(2 * 365 * 24, ge=1)
    lines_per_write: int = Field(2000, ge=1, le=10_000)
    """InfluxDB's own advice is 5,000 to 10,000; fewer let the next be encoded meanwhile."""

    def retention_h(self) -> dict[str, int]:
        """Hours that each retention policy keeps its points."""
        return {
            RAW: self.raw_retention_h,
            MINUTE: self.minute_retention_h,
            HOUR: self.hour_retention_h,
        }
