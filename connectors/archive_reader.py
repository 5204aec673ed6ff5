"""The archive read back, for replays: every message once, in order, few objects in memory."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from heapq import merge
from io import BytesIO
from itertools import groupby
from typing import TYPE_CHECKING, Any

import fastavro
import numpy as np

from connectors.archive import hour_prefix, hours_of, topic_prefix
from connectors.object_store import ObjectStoreSettings, answers, client

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_OBJECT = re.compile(r"(\d{1,10})-(\d{20})-(\d{20})\.avro")


class DamagedError(Exception):
    """An object of the archive is not what was written; the message says which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivedMessage:
    """One message of the archive."""

    topic: str
    partition: int
    offset: int
    logged_at: int
    """Kafka's timestamp, epoch milliseconds UTC."""

    key: bytes | None
    value: bytes | None


@dataclass(frozen=True, slots=True, order=True)
class _Object:
    partition: int
    first: int
    last: int
    key: str


class ArchiveReader:
    """Reads one store's archive."""

    def __init__(self, settings: ObjectStoreSettings, *, page_size: int = 1000) -> None:
        """``page_size`` names are listed at once."""
        self._s3 = client(settings)
        self._bucket = settings.bucket
        self._page_size = page_size

    def read(self, topic: str, since_ms: int, until_ms: int) -> Iterator[ArchivedMessage]:
        """The messages logged from ``since_ms`` until before ``until_ms``.

        By Kafka's time, so far as a partition's offsets and hours let it be; in each partition and
        hour by offset.

        Raises:
            UnavailableError: the store is away, or does not let us.
            DamagedError: an object cannot be read.
            ValueError: the topic is called as no Kafka topic can be.

        """
        for objects in self._hours(topic_prefix(topic), since_ms, until_ms):
            partitions = groupby(sorted(objects), lambda each: each.partition)
            lanes = [self._lane(topic, number, list(its)) for number, its in partitions]
            for message in merge(*lanes, key=lambda each: each.logged_at):
                if since_ms <= message.logged_at < until_ms:
                    yield message

    def close(self) -> None:
        """Close the connections."""
        self._s3.close()

    def _hours(self, prefix: str, since_ms: int, until_ms: int) -> Iterator[list[_Object]]:
        """The objects of each hour, hours in order; names that are none of ours are passed over."""
        since, until = hours_of(np.array([since_ms, until_ms - 1], np.int64))
        keys = self._keys(prefix, after=prefix + hour_prefix(int(since)))
        for folder, found in groupby(keys, lambda key: key.rpartition("/")[0] + "/"):
            if folder > prefix + hour_prefix(int(until)):
                return
            yield [each for key in found if (each := _object(key, len(folder)))]

    def _keys(self, prefix: str, *, after: str) -> Iterator[str]:
        pages = self._s3.get_paginator("list_objects_v2").paginate(
            Bucket=self._bucket,
            Prefix=prefix,
            StartAfter=after,
            PaginationConfig={"PageSize": self._page_size},
        )
        waiting = iter(pages)
        while True:
            with answers():
                page = next(waiting, None)
            if page is None:
                return
            yield from (each["Key"] for each in page.get("Contents", ()))

    def _lane(
        self, topic: str, partition: int, objects: list[_Object]
    ) -> Iterator[ArchivedMessage]:
        for row in self._rows(objects):
            yield ArchivedMessage(topic=topic, partition=partition, **row)

    def _rows(self, objects: Iterable[_Object]) -> Iterator[Any]:
        """The rows of one partition and hour, each offset once."""
        reached = -1
        for each in objects:
            if each.last <= reached:
                continue
            rows = rows_of(self._s3, self._bucket, each.key)
            yield from (row for row in rows if row["offset"] > reached)
            reached = each.last


def rows_of(s3: "S3Client", bucket: str, key: str) -> list[Any]:
    """The rows of one archived object.

    Raises:
        UnavailableError: S3 is away.
        DamagedError: it is no Avro file.

    """
    with answers():
        body = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    try:
        return list(fastavro.reader(BytesIO(body)))
    except Exception as error:
        # fastavro lets whatever its reading tripped over through
        raise DamagedError(f"{key}: {type(error).__name__}: {error}") from error


def _object(key: str, name_at: int) -> _Object | None:
    match = _OBJECT.fullmatch(key, name_at)
    return _Object(int(match[1]), int(match[2]), int(match[3]), key) if match else None
