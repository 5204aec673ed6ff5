"""Frames that a site asked to keep, their faces blurred: to S3, in a bucket that empties itself."""

import asyncio
from typing import TYPE_CHECKING

from connectors.frame_store import FrameSettings, expiring, object_key
from connectors.object_store import ObjectStoreSettings, answers, client, create_bucket
from schemas.batch import Records
from schemas.frames import FrameKept

if TYPE_CHECKING:  # the stubs are no part of what is deployed
    from mypy_boto3_s3 import S3Client


class KeptFramesSink:
    """Stores each frame as ``frames/<site>/<camera>/<date>/<frame id>.jpg``."""

    def __init__(self, settings: FrameSettings, store: ObjectStoreSettings) -> None:
        self._settings = settings
        self._s3: S3Client = client(store)

    async def prepare(self) -> None:
        """Create the bucket if it is missing, and have it emptied in time.

        Raises:
            UnavailableError: the store is away, or does not let us.

        """
        await asyncio.to_thread(self._prepare)

    async def write(self, batch: Records[FrameKept]) -> None:
        """Store the pictures; doing it twice does no harm.

        Raises:
            UnavailableError: the store cannot take them now.
            RefusedError: one is too large for it, or its names are too long.

        """
        for frame in batch.rows:
            await asyncio.to_thread(self._put, object_key(frame), frame.image)

    async def close(self) -> None:
        """Close the connections."""
        await asyncio.to_thread(self._s3.close)

    def _prepare(self) -> None:
        create_bucket(self._s3, self._settings.kept_bucket)
        expiring(self._s3, self._settings.kept_bucket, self._settings.kept_days)

    def _put(self, key: str, image: bytes) -> None:
        with answers():
            self._s3.put_object(
                Bucket=self._settings.kept_bucket, Key=key, Body=image, ContentType="image/jpeg"
            )
