"""What really arrived: counted in the topics and stores themselves, not taken from the workers."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import numpy as np
import numpy.typing as npt

from connectors.archive_reader import ArchiveReader
from connectors.influxql import InfluxQL
from connectors.message_log import Logged, MessageLog
from schemas.batch import Columns, Origin, Raw, Records
from schemas.columns import marker
from schemas.releases import released
from schemas.topic import Topic
from schemas.topics import READINGS_ACCEPTED, READINGS_RECEIVED, READINGS_REJECTED
from streams.reader import reader
from streams.settings import Settings
from streams.writers import Writers

CHUNK = 20_000
FAR_MS = 4_102_444_800_000
"""The year 2100."""


@dataclass(slots=True)
class Accepted:
    """The accepted events of a topic."""

    events: int = 0
    points: set[tuple[str, str, int]] = field(default_factory=set)
    """Distinct (site, device, at): what InfluxDB should hold a point for."""

    qualities: Counter[str] = field(default_factory=Counter)
    """Readings by quality."""

    delays_ms: list[npt.NDArray[np.int64]] = field(default_factory=list)
    """From the broker's log of the event as it came to that of the event as it was accepted."""

    def percentile_ms(self, percent: float) -> float:
        """How long it took for so many per cent of the events at most."""
        return float(np.percentile(np.concatenate(self.delays_ms), percent))


def accepted(log: MessageLog, *, since_ms: int) -> Accepted:
    """Every accepted event in its topic; those received since then tell how long it took."""
    found = Accepted()
    for batch in batches(log, READINGS_ACCEPTED, Columns):
        rows, origin = batch.rows, batch.origin
        found.events += rows.num_rows
        names = (rows.column(name).to_pylist() for name in ("site", "device", "at"))
        found.points.update(zip(*names, strict=True))
        found.qualities.update(rows.column("readings").flatten().field("quality").to_pylist())
        received_at = rows.column("received_at").to_numpy()
        found.delays_ms.append((origin.logged_at - received_at)[received_at >= since_ms])
    return found


def dead_letters(log: MessageLog) -> Counter[str]:
    """Dead letters by reason."""
    reasons: Counter[str] = Counter()
    for batch in batches(log, READINGS_REJECTED, Records):
        reasons.update(letter.reason for letter in batch.rows)
    return reasons


def messages(log: MessageLog, topic: Topic[Any]) -> int:
    """Messages in a topic."""
    return log.span(topic.name).size


def archived(settings: Settings) -> tuple[int, int]:
    """Messages in the archive, and the bytes of their keys and values."""
    archive = ArchiveReader(settings.s3)
    count = size = 0
    try:
        for message in archive.read(READINGS_RECEIVED.name, 0, FAR_MS):
            count += 1
            size += len(message.key or b"") + len(message.value or b"")
    finally:
        archive.close()
    return count, size


async def points(settings: Settings, field_name: str) -> dict[str, int]:
    """Values of one resource in InfluxDB: raw, and counted by the minutes and hours."""
    influx = settings.influx
    ql = InfluxQL(influx.url, influx.token, timeout_s=60.0)
    counts = {
        "raw": f'count("{field_name}")',
        "minute": f'sum("{field_name}_count")',
        "hour": f'sum("{field_name}_count")',
    }
    try:
        answers = {
            policy: await ql.ask(f'SELECT {count} AS n FROM "{influx.database}".{policy}.readings')  # noqa: S608  # constants, and a database name that the settings have checked
            for policy, count in counts.items()
        }
    finally:
        await ql.close()
    return {name: int(rows[0]["n"]) if rows else 0 for name, rows in answers.items()}


def batches(log: MessageLog, topic: Topic[Any], shape: type) -> Iterator[Any]:
    """Everything in a topic, partition by partition, as ``Columns`` or ``Records``."""
    read = reader(topic, shape, marker=marker(_any_bytes), known=Writers(released(), None).known)
    logged = log.read(log.span(topic.name))
    while chunk := list(islice(logged, CHUNK)):
        yield read(_raw(chunk)).batch


def _any_bytes(size: int) -> bytes:
    # only against accident: what we read here we wrote ourselves
    return bytes(range(1, size + 1))


def _raw(chunk: list[Logged]) -> Raw:
    return Raw(
        origin=Origin(
            topic=chunk[0].topic,
            partition=chunk[0].partition,
            offsets=np.array([each.offset for each in chunk], np.int64),
            logged_at=np.array([each.logged_at for each in chunk], np.int64),
        ),
        keys=[each.key for each in chunk],
        values=[each.value for each in chunk],
    )
