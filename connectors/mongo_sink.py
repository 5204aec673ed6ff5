"""What every sink of MongoDB does: indexes once, then the updates of each batch."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pymongo import UpdateOne

from connectors.mongo import MongoSettings, answers, client

Index = Sequence[tuple[str, int]]
"""Fields and their directions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Updates:
    """What is written to one collection at once."""

    collection: str
    operations: Sequence[UpdateOne]
    ordered: bool = True
    """Whether each waits for the one before, and is not done if that one fails."""


class MongoSink:
    """Writes to one database."""

    def __init__(self, settings: MongoSettings, indexes: Mapping[str, Index]) -> None:
        self._client = client(settings)
        self._database = self._client[settings.database]
        self._indexes = indexes

    async def prepare(self) -> None:
        """Create the index of each collection.

        Raises:
            UnavailableError: MongoDB is away, or does not let us.

        """
        await asyncio.to_thread(self._prepare)

    async def put(self, updates: Iterable[Updates]) -> None:
        """Write collection after collection; what to write is made in a thread, as it is needed.

        Raises:
            UnavailableError: MongoDB cannot take them now.
            RefusedError: it will never take some of them.

        """
        await asyncio.to_thread(self._put, updates)

    async def close(self) -> None:
        """Close the connections."""
        await asyncio.to_thread(self._client.close)

    def _prepare(self) -> None:
        with answers():
            for name, index in self._indexes.items():
                self._database[name].create_index(index)

    def _put(self, updates: Iterable[Updates]) -> None:
        with answers():
            for each in updates:
                if each.operations:
                    collection = self._database[each.collection]
                    collection.bulk_write(each.operations, ordered=each.ordered)
