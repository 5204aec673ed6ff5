"""Pictures that have to go: from the object store, and from this machine's buffer."""

import asyncio
from collections.abc import Callable, Collection, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from connectors.frame_buffer import ENDING, CameraSettings, place_of
from connectors.frame_store import folder
from connectors.object_store import answers
from schemas.codec import UndecodableError, decode, schema_of
from schemas.erasures import Erasure
from schemas.frames import FrameCaptured

if TYPE_CHECKING:  # the stubs are no part of what is deployed
    from mypy_boto3_s3 import S3Client


class FrameObjects:
    """Pictures in the object store.

    A picture's key says its site, camera and day. So those of a camera are known by it; those
    before a time by their day, on that day itself by when they were stored; those of a person by
    ``keys`` alone.
    """

    def __init__(
        self,
        s3: "S3Client",
        bucket: str,
        asked: Erasure,
        keys: Collection[str],
    ) -> None:
        self.name = f"s3 {bucket}"
        self._s3, self._bucket = s3, bucket
        self._asked, self._keys = asked, keys

    async def count(self) -> int:
        """How many pictures have to go.

        Raises:
            UnavailableError: the store is away, or does not let us.

        """
        return len(await asyncio.to_thread(self._found))

    async def remove(self) -> None:
        """Delete them.

        Raises:
            UnavailableError: the store is away, or does not let us.

        """
        await asyncio.to_thread(self._remove)

    def _remove(self) -> None:
        for key in self._found():
            with answers():
                self._s3.delete_object(Bucket=self._bucket, Key=key)

    def _found(self) -> list[str]:
        names = [self._asked.site, *([self._asked.camera] if self._asked.camera else [])]
        with answers():
            buckets = {each.get("Name") for each in self._s3.list_buckets()["Buckets"]}
            if self._bucket not in buckets:
                return []
            pages = self._s3.get_paginator("list_objects_v2").paginate(
                Bucket=self._bucket, Prefix=folder(*names)
            )
            return [
                each["Key"]
                for page in pages
                for each in page.get("Contents", ())
                if self._goes(each["Key"], each["LastModified"])
            ]

    def _goes(self, key: str, stored: datetime) -> bool:
        if self._asked.camera is not None or key in self._keys:
            return True
        if self._asked.before is None:
            return False
        before = datetime.fromtimestamp(self._asked.before / 1000, UTC)
        return key.split("/")[-2] < f"{before:%Y-%m-%d}" or stored < before


class BufferedFrames:
    """Frames that wait on this machine for Kafka; nobody has looked yet who is in them."""

    def __init__(
        self, settings: CameraSettings, asked: Erasure, concerned: Callable[[FrameCaptured], bool]
    ) -> None:
        self._settings, self._asked, self._concerned = settings, asked, concerned
        self.name = f"buffer {settings.buffer_folder}"

    async def count(self) -> int:
        """How many have to go."""
        return len(await asyncio.to_thread(lambda: list(self._found())))

    async def remove(self) -> None:
        """Delete their files."""
        for path in await asyncio.to_thread(lambda: list(self._found())):
            path.unlink(missing_ok=True)

    def _found(self) -> Iterator[Path]:
        if self._asked.camera is not None:
            folders = [place_of(self._asked.site, self._asked.camera, self._settings)]
        else:
            site = self._settings.buffer_folder / f"site={quote(self._asked.site, safe='')}"
            folders = sorted(site.glob("camera=*"))
        for each in folders:
            for path in sorted(each.glob(f"*{ENDING}*")):
                if self._asked.camera is not None or self._shows(path):
                    yield path

    def _shows(self, path: Path) -> bool:
        header = schema_of(FrameCaptured).header
        try:
            return self._concerned(decode(path.read_bytes().removeprefix(header), FrameCaptured))
        except (OSError, UndecodableError):
            return False
