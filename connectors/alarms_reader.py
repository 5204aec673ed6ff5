"""Alarms read back from MongoDB: how they are, and what became of one."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from enum import StrEnum
from typing import Any

from pymongo import DESCENDING

from connectors.alarm_documents import ALARMS, CHANGES
from connectors.mongo import MongoSettings, answers, client
from schemas.alarms import AlarmChange, Level
from schemas.codec import from_data


class Standing(StrEnum):
    """Which alarms, by how they stand."""

    ACTIVE = "active"
    UNACKNOWLEDGED = "unacknowledged"
    """Active, and nobody has seen it."""

    SHELVED = "shelved"
    DISABLED = "disabled"
    CLEARED = "cleared"
    ALL = "all"


FILTERS: Mapping[Standing, Mapping[str, Any]] = {
    Standing.ACTIVE: {"active": True},
    Standing.UNACKNOWLEDGED: {"active": True, "acknowledged": False},
    Standing.SHELVED: {"shelved_until": {"$ne": None}},
    Standing.DISABLED: {"disabled": True},
    Standing.CLEARED: {"active": False},
    Standing.ALL: {},
}


class AlarmsReader:
    """Answers questions about alarms. Every method raises UnavailableError if MongoDB is away."""

    def __init__(self, settings: MongoSettings) -> None:
        self._client = client(settings)
        self._database = self._client[settings.database]

    def current(
        self,
        *,
        site: str | None = None,
        level: Level | None = None,
        standing: Standing = Standing.ACTIVE,
        limit: int = 100,
    ) -> list[AlarmChange]:
        """Alarms as they are now, the last changed first; ``level`` is the lowest asked for."""
        wanted = dict(FILTERS[standing])
        if site is not None:
            wanted["site"] = {"$eq": site}
        if level is not None:
            levels = list(Level)
            wanted["level"] = {"$in": [each.value for each in levels[levels.index(level) :]]}
        with answers():
            found = self._database[ALARMS].find(wanted).sort("at", DESCENDING).limit(limit)
            return [from_data(each, AlarmChange) for each in found]

    def one(self, alarm: str) -> AlarmChange | None:
        """How an alarm is now; None if it has never opened."""
        with answers():
            found = self._database[ALARMS].find_one({"_id": {"$eq": alarm}})
        return from_data(found, AlarmChange) if found else None

    def history(self, alarm: str, *, limit: int = 100) -> list[AlarmChange]:
        """The newest changes of an alarm, in the order in which they happened."""
        order = [("raised_at", DESCENDING), ("sequence", DESCENDING)]
        with answers():
            changes = self._database[CHANGES].find({"alarm": {"$eq": alarm}})
            found = list(changes.sort(order).limit(limit))
        return [from_data(each, AlarmChange) for each in reversed(found)]

    def ping(self) -> None:
        """Ask the server for a sign of life."""
        with answers():
            self._client.admin.command("ping")

    def close(self) -> None:
        """Close the connections."""
        self._client.close()


@contextmanager
def reading(settings: MongoSettings) -> Iterator[AlarmsReader]:
    """A reader that is closed in the end."""
    reader = AlarmsReader(settings)
    try:
        yield reader
    finally:
        reader.close()
