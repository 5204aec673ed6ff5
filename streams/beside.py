"""Topics that a step knows beside the one it reads: few records, joined as of their time.

Before a batch is worked on, everything that was logged beside it has been read, up to
``SETTLING_MS`` before the batch's newest message. An agent that counts nothing later than that
joins the same however often a batch is read again, because both times are the broker's.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import structlog
from tenacity import retry, retry_if_exception_type, wait_random_exponential

from connectors.message_log import Logged, MessageLog, Span
from connectors.outcome import UnavailableError
from schemas.batch import REACH_MS, SETTLING_MS, Origin, Raw, Records
from schemas.unframe import headers
from streams.reader import Reader
from streams.writers import UnresolvedError

log = structlog.get_logger(__name__)


class SharedLog:
    """One connection for all that is read beside; made when it is first needed."""

    def __init__(self, open_log: Callable[[], MessageLog]) -> None:
        self._open_log = open_log
        self._log: MessageLog | None = None
        self._turn = asyncio.Lock()

    async def read(
        self, topic: str, places: dict[int, int], *, since_ms: int
    ) -> list[list[Logged]]:
        """What lies in a topic from ``places`` on, by partition; moves the places on.

        A partition without a place is read from what was logged at ``since_ms``.
        """
        async with self._turn:
            return await asyncio.to_thread(self._read, topic, places, since_ms)

    def _read(self, topic: str, places: dict[int, int], since_ms: int) -> list[list[Logged]]:
        if self._log is None:
            self._log = self._open_log()
        now = self._log.span(topic, since_ms=None if places else since_ms)
        found = []
        for partition, (low, end) in now.bounds.items():
            place = places.get(partition, 0)
            # what is gone is gone; beyond the end it is another topic of the same name
            first = max(low, place) if place <= end else low
            found.append(list(self._log.read(Span(topic, {partition: (first, end)}))))
            places[partition] = end
        return found


@dataclass(slots=True)
class Beside:
    """What lies in one topic beside one partition of a step, read on as its batches come."""

    topic: str
    read: Reader
    log: SharedLog
    resolve: Callable[[set[bytes]], Awaitable[None]]
    _places: dict[int, int] = field(default_factory=dict, init=False)
    _known_ms: int = field(default=0, init=False)
    """Everything logged before this, less ``SETTLING_MS``, has been read."""

    async def news(self, origin: Origin) -> list[Records[Any]]:
        """What the agent has to learn before it works on a batch of this origin."""
        newest_ms = int(origin.logged_at.max())
        if newest_ms - SETTLING_MS <= self._known_ms:
            return []
        since_ms = int(origin.logged_at.min()) - REACH_MS
        found = [await self._records(logged) for logged in await self._logged(since_ms) if logged]
        self._known_ms = newest_ms
        return found

    @retry(
        retry=retry_if_exception_type(UnavailableError),
        wait=wait_random_exponential(multiplier=0.2, max=10.0),
        before_sleep=lambda state: log.warning(
            "topic beside away, waiting", reason=str(state.outcome and state.outcome.exception())
        ),
    )
    async def _logged(self, since_ms: int) -> list[list[Logged]]:
        return await self.log.read(self.topic, self._places, since_ms=since_ms)

    async def _records(self, logged: Sequence[Logged]) -> Records[Any]:
        raw = _raw(logged)
        while True:
            try:
                read = self.read(raw)
            except UnresolvedError:
                await self.resolve(headers(raw.values))
            else:
                break
        for aside in read.aside:
            offset = int(raw.origin.offsets[aside.row])
            log.warning(
                "unreadable beside, passed over",
                topic=self.topic,
                partition=raw.origin.partition,
                offset=offset,
                reason=aside.reason.value,
            )
        assert isinstance(read.batch, Records)
        return read.batch


def _raw(logged: Sequence[Logged]) -> Raw:
    return Raw(
        origin=Origin(
            topic=logged[0].topic,
            partition=logged[0].partition,
            offsets=np.array([each.offset for each in logged], np.int64),
            logged_at=np.array([each.logged_at for each in logged], np.int64),
        ),
        keys=[each.key for each in logged],
        values=[each.value for each in logged],
    )
