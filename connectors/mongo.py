"""MongoDB: where it is, a client of it, and what its answers mean."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from bson.errors import BSONError
from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator
from pymongo import MongoClient
from pymongo.errors import (
    BulkWriteError,
    ConfigurationError,
    ConnectionFailure,
    DocumentTooLarge,
    OperationFailure,
    PyMongoError,
)
from pymongo.uri_parser import parse_uri

from connectors.outcome import RefusedError, UnavailableError

Document = dict[str, Any]
Client = MongoClient[Document]

REFUSALS = frozenset({2, 121, 10334, 17280})
"""Codes that speak of the document itself: BadValue, DocumentValidationFailure, BSONObjectTooLarge,
KeyTooLong.
https://github.com/mongodb/mongo/blob/v8.0/src/mongo/base/error_codes.yml"""

_TEXT_LIMIT = 300


class MongoSettings(BaseModel):
    """Where MongoDB is."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    url: SecretStr = SecretStr("mongodb://127.0.0.1:27017")
    """``mongodb://`` or ``mongodb+srv://``; it may hold a user and a password."""

    database: str = Field(default="engawa", pattern=r"^[A-Za-z0-9_-]{1,38}$")
    timeout_s: float = Field(default=10.0, gt=0, le=300)

    @field_validator("url")
    @classmethod
    def _is_one(cls, url: SecretStr) -> SecretStr:
        text = url.get_secret_value()
        if not text.startswith(("mongodb://", "mongodb+srv://")):
            raise ValueError("it begins with mongodb:// or mongodb+srv://")
        try:
            if text.startswith("mongodb://"):  # the other kind asks the network
                parse_uri(text)
        except (ConfigurationError, ValueError):
            # the parser's own words may hold the password
            raise ValueError("MongoDB's client cannot read it") from None
        return url


def client(settings: MongoSettings) -> Client:
    """A client that tries once: whoever calls decides how long to wait. Connects later."""
    timeout_ms = round(settings.timeout_s * 1000)
    return MongoClient(
        settings.url.get_secret_value(),
        serverSelectionTimeoutMS=timeout_ms,
        connectTimeoutMS=timeout_ms,
        socketTimeoutMS=timeout_ms,
        retryWrites=False,
        retryReads=False,
        connect=False,
    )


@contextmanager
def answers() -> Iterator[None]:
    """Turn what MongoDB says into what it means: wait, or set aside."""
    try:
        yield
    except (BSONError, DocumentTooLarge, OverflowError) as error:
        raise RefusedError(f"MongoDB cannot hold it: {_short(error)}") from error
    except BulkWriteError as error:
        raise _failure(error.details.get("writeErrors", ()), error) from error
    except ConnectionFailure as error:
        raise UnavailableError(f"MongoDB is away: {_short(error)}") from error
    except OperationFailure as error:
        raise _failure([{"code": error.code}], error) from error
    except PyMongoError as error:
        raise UnavailableError(f"MongoDB could not: {_short(error)}") from error


def _failure(errors: Iterable[Any], error: Exception) -> Exception:
    if any(each.get("code") in REFUSALS for each in errors):
        return RefusedError(f"MongoDB refused it: {_short(error)}")
    return UnavailableError(f"MongoDB could not take it: {_short(error)}")


def _short(error: Exception) -> str:
    if isinstance(error, BulkWriteError):
        said = [f"{each['code']}: {each['errmsg']}" for each in error.details["writeErrors"]]
        return "; ".join(said)[:_TEXT_LIMIT]
    return str(error)[:_TEXT_LIMIT]
