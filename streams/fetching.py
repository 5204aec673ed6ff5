"""What records only refer to, brought in after a batch is read and before its agent sees it.

So an agent stays a function of its batch, and knows no server. References are followed while the
batch is prepared, which may wait; reading the batch then finds them followed.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type

from connectors.outcome import RefusedError, UnavailableError
from schemas.batch import Raw, Records
from schemas.reasons import DETAIL_LIMIT, SetAside
from schemas.unframe import headers
from streams.reader import Read, Reader
from streams.settle import PAUSE, error_of
from streams.writers import UnresolvedError

Fetch = Callable[[Any], Awaitable[Any]]
"""Gives a record with what it refers to, and one that refers to nothing as it is.

``RefusedError`` sets the record aside; ``UnavailableError`` means that it is to be asked again.
"""


@dataclass(slots=True)
class Fetching:
    """The reader of one partition whose records refer to something; they are ``Records``."""

    read: Reader
    fetch: Fetch
    resolve: Callable[[set[bytes]], Awaitable[None]]
    on_wait: Callable[[UnavailableError], None]
    on_found: Callable[[], None]
    _found: dict[int, Any] = field(default_factory=dict, init=False)
    """By offset: the record as its agent will see it, or why it is set aside."""

    async def prepare(self, raw: Raw) -> None:
        """Fetch what the records of a batch refer to, however long their store is away."""
        batch = (await self._read(raw)).batch
        assert isinstance(batch, Records)
        assert batch.origin is not None
        found = await asyncio.gather(*map(self._fetched, batch.rows))
        self._found = dict(zip(batch.origin.offsets.tolist(), found, strict=True))

    def __call__(self, raw: Raw) -> Read:
        """Decode messages of the batch that was prepared last, or of a part of it, once."""
        read = self.read(raw)
        assert isinstance(read.batch, Records)
        assert read.batch.origin is not None
        records, kept, aside = [], [], list(read.aside)
        rows = range(read.size) if read.rows is None else read.rows
        for row, offset in zip(rows, read.batch.origin.offsets.tolist(), strict=True):
            found = self._found.pop(offset)  # pictures are large
            if isinstance(found, RefusedError):
                aside.append(SetAside(row, found.reason, str(found)[:DETAIL_LIMIT]))
            else:
                records.append(found)
                kept.append(row)
        batch = Records(record=read.batch.record, rows=records, origin=raw.origin.pick(kept))
        return Read(batch, len(records), kept, aside)

    async def _read(self, raw: Raw) -> Read:
        while True:
            try:
                return self.read(raw)
            except UnresolvedError:
                await self.resolve(headers(raw.values))

    async def _fetched(self, record: Any) -> Any:
        waited = False

        def wait(state: RetryCallState) -> None:
            nonlocal waited
            waited = True
            self.on_wait(error_of(state))

        patiently = AsyncRetrying(
            retry=retry_if_exception_type(UnavailableError), wait=PAUSE, before_sleep=wait
        )
        found: Any
        try:
            found = await patiently(self.fetch, record)
        except RefusedError as error:
            found = error
        if waited:
            self.on_found()
        return found
