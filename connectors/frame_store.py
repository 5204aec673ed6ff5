"""Pictures of frames that are too large for a message: in S3, fetched by reference (claim check).

Each is an object ``frames/<site>/<camera>/<date>/<frame id>.jpg`` in a bucket of its own, which
the store empties by itself after some days: what a camera saw is not kept longer than need be.
"""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING
from urllib.parse import quote

from botocore.exceptions import ClientError
from pydantic import BaseModel, ConfigDict, Field

from connectors.object_store import ObjectStoreSettings, answers, client, create_bucket
from connectors.outcome import RefusedError
from models.arrivals import LATEST_MS
from schemas.frames import FrameAnalysed, FrameCaptured, FrameKept, FrameReference
from schemas.reasons import Reason

if TYPE_CHECKING:  # the stubs are no part of what is deployed
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import LifecycleRuleTypeDef

PREFIX = "frames/"
LONGEST_KEY = 1024
"""Bytes of a key at most.
https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html"""

_GONE = frozenset({"NoSuchKey", "NoSuchBucket", "404"})


class FrameSettings(BaseModel):
    """Where pictures of frames lie that are too large for a message."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    bucket: str = Field("engawa-frames", pattern=r"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$")
    expire_days: int = Field(1, ge=1, le=3650)
    """After so many days the store deletes them."""

    kept_bucket: str = Field("engawa-kept-frames", pattern=r"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$")
    """Where frames lie that a site asked to keep, their faces blurred."""

    kept_days: int = Field(7, ge=1, le=365)
    """After so many days the store deletes those."""

    inline_bytes: int = Field(900_000, ge=0, le=900_000)
    """Larger ones lie there; a message may have 1 MiB."""

    most_bytes: int = Field(20 * 1024 * 1024, ge=1024, le=256 * 1024 * 1024)
    """None is larger."""


class FrameStore:
    """Keeps pictures, and fetches them."""

    def __init__(self, settings: FrameSettings, store: ObjectStoreSettings) -> None:
        self._settings = settings
        self._s3: S3Client = client(store)

    async def prepare(self) -> None:
        """Create the bucket if it is missing, and have it emptied in time.

        Raises:
            UnavailableError: the store is away, or does not let us.

        """
        await asyncio.to_thread(self._prepare)

    def takes(self, frame: FrameCaptured) -> bool:
        """Whether a frame's picture is too large for a message."""
        return frame.image is not None and len(frame.image) > self._settings.inline_bytes

    async def lighten(self, frame: FrameCaptured) -> FrameCaptured:
        """The frame as it may travel: its picture in the store, if it is too large for a message.

        Doing it twice does no harm.

        Raises:
            UnavailableError: the store cannot take it now.
            RefusedError: it is too large for the store, or its names are too long.

        """
        if frame.image is None or not self.takes(frame):
            return frame
        reference = FrameReference(
            bucket=self._settings.bucket,
            key=object_key(frame),
            size_bytes=len(frame.image),
            sha256=sha256(frame.image).hexdigest(),
        )
        await asyncio.to_thread(self._put, reference, frame.image, frame.media_type)
        return replace(frame, image=None, reference=reference)

    async def fetch(self, frame: FrameCaptured) -> FrameCaptured:
        """The frame with its picture; one that has it already, or refers to none, as it is.

        Raises:
            UnavailableError: the store is away.
            RefusedError: the picture is gone, another, too large, or not the frame's own.

        """
        if frame.image is not None or frame.reference is None:
            return frame
        self._check(frame, frame.reference)
        image = await asyncio.to_thread(self._get, frame.reference)
        return replace(frame, image=image)

    async def close(self) -> None:
        """Close the connections."""
        await asyncio.to_thread(self._s3.close)

    def _prepare(self) -> None:
        create_bucket(self._s3, self._settings.bucket)
        expiring(self._s3, self._settings.bucket, self._settings.expire_days)

    def _put(self, reference: FrameReference, image: bytes, media_type: str) -> None:
        with answers():
            self._s3.put_object(
                Bucket=reference.bucket, Key=reference.key, Body=image, ContentType=media_type
            )

    def _check(self, frame: FrameCaptured, reference: FrameReference) -> None:
        """Whether we would have put it there; whoever can send frames must not read elsewhere."""
        if (reference.bucket, reference.key) != (self._settings.bucket, object_key(frame)):
            where = f"{reference.bucket[:60]}/{reference.key[:200]}"
            raise RefusedError(f"{where!r} is not its place", reason=Reason.REFERENCE_FOREIGN)
        self._check_size(reference.size_bytes)

    def _check_size(self, size_bytes: int) -> None:
        if size_bytes > self._settings.most_bytes:
            raise RefusedError(f"{size_bytes} bytes", reason=Reason.IMAGE_TOO_LARGE)

    def _get(self, reference: FrameReference) -> bytes:
        with answers():
            try:
                found = self._s3.get_object(Bucket=reference.bucket, Key=reference.key)
            except ClientError as error:
                if error.response.get("Error", {}).get("Code") in _GONE:
                    detail = f"{reference.key} is not there (any more)"
                    raise RefusedError(detail, reason=Reason.REFERENCE_MISSING) from None
                raise
            with found["Body"] as body:
                self._check_size(found["ContentLength"])
                image = body.read()
        if sha256(image).hexdigest() != reference.sha256:
            detail = f"{reference.key} has not the content that was sent"
            raise RefusedError(detail, reason=Reason.REFERENCE_CHANGED)
        return image


def expiring(s3: "S3Client", bucket: str, days: int) -> None:
    """Have the store delete pictures of this bucket after so many days.

    Raises:
        UnavailableError: the store is away, or does not let us.

    """
    rule: LifecycleRuleTypeDef = {
        "ID": "expire",
        "Status": "Enabled",
        "Filter": {"Prefix": PREFIX},
        "Expiration": {"Days": days},
    }
    with answers():
        s3.put_bucket_lifecycle_configuration(
            Bucket=bucket,
            LifecycleConfiguration={"Rules": [rule]},
        )


def folder(*names: str) -> str:
    """The beginning of the keys of a site's pictures, or of a camera's; no name leads out of it."""
    # no part may be . or .., which mean something on the way
    return PREFIX + "".join(quote(name, safe="").replace(".", "%2E") + "/" for name in names)


def object_key(frame: FrameCaptured | FrameAnalysed | FrameKept) -> str:
    """Where a frame's picture lies.

    Raises:
        RefusedError: a name of the frame is empty, or they are too long.

    """
    day = datetime.fromtimestamp(min(max(frame.at, 0), LATEST_MS) / 1000, UTC)
    parts = (frame.site, frame.camera, f"{day:%Y-%m-%d}", frame.frame_id)
    key = folder(*parts).removesuffix("/") + ".jpg"
    if not all(parts) or len(key) > LONGEST_KEY:
        raise RefusedError("no place is called so", reason=Reason.REFERENCE_FOREIGN)
    return key
