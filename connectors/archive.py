"""Every message as it came, to S3 as Avro container files, and back.

One object for each batch and hour of Kafka's log time::

    topic=readings.received.v1/date=2026-03-01/hour=17/0-<first offset>-<last offset>.avro

An object holds *every* message of its partition and hour between its first and last offset. So a
batch written twice is the same object, byte for byte; and where batches are cut differently after
a crash, objects overlap in what is the same, and a reader that only ever goes on to higher offsets
gives each message once. Larger batches make fewer objects: let the consumer wait for them.
"""

import asyncio
import re
from datetime import UTC, datetime
from hashlib import md5
from io import BytesIO

import fastavro
import numpy as np

from connectors.object_store import ObjectStoreSettings, answers, client, create_bucket
from schemas.batch import Int64s, Raw

HOUR_MS = 3_600_000
LAST_HOUR = int(datetime(9999, 12, 31, 23, tzinfo=UTC).timestamp()) * 1000 // HOUR_MS
CODEC = "deflate"
CODEC_LEVEL = 1
"""Half the time of zlib's default for a fifth more bytes, on events of three readings."""

BLOCK_BYTES = 256 * 1024
FIELDS = ("offset", "logged_at", "key", "value")

SCHEMA = fastavro.parse_schema(
    {
        "type": "record",
        "name": "ArchivedMessage",
        "namespace": "engawa",
        "doc": "A Kafka message as it came; its topic and partition are in the file's metadata.",
        "fields": [
            {"name": "offset", "type": "long", "doc": "Kafka's offset."},
            {"name": "logged_at", "type": "long", "doc": "Kafka's timestamp, epoch ms UTC."},
            {"name": "key", "type": ["null", "bytes"], "doc": "The key, if it had one."},
            {"name": "value", "type": ["null", "bytes"], "doc": "The value; null: a tombstone."},
        ],
    }
)

_TOPIC = re.compile(r"[A-Za-z0-9._-]{1,249}")


class ArchiveSink:
    """Writes batches of messages as objects."""

    def __init__(self, settings: ObjectStoreSettings) -> None:
        self._s3 = client(settings)
        self._bucket = settings.bucket

    async def prepare(self) -> None:
        """Create the bucket if it is missing.

        Raises:
            UnavailableError: the store is away, or does not let us.

        """
        await asyncio.to_thread(create_bucket, self._s3, self._bucket)

    async def write(self, batch: Raw) -> None:
        """Store the messages; when this returns, they are kept.

        Raises:
            UnavailableError: the store cannot take them now.
            RefusedError: they are too large for it.

        """
        hours = hours_of(batch.origin.logged_at)
        for hour in np.unique(hours):
            await asyncio.to_thread(self._put, batch, int(hour), np.flatnonzero(hours == hour))

    async def close(self) -> None:
        """Close the connections."""
        await asyncio.to_thread(self._s3.close)

    def _put(self, batch: Raw, hour: int, rows: Int64s) -> None:
        key = object_key(batch, hour, rows)
        body = container(batch, rows, sync=md5(key.encode(), usedforsecurity=False).digest())
        with answers():
            self._s3.put_object(Bucket=self._bucket, Key=key, Body=body)


def object_key(batch: Raw, hour: int, rows: Int64s) -> str:
    """Where these messages of a batch are stored; ``hour`` counts from the epoch.

    Raises:
        ValueError: the topic is called as no Kafka topic can be.

    """
    offsets, partition = batch.origin.offsets, batch.origin.partition
    name = f"{partition}-{offsets[rows[0]]:020}-{offsets[rows[-1]]:020}.avro"
    return f"{topic_prefix(batch.origin.topic)}{hour_prefix(hour)}{name}"


def topic_prefix(topic: str) -> str:
    """The beginning of the keys of a topic's objects.

    Raises:
        ValueError: the topic is called as no Kafka topic can be.

    """
    if not _TOPIC.fullmatch(topic):
        raise ValueError(f"no topic can be called {topic!r}")
    return f"topic={topic}/"


def hour_prefix(hour: int) -> str:
    """The part of a key that says the hour, counted from the epoch; sorts as hours do."""
    return f"{datetime.fromtimestamp(hour * 3600, UTC):date=%Y-%m-%d/hour=%H/}"


def hours_of(times_ms: Int64s) -> Int64s:
    """The hours in which times lie, counted from the epoch; what no calendar has is brought in.

    Kafka gives -1 for a message without a time, and a producer may claim any.
    """
    return np.clip(times_ms // HOUR_MS, 0, LAST_HOUR)


def container(batch: Raw, rows: Int64s, *, sync: bytes) -> bytes:
    """These messages of a batch as an Avro container file; the same ones give the same bytes."""
    origin = batch.origin
    columns = (
        origin.offsets[rows].tolist(),
        origin.logged_at[rows].tolist(),
        [batch.keys[row] for row in rows],
        [batch.values[row] for row in rows],
    )
    target = BytesIO()
    fastavro.writer(
        target,
        SCHEMA,
        [dict(zip(FIELDS, message, strict=True)) for message in zip(*columns, strict=True)],
        codec=CODEC,
        codec_compression_level=CODEC_LEVEL,
        sync_interval=BLOCK_BYTES,
        sync_marker=sync,
        metadata={"topic": origin.topic, "partition": str(origin.partition)},
    )
    return target.getvalue()
