"""Messages that have to go from the archive: each object that has some is written anew without."""

import asyncio
import re
from collections.abc import Callable, Iterator
from hashlib import md5
from typing import TYPE_CHECKING, Any

import numpy as np

from connectors.archive import container, topic_prefix
from connectors.archive_reader import rows_of
from connectors.object_store import answers
from schemas.batch import Origin, Raw

if TYPE_CHECKING:  # the stubs are no part of what is deployed
    from mypy_boto3_s3 import S3Client

_OBJECT = re.compile(r".*/\d{1,10}-\d{20}-\d{20}\.avro")


class ArchivedErasure:
    """The archived messages of one topic that have to go; names none of ours are passed over."""

    def __init__(
        self,
        s3: "S3Client",
        bucket: str,
        topic: str,
        concerned: Callable[[bytes | None], bool],
    ) -> None:
        self.name = f"archive {topic}"
        self._s3, self._bucket = s3, bucket
        self._topic, self._concerned = topic, concerned

    async def count(self) -> int:
        """How many messages have to go.

        Raises:
            UnavailableError: the store is away, or does not let us.
            DamagedError: an object cannot be read.

        """
        return await asyncio.to_thread(lambda: sum(len(gone) for _, _, gone in self._found()))

    async def remove(self) -> None:
        """Write objects anew without them, and delete those in which nothing is left.

        Raises:
            UnavailableError: the store is away, or does not let us.
            DamagedError: an object cannot be read.

        """
        await asyncio.to_thread(self._remove)

    def _remove(self) -> None:
        for key, rows, gone in self._found():
            kept = [row for place, row in enumerate(rows) if place not in gone]
            with answers():
                if kept:
                    body = self._container(key, kept)
                    self._s3.put_object(Bucket=self._bucket, Key=key, Body=body)
                else:
                    self._s3.delete_object(Bucket=self._bucket, Key=key)

    def _found(self) -> Iterator[tuple[str, list[Any], set[int]]]:
        """Objects with messages that have to go: keys, all rows, places of those rows."""
        for key in self._keys():
            rows = rows_of(self._s3, self._bucket, key)
            gone = {place for place, row in enumerate(rows) if self._concerned(row["value"])}
            if gone:
                yield key, rows, gone

    def _keys(self) -> list[str]:
        with answers():
            buckets = {each.get("Name") for each in self._s3.list_buckets()["Buckets"]}
            if self._bucket not in buckets:
                return []
            pages = self._s3.get_paginator("list_objects_v2").paginate(
                Bucket=self._bucket, Prefix=topic_prefix(self._topic)
            )
            keys = [each["Key"] for page in pages for each in page.get("Contents", ())]
        return [key for key in keys if _OBJECT.fullmatch(key)]

    def _container(self, key: str, rows: list[Any]) -> bytes:
        raw = Raw(
            origin=Origin(
                topic=self._topic,
                partition=int(key.rpartition("/")[2].partition("-")[0]),
                offsets=np.array([row["offset"] for row in rows], np.int64),
                logged_at=np.array([row["logged_at"] for row in rows], np.int64),
            ),
            keys=[row["key"] for row in rows],
            values=[row["value"] for row in rows],
        )
        sync = md5(key.encode(), usedforsecurity=False).digest()
        return container(raw, np.arange(len(rows)), sync=sync)
