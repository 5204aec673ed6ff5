"""A lane carries the batches of one partition through one step or drain, in order.

While a batch waits for its confirmation the next is already worked on. A batch is acknowledged
when all that came of it is confirmed. Nothing is caught here but what is waited for: any other
exception is a bug, and it ends the worker with the batch not acknowledged.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

from schemas.batch import Raw
from schemas.unframe import headers
from streams.observer import Observer
from streams.parts import Fetched, parts_of, raw_of
from streams.work import Work
from streams.writers import UnresolvedError

BEHIND_S = 5.0
"""How long after a batch the rest of the log is waited for. It may hold nothing but the marks of
transactions, which nobody is given."""


class Lane:
    """Takes batches one by one; acknowledges each when it is confirmed."""

    remembers: bool
    """Whether its work is ahead of what is acknowledged: then a rebalance makes it begin anew."""

    def __init__(
        self,
        work: Work,
        observer: Observer,
        *,
        resolve: Callable[[set[bytes]], Awaitable[None]],
        fail: Callable[[BaseException], None],
        at_once: int | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._work = work
        self.remembers = work.remembers
        self._observer = observer
        self._resolve = resolve
        self._fail = fail
        self._at_once = at_once
        self._clock = clock
        self._confirming: asyncio.Task[None] | None = None
        self._turn = asyncio.Lock()
        self._open = False
        self._behind_until = float("-inf")
        """While more is known to lie in the log, and to come soon, no clock ticks."""

        self._held: list[Callable[[], Any]] = []
        """Acknowledgements of confirmed batches that the work has to keep first."""

    async def carry(self, fetched: Fetched, acknowledge: Callable[[], Any]) -> None:
        """Work on a batch, then see it to its confirmation while the next is worked on.

        One of more messages than may be worked on at once is taken part by part, each as if it
        were a batch; it is acknowledged with the last.
        """
        async with self._turn:
            if not self._open:
                await self._work.open()
                self._open = True
            behind = fetched.messages.offsets[-1] + 1 < (fetched.highwater or 0)
            *parts, last = parts_of(raw_of(fetched), self._at_once)
            for some in parts:
                await self._carry(fetched, some, _nothing)
            await self._carry(fetched, last, acknowledge)
            self._behind_until = self._clock() + BEHIND_S if behind else float("-inf")

    async def _carry(self, fetched: Fetched, raw: Raw, acknowledge: Callable[[], Any]) -> None:
        await self._work.prepare(raw)
        begun = await self._begin(raw)
        if before := self._confirming:
            # not awaited itself: who carries may be cancelled while the writing goes on
            await asyncio.wait([before])
            before.result()
        self._confirming = asyncio.create_task(self._confirm(fetched, raw, begun, acknowledge))
        self._confirming.add_done_callback(self._ended)
        await asyncio.sleep(0)  # let it begin before the next batch takes the processor

    async def hurry(self) -> None:
        """Return when what is under way is confirmed and acknowledged, or has failed."""
        async with self._turn:
            if self._confirming:
                await asyncio.wait([self._confirming])
            await self._release()

    async def tick(self, now_ms: int) -> None:
        """Let the work do what is due by the clock, between two batches.

        Not while it is behind: what is waiting in the log would be taken for silence.
        """
        async with self._turn:
            if not self._open or self._clock() < self._behind_until:
                return
            if before := self._confirming:
                await asyncio.wait([before])
                if before.cancelled() or before.exception():
                    return
            await self._work.tick(now_ms)
            if self._work.due:
                await self._release()

    def let_go(self) -> None:
        """Drop what is under way: it stays unacknowledged and will be read again."""
        self._held.clear()
        if self._confirming:
            self._confirming.cancel()
            self._confirming = None

    @property
    def state_entries(self) -> int:
        """Entries that the lane's work remembers."""
        return self._work.state_entries

    async def _release(self) -> None:
        """Have the work keep what is held, and acknowledge it."""
        if self._held:
            await self._work.keep()
            self._acknowledge_held()

    def _acknowledge_held(self) -> None:
        held, self._held = self._held, []
        for acknowledge in held:
            acknowledge()

    async def _begin(self, raw: Raw) -> Any:
        while True:
            try:
                with self._observer.working():
                    return self._work.begin(raw)
            except UnresolvedError:
                await self._resolve(headers(raw.values))

    async def _confirm(
        self, fetched: Fetched, raw: Raw, begun: Any, acknowledge: Callable[[], Any]
    ) -> None:
        with self._observer.writing():
            outcome = await self._work.finish(raw, begun)
        self._held.append(acknowledge)
        if not outcome.held:
            self._acknowledge_held()
        self._observer.finished(fetched, raw, outcome)

    def _ended(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()):
            self._fail(error)


def _nothing() -> None:
    """Acknowledge nothing yet."""
