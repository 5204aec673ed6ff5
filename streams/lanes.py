"""All lanes of one step or drain, one for each partition that this worker has."""

import asyncio
from collections.abc import AsyncIterable, Callable
from functools import partial
from typing import Any

from faust.types import TP

from streams.gather import Gatherer
from streams.parts import Fetched


class Lanes:
    """The lanes: a batch goes to its partition's, and a rebalance clears them."""

    def __init__(
        self,
        open_lane: Callable[[int], Gatherer],
        *,
        assigned: Callable[[], set[TP]],
        fail: Callable[[BaseException], None],
    ) -> None:
        self._open_lane = open_lane
        self._assigned = assigned
        self._fail = fail
        self._lanes: dict[TP, Gatherer] = {}
        self._ticks: dict[TP, asyncio.Task[None]] = {}
        self._generation: int | None = None

    async def run(self, events: AsyncIterable[Any]) -> None:
        """Give every event's batch to its lane, for as long as there are events."""
        async for event in events:
            fetched: Fetched = event.value
            if fetched.generation != self._generation:
                self._rebalanced(fetched.generation)
            lane = self._lanes.get(fetched.tp)
            if lane is None:
                lane = self._lanes[fetched.tp] = self._open_lane(fetched.tp.partition)
            lane.hold(fetched, event.ack)

    def full(self) -> set[TP]:
        """Partitions of which enough waits already."""
        return {tp for tp, lane in self._lanes.items() if lane.full}

    def tick(self, now_ms: int) -> None:
        """Let every lane do what is due by the clock, as soon as it can; not others' ones."""
        assigned = self._assigned()
        for tp, lane in self._lanes.items():
            if tp in assigned and tp not in self._ticks:
                task = self._ticks[tp] = asyncio.create_task(lane.tick(now_ms))
                task.add_done_callback(partial(self._ticked, tp))

    def _ticked(self, tp: TP, task: asyncio.Task[None]) -> None:
        del self._ticks[tp]
        if not task.cancelled() and (error := task.exception()):
            self._fail(error)

    async def hurry(self) -> None:
        """See what is held back or under way to its confirmation."""
        await asyncio.gather(*[lane.hurry() for lane in self._lanes.values()])

    @property
    def state_entries(self) -> int:
        """Entries that all lanes remember."""
        return sum(lane.state_entries for lane in self._lanes.values())

    def _rebalanced(self, generation: int) -> None:
        """Drop what was under way; forget the partitions that others have now."""
        self._generation = generation
        kept = self._assigned()
        for tp, lane in list(self._lanes.items()):
            lane.let_go()
            if tp not in kept or lane.remembers:
                del self._lanes[tp]
