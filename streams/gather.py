"""Puts a partition's batches together for sinks that like large writes, e.g. of whole objects."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Protocol

from streams.transport import Fetched

Acknowledge = Callable[[], Any]


class Carrier(Protocol):
    """What takes batches on: a lane, or a gatherer in front of one."""

    async def carry(self, fetched: Fetched, acknowledge: Acknowledge) -> None:
        """Take a batch; acknowledge it when it is confirmed."""
        ...

    async def hurry(self) -> None:
        """See what is held back or under way to its end: a rebalance or a stop waits for it."""
        ...

    def let_go(self) -> None:
        """Drop what is held or under way."""
        ...

    @property
    def state_entries(self) -> int:
        """Entries remembered."""
        ...


class Gatherer:
    """Holds batches until they are large or old enough, then carries them on as one.

    What is held is not acknowledged, so a crash loses nothing of it.
    """

    def __init__(
        self,
        lane: Carrier,
        *,
        size_bytes: int,
        age_s: float,
        fail: Callable[[BaseException], None],
    ) -> None:
        self._lane = lane
        self._size_bytes = size_bytes
        self._age_s = age_s
        self._fail = fail
        self._held: list[tuple[Fetched, Acknowledge]] = []
        self._held_bytes = 0
        self._one_at_a_time = asyncio.Lock()
        self._timer: asyncio.Task[None] | None = None

    async def carry(self, fetched: Fetched, acknowledge: Acknowledge) -> None:
        """Hold the batch, and carry all on if that is enough."""
        self._held.append((fetched, acknowledge))
        self._held_bytes += sum(len(record.value or b"") for record in fetched.records)
        if self._held_bytes >= self._size_bytes:
            await self._carry_on()
        elif self._timer is None:
            self._timer = asyncio.create_task(self._wait())

    async def hurry(self) -> None:
        """Carry on what is held, and see it to its end."""
        await self._carry_on()
        await self._lane.hurry()

    async def _carry_on(self) -> None:
        async with self._one_at_a_time:
            held, self._held, self._held_bytes = self._held, [], 0
            if held:
                await self._lane.carry(*_joined(held))

    def let_go(self) -> None:
        """Drop what is held or under way."""
        if self._timer:
            self._timer.cancel()
        self._timer = None
        self._held, self._held_bytes = [], 0
        self._lane.let_go()

    @property
    def state_entries(self) -> int:
        """Entries that the lane remembers."""
        return self._lane.state_entries

    async def _wait(self) -> None:
        await asyncio.sleep(self._age_s)
        self._timer = None
        try:
            await self._carry_on()
        except Exception as error:  # noqa: BLE001  # a task's exception would wait to be looked at
            self._fail(error)


def _joined(held: list[tuple[Fetched, Acknowledge]]) -> tuple[Fetched, Acknowledge]:
    """The batches as one, whose acknowledgement is everybody's."""

    def acknowledge() -> None:
        for _, each in held:
            each()

    last = held[-1][0]
    records = [record for fetched, _ in held for record in fetched.records]
    return replace(last, records=records), acknowledge
