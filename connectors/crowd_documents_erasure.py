"""Windows of crowds that have to go from MongoDB, and names that have to go from windows."""

import asyncio
from collections.abc import Collection
from typing import Any

from connectors.crowd_documents import DEMOGRAPHICS, time_of
from connectors.mongo import Document, MongoSettings, answers, client
from schemas.erasures import Erasure

NAMES, TOTAL = "IdentifiedPersonsIds", "TotalIdentifiedPersons"


class CrowdDocuments:
    """A camera's windows, those that were over before a time, or those that name somebody.

    A whole site's windows are counts of people whom they do not tell apart by camera: they stay
    when a camera is erased, as windows stay when a person is, without the name.
    """

    name = f"mongodb {DEMOGRAPHICS}"

    def __init__(self, settings: MongoSettings, asked: Erasure, names: Collection[str]) -> None:
        self._client, self._database = client(settings), settings.database
        self._asked, self._names = asked, set(names)

    async def count(self) -> int:
        """How many windows are concerned.

        Raises:
            UnavailableError: MongoDB is away, or does not let us.

        """
        return await asyncio.to_thread(lambda: len(self._found()))

    async def remove(self) -> None:
        """Delete them; take a person's names out of them.

        Raises:
            UnavailableError: MongoDB is away, or does not let us.

        """
        await asyncio.to_thread(self._remove)

    def _found(self) -> list[Document]:
        with answers():
            windows = self._client[self._database][DEMOGRAPHICS]
            return list(windows.find(self._filter(), {"_id": 1, NAMES: 1}))

    def _filter(self) -> Document:
        wanted: dict[str, Any] = {"Site": self._asked.site}
        if self._asked.camera is not None:
            return wanted | {"DeviceId": self._asked.camera}
        if self._asked.before is not None:
            return wanted | {"WindowEnd": {"$lte": time_of(self._asked.before)}}
        return wanted | {NAMES: {"$in": sorted(self._names)}}

    def _remove(self) -> None:
        found = self._found()
        with answers():
            windows = self._client[self._database][DEMOGRAPHICS]
            for each in found:
                key = {"_id": each["_id"]}
                if self._asked.person is None:
                    windows.delete_one(key)
                    continue
                kept = [name for name in each[NAMES] if name not in self._names]
                windows.update_one(key, {"$set": {NAMES: kept, TOTAL: len(kept)}})
