"""The object store's answers: wait, or set aside."""

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from pydantic import ValidationError

from connectors.object_store import ObjectStoreSettings, answers, client, create_bucket, failure
from connectors.outcome import RefusedError, UnavailableError


def answer(status: int, code: str) -> ClientError:
    return ClientError(
        {
            "Error": {"Code": code, "Message": "said"},
            "ResponseMetadata": {"HTTPStatusCode": status},  # type: ignore[typeddict-item]  # what matters of it
        },
        "PutObject",
    )


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (403, "SignatureDoesNotMatch"),
        (404, "NoSuchBucket"),
        (400, "RequestTimeout"),
        (429, "TooManyRequests"),
        (500, "InternalError"),
        (503, "SlowDown"),
        (507, "InsufficientStorage"),
    ],
)
def test_what_time_or_an_operator_can_mend_is_waited_for(status: int, code: str) -> None:
    assert isinstance(failure(answer(status, code)), UnavailableError)


@pytest.mark.parametrize(("status", "code"), [(400, "EntityTooLarge"), (413, "413")])
def test_only_what_is_too_large_is_refused(status: int, code: str) -> None:
    assert isinstance(failure(answer(status, code)), RefusedError)


def test_a_message_says_what_an_operator_can_do() -> None:
    assert "ENGAWA_S3__SECRET_KEY" in str(failure(answer(403, "SignatureDoesNotMatch")))
    assert "start the worker again" in str(failure(answer(404, "NoSuchBucket")))


def test_a_store_that_is_away_is_waited_for() -> None:
    with pytest.raises(UnavailableError, match="away"), answers():
        raise EndpointConnectionError(endpoint_url="http://127.0.0.1:9")


def test_a_bug_is_not_taken_for_a_store_that_is_away() -> None:
    with pytest.raises(KeyError), answers():
        raise KeyError("bug")


@pytest.mark.parametrize("bucket", ["", "A", "a/b", "ab", "x" * 64])
def test_a_bucket_is_called_by_a_plain_name(bucket: str) -> None:
    with pytest.raises(ValidationError, match="bucket"):
        ObjectStoreSettings(bucket=bucket)


def test_the_keys_stay_out_of_what_is_printed(s3_free: ObjectStoreSettings) -> None:
    assert "hunter2" not in repr(s3_free)


def test_nobody_listening_is_waited_for(s3_free: ObjectStoreSettings) -> None:
    with pytest.raises(UnavailableError):
        create_bucket(client(s3_free), "engawa-archive")


@pytest.fixture
def s3_free() -> ObjectStoreSettings:
    """A store where nobody listens."""
    return ObjectStoreSettings.model_validate(
        {"endpoint_url": "http://127.0.0.1:9", "access_key": "a", "secret_key": "hunter2"}
    )


@pytest.mark.integration
def test_a_bucket_is_made_once_and_wrong_keys_are_waited_for(
    s3_settings: ObjectStoreSettings,
) -> None:
    s3 = client(s3_settings)
    create_bucket(s3, "test-once")
    create_bucket(s3, "test-once")
    wrong = client(s3_settings.model_copy(update={"secret_key": s3_settings.access_key}))

    with pytest.raises(UnavailableError, match="ENGAWA_S3__SECRET_KEY"):
        create_bucket(wrong, "test-once")
