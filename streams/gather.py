"""What waits before a lane: a partition's batches, put together for sinks that like large writes.

Whoever brings a batch never waits here, so a partition that stands still, e.g. because its store
is away, holds up no other. Instead a gatherer says when it is full, and then its partition is not
read any further.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, Protocol

from schemas.topic import MEBIBYTE
from streams.parts import Fetched

Acknowledge = Callable[[], Any]


class Carrier(Protocol):
    """What takes a batch on: a lane."""

    async def carry(self, fetched: Fetched, acknowledge: Acknowledge) -> None:
        """Take a batch, as soon as there is room; acknowledge it when it is confirmed."""
        ...

    async def hurry(self) -> None:
        """See what is under way to its end: a rebalance or a stop waits for it."""
        ...

    def let_go(self) -> None:
        """Drop what is under way."""
        ...

    async def tick(self, now_ms: int) -> None:
        """Do what is due by the clock."""
        ...

    @property
    def remembers(self) -> bool:
        """Whether a rebalance makes it begin anew."""
        ...

    @property
    def state_entries(self) -> int:
        """Entries remembered."""
        ...


@dataclass(frozen=True, slots=True)
class Gathering:
    """How batches are put together."""

    size_bytes: int = MEBIBYTE
    """Enough to be carried on at once. What waits longer, for a lane that is busy, is put together
    up to this size too."""

    age_s: float = 0.0
    """How long less than that may be held."""

    batches: int = 2
    """Batches that may wait, if that is more than ``size_bytes``."""


class Gatherer:
    """Holds batches until they are large or old enough, then carries them on as one.

    What is held is not acknowledged, so a crash loses nothing of it.
    """

    def __init__(
        self, lane: Carrier, gathering: Gathering, *, fail: Callable[[BaseException], None]
    ) -> None:
        self._lane = lane
        self._gathering = gathering
        self._fail = fail
        self._held: deque[tuple[Fetched, Acknowledge, int]] = deque()
        self._held_bytes = 0
        self._enough = asyncio.Event()
        self._carrying: asyncio.Task[None] | None = None

    def hold(self, fetched: Fetched, acknowledge: Acknowledge) -> None:
        """Hold the batch; it is carried on when that is enough."""
        size = fetched.messages.size_bytes
        self._held.append((fetched, acknowledge, size))
        self._held_bytes += size
        if self._held_bytes >= self._gathering.size_bytes:
            self._enough.set()
        if self._carrying is None:
            self._carrying = asyncio.create_task(self._carry())

    @property
    def full(self) -> bool:
        """Whether no more of its partition should be read for now."""
        enough = self._held_bytes >= self._gathering.size_bytes
        return enough and len(self._held) >= self._gathering.batches

    async def hurry(self) -> None:
        """Carry on what is held, and see it to its end."""
        while self._carrying:
            self._enough.set()
            await asyncio.wait([self._carrying])
        await self._lane.hurry()

    def let_go(self) -> None:
        """Drop what is held or under way: it stays unacknowledged and will be read again."""
        if self._carrying:
            self._carrying.cancel()
        self._carrying = None
        self._held.clear()
        self._held_bytes = 0
        self._lane.let_go()

    async def tick(self, now_ms: int) -> None:
        """Do what is due by the clock."""
        await self._lane.tick(now_ms)

    @property
    def remembers(self) -> bool:
        """Whether a rebalance makes the lane begin anew."""
        return self._lane.remembers

    @property
    def state_entries(self) -> int:
        """Entries that the lane remembers."""
        return self._lane.state_entries

    async def _carry(self) -> None:
        try:
            while self._held:
                await self._wait_for_enough()
                await self._lane.carry(*self._next())
        except Exception as error:  # noqa: BLE001  # a task's exception would wait to be looked at
            self._fail(error)
        self._carrying = None

    async def _wait_for_enough(self) -> None:
        if self._gathering.age_s and self._held_bytes < self._gathering.size_bytes:
            self._enough.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._enough.wait(), self._gathering.age_s)

    def _next(self) -> tuple[Fetched, Acknowledge]:
        """The oldest batches, up to the size, as one whose acknowledgement is everybody's."""
        fetched, acknowledge, size = self._held.popleft()
        messages, acknowledges = fetched.messages, [acknowledge]
        while self._held and size < self._gathering.size_bytes:
            fetched, acknowledge, more = self._held.popleft()
            messages.extend(fetched.messages)
            acknowledges.append(acknowledge)
            size += more
        self._held_bytes -= size

        def acknowledge_all() -> None:
            for each in acknowledges:
                each()

        return replace(fetched, messages=messages), acknowledge_all
