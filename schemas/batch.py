"""What agents and sinks are handed: the records of one partition that were fetched together.

An agent says by its annotation how it wants them: ``Columns[Telemetry]`` (Arrow, for hot paths)
or ``Records[Telemetry]`` (a list, for low-rate flows). A sink may also ask for ``Raw``.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa

SETTLING_MS = 1_000
"""What lies beside a batch counts from this long after it was logged, by the broker's clock: by
then it has surely been read, so a batch that is read again finds the same."""

REACH_MS = 24 * 3_600_000
"""How long before a batch's messages something beside them may have been logged and still count."""

R = TypeVar("R")

Int64s = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where the rows of a batch came from; row ``i`` is at place ``i`` of each array."""

    topic: str
    partition: int
    offsets: Int64s
    """Kafka offsets, ascending."""

    logged_at: Int64s
    """Kafka's timestamps, epoch milliseconds UTC: the only clock an agent needs."""

    def pick(self, rows: Sequence[int]) -> "Origin":
        """Where these of the rows came from."""
        places = np.asarray(rows, np.int64)
        return replace(self, offsets=self.offsets[places], logged_at=self.logged_at[places])


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns(Generic[R]):
    """Records as Arrow columns, laid out as the contract of ``record`` says."""

    record: type[R]
    rows: pa.RecordBatch
    origin: Origin | None = None
    """Set on what comes in; what an agent returns has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Records(Generic[R]):
    """Records as a list of frozen dataclasses."""

    record: type[R]
    rows: Sequence[R]
    origin: Origin | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Raw:
    """Messages as they came, not decoded: for archives and dead letters."""

    origin: Origin
    keys: Sequence[bytes | None]
    values: Sequence[bytes | None]


Batch = Columns[Any] | Records[Any] | Raw
