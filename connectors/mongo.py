"""Alarms to MongoDB: how each is now, and everything that became of it.

Two collections: ``alarms``, one document for each key, its newest change; and ``alarm_changes``,
one for each change. Ids come from the alarms, so writing twice changes nothing, and an older
change never stands in place of a newer one. Only what every server that speaks MongoDB's protocol
does alike is used: upserts in bulk, plain filters, sorting.
"""

import asyncio
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from bson.errors import BSONError
from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator
from pymongo import ASCENDING, DESCENDING, MongoClient, UpdateOne
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
from models.alarms.order import newest, order
from schemas.alarms import AlarmChange
from schemas.batch import Records
from schemas.codec import to_data

ALARMS, CHANGES = "alarms", "alarm_changes"

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


class AlarmsSink:
    """Writes changes of alarms."""

    def __init__(self, settings: MongoSettings) -> None:
        self._settings = settings
        self._client = client(settings)

    async def prepare(self) -> None:
        """Create the indexes.

        Raises:
            UnavailableError: MongoDB is away, or does not let us.

        """
        await asyncio.to_thread(self._prepare)

    async def write(self, batch: Records[AlarmChange]) -> None:
        """Keep every change, and how each alarm is after them.

        Raises:
            UnavailableError: MongoDB cannot take them now.
            RefusedError: it will never take some of them.

        """
        if batch.rows:
            await asyncio.to_thread(self._write, batch.rows)

    async def close(self) -> None:
        """Close the connections."""
        await asyncio.to_thread(self._client.close)

    def _prepare(self) -> None:
        with answers():
            database = self._client[self._settings.database]
            database[CHANGES].create_index([("alarm", ASCENDING), ("raised_at", DESCENDING)])
            database[ALARMS].create_index([("active", ASCENDING), ("at", DESCENDING)])

    def _write(self, changes: Iterable[AlarmChange]) -> None:
        with answers():
            database = self._client[self._settings.database]
            database[CHANGES].bulk_write([_in_history(each) for each in changes], ordered=False)
            current = [each for change in newest(changes) for each in _as_current(change)]
            if current:
                database[ALARMS].bulk_write(current, ordered=True)


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


def _in_history(change: AlarmChange) -> UpdateOne:
    made = {"_id": f"{change.alarm_id}#{change.sequence}"}
    return UpdateOne(made, {"$set": to_data(change)}, upsert=True)


def _as_current(change: AlarmChange) -> tuple[UpdateOne, UpdateOne]:
    """Insert it where there is none; then put it in place of an older one."""
    document, key = to_data(change), {"_id": change.alarm}
    raised_at, sequence = order(change)
    older = [
        {"raised_at": {"$lt": raised_at}},
        {"raised_at": raised_at, "sequence": {"$lt": sequence}},
    ]
    return (
        UpdateOne(key, {"$setOnInsert": document}, upsert=True),
        UpdateOne({**key, "$or": older}, {"$set": document}),
    )


def _failure(errors: Iterable[Any], error: Exception) -> Exception:
    if any(each.get("code") in REFUSALS for each in errors):
        return RefusedError(f"MongoDB refused it: {_short(error)}")
    return UnavailableError(f"MongoDB could not take it: {_short(error)}")


def _short(error: Exception) -> str:
    if isinstance(error, BulkWriteError):
        said = [f"{each['code']}: {each['errmsg']}" for each in error.details["writeErrors"]]
        return "; ".join(said)[:_TEXT_LIMIT]
    return str(error)[:_TEXT_LIMIT]
