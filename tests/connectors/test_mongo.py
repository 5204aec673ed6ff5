"""MongoDB's address and answers, without a server."""

import pytest
from pydantic import SecretStr, ValidationError
from pymongo.errors import (
    BulkWriteError,
    DocumentTooLarge,
    OperationFailure,
    ServerSelectionTimeoutError,
)

from connectors.mongo import MongoSettings, answers
from connectors.outcome import RefusedError, UnavailableError


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (OperationFailure("unauthorized", 13), UnavailableError),
        (OperationFailure("authentication failed", 18), UnavailableError),
        (OperationFailure("document failed validation", 121), RefusedError),
        (ServerSelectionTimeoutError("nobody"), UnavailableError),
        (DocumentTooLarge("too large"), RefusedError),
        (BulkWriteError({"writeErrors": [{"code": 121, "errmsg": "no"}]}), RefusedError),
        (BulkWriteError({"writeErrors": [{"code": 11000, "errmsg": "race"}]}), UnavailableError),
        (BulkWriteError({"writeErrors": []}), UnavailableError),
    ],
)
def test_each_answer_is_waited_for_or_refused(answer: Exception, error: type[Exception]) -> None:
    with pytest.raises(error), answers():
        raise answer


@pytest.mark.parametrize(
    "url", ["", "http://x", "mongodb://", "mongodb://u:secret@h:port", "mongodb://u:sec/ret@h"]
)
def test_a_url_that_is_none_is_refused_without_being_repeated(url: str) -> None:
    with pytest.raises(ValidationError) as caught:
        MongoSettings(url=SecretStr(url))
    assert "sec" not in str(caught.value)
