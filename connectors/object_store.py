"""An S3 store: where it is, and what its answers mean."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError
from pydantic import BaseModel, ConfigDict, Field, SecretStr
from urllib3.exceptions import HTTPError

from connectors.outcome import RefusedError, UnavailableError

if TYPE_CHECKING:  # the stubs are no part of what is deployed
    from mypy_boto3_s3 import S3Client

_TEXT_LIMIT = 300
_TOO_LARGE = frozenset({"EntityTooLarge", "MaxMessageLengthExceeded", "413"})
_ADVICE = {
    401: "it does not accept the keys: check ENGAWA_S3__ACCESS_KEY and ENGAWA_S3__SECRET_KEY",
    403: "the keys may not do this: check ENGAWA_S3__ACCESS_KEY, ENGAWA_S3__SECRET_KEY and rights",
    404: "the bucket is missing: start the worker again to create it",
    507: "it is full",
}


class ObjectStoreSettings(BaseModel):
    """Where the S3 store is, and who we are to it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    endpoint_url: str = Field(default="http://127.0.0.1:8333", pattern=r"^https?://[^\s/]+/?$")
    region: str = Field(default="us-east-1", pattern=r"^[a-z0-9-]{1,40}$")
    access_key: SecretStr = SecretStr("")
    secret_key: SecretStr = SecretStr("")
    bucket: str = Field(default="engawa-archive", pattern=r"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$")
    timeout_s: float = Field(default=30.0, gt=0, le=300)


def client(settings: ObjectStoreSettings) -> "S3Client":
    """A client that tries once: whoever calls decides how long to wait. Connects later."""
    session = boto3.session.Session(
        aws_access_key_id=settings.access_key.get_secret_value(),
        aws_secret_access_key=settings.secret_key.get_secret_value(),
        region_name=settings.region,
    )
    config = Config(
        connect_timeout=settings.timeout_s,
        read_timeout=settings.timeout_s,
        retries={"total_max_attempts": 1},
        s3={"addressing_style": "path"},
        # a proxy named in the environment is not for a store that is named in the settings
        proxies={},
        # the signature covers the body; stores other than Amazon's don't all know the new sums
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )
    return session.client("s3", endpoint_url=settings.endpoint_url, config=config)


def create_bucket(s3: "S3Client", bucket: str) -> None:
    """Create the bucket unless it is there; several workers may do this at once.

    Raises:
        UnavailableError: the store is away, or does not let us.

    """
    with answers():
        found = s3.list_buckets()["Buckets"]
        if any(each.get("Name") == bucket for each in found):
            return
        try:
            s3.create_bucket(Bucket=bucket)
        except (s3.exceptions.BucketAlreadyOwnedByYou, s3.exceptions.BucketAlreadyExists):
            return


@contextmanager
def answers() -> Iterator[None]:
    """Turn the client's errors into ours: a store refuses no content, only what is too large.

    Raises:
        UnavailableError: the store is away, busy, full, or does not let us; an operator can help.
        RefusedError: an object is too large for it.

    """
    try:
        yield
    except ClientError as error:
        raise failure(error) from error
    except (BotoCoreError, ResponseParserError, HTTPError, OSError) as error:
        raise UnavailableError(f"the object store is away: {error!r}") from error


def failure(error: ClientError) -> UnavailableError | RefusedError:
    """The error that an answer other than 2xx stands for."""
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    code = error.response.get("Error", {}).get("Code", "")
    said = f"the object store answered {status}: {str(error)[:_TEXT_LIMIT]}"
    if code in _TOO_LARGE:
        return RefusedError(said)
    advice = _ADVICE.get(status)
    return UnavailableError(f"{said} ({advice})" if advice else said)
