"""Work of a step whose agent remembers its partition across restarts.

What the agent knows after a batch is kept from time to time, with the offset it belongs to, and
only then are the batches up to there acknowledged. A restart begins with the newest snapshot and
reads again what came after it, so the agent says the same again, number for number.

What it says by the clock no batch brings again: that is kept in an outbox before it is sent.

What lies beside (``streams.beside``) is learnt by the clock too, and then both slots of the memory
are written at once: what the agent was told to forget is in neither.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

import numpy as np
import structlog

from schemas.batch import Origin, Raw
from streams.memory import Memory, Snapshot
from streams.outbox import Said, outbox
from streams.settle import part
from streams.stage import Result
from streams.work import Outcome, StepWork

log = structlog.get_logger(__name__)


class Remembering(Protocol):
    """An agent with a memory."""

    def save(self) -> bytes:
        """Everything it knows."""
        ...

    def load(self, data: bytes) -> None:
        """Know what an agent knew when it gave this; called on a fresh agent."""
        ...


@runtime_checkable
class Ticking(Protocol):
    """An agent with something to say when time passes, and not only when a batch comes."""

    def tick(self, now_ms: int) -> Iterable[Any]:
        """What is due at this time."""
        ...


@dataclass(frozen=True, slots=True)
class Begun:
    """The computed half of a batch, and what the agent knew after it, if that is to be kept."""

    result: Result
    snapshot: Snapshot | None


@dataclass(slots=True)
class RememberingWork:
    """A step's work on one partition, with snapshots."""

    step: StepWork
    memory: Memory
    every_s: float
    clock: Callable[[], float] = time.monotonic
    remembers: bool = field(default=True, init=False)
    _last: tuple[int, int] | None = field(default=None, init=False)
    """Offset and timestamp of the last message that the agent knows."""

    _kept_at: float = field(default=0.0, init=False)
    _learnt: bool = field(default=False, init=False)
    """Whether the agent learnt something that is in no snapshot."""

    _outbox: bool = field(default=False, init=False)
    """Whether the newest snapshot has one."""

    async def open(self) -> None:
        """Give the agent what it knew; send again what may not have been sent."""
        snapshot = await self.memory.recall()
        self._kept_at = self.clock()
        if snapshot:
            self.step.agent.load(snapshot.data)  # type: ignore[attr-defined]  # a Remembering one
            self._last = snapshot.offset, snapshot.logged_at
            step, offset = self.step.stage.name, snapshot.offset
            log.info("memory back", step=step, partition=self.memory.partition, offset=offset)
            self._outbox = bool(snapshot.said)
            await self.step.say(snapshot.said)
            await self._learn(snapshot.logged_at, self.step.now_ms())

    async def prepare(self, raw: Raw) -> None:
        """As the step."""
        self._learnt |= await self.step.learn(raw.origin)
        await self.step.prepare(raw)

    def begin(self, raw: Raw) -> Begun:
        """Decode, run the agent on what it does not know yet, encode."""
        news = self._news(raw)
        result = self.step.begin(news) if news.values else Result()
        offset, logged_at = int(raw.origin.offsets[-1]), int(raw.origin.logged_at[-1])
        if self._last is None or offset > self._last[0]:
            self._last = offset, logged_at
        return Begun(result, self._snapshot() if self.due else None)

    async def finish(self, raw: Raw, begun: Begun) -> Outcome:
        """Send; then keep the snapshot, which lets the batches up to here be acknowledged."""
        outcome = await self.step.finish(raw, begun.result)
        if begun.snapshot:
            await self.memory.keep(begun.snapshot)
        outcome.held = begun.snapshot is None
        return outcome

    @property
    def due(self) -> bool:
        """Whether it is time for a snapshot."""
        return self.clock() >= self._kept_at + self.every_s

    async def keep(self) -> None:
        """Keep what the agent knows now; nothing may be under way."""
        await self._keep()

    async def tick(self, now_ms: int) -> None:
        """Send what the agent has to say at this time; nothing may be under way.

        An outbox that was sent is not kept for long: a restart days later would send it again.
        """
        await self._learn(now_ms)
        if said := self._said(now_ms):
            await self._keep(said)
            await self.step.say(said)
        elif self._outbox and self.due:
            await self._keep()
        if self._learnt:
            for _ in range(2):  # both slots, and neither with an outbox
                await self._keep()
            self._learnt = False

    @property
    def state_entries(self) -> int:
        """Entries that the agent remembers."""
        return self.step.state_entries

    async def _learn(self, *times_ms: int) -> None:
        """Learn what lies beside as of these times."""
        if self.step.beside:
            origin = Origin(
                topic="",
                partition=self.memory.partition,
                offsets=np.arange(len(times_ms), dtype=np.int64),
                logged_at=np.array(times_ms, np.int64),
            )
            self._learnt |= await self.step.learn(origin)

    async def _keep(self, said: tuple[Said, ...] = ()) -> None:
        if snapshot := self._snapshot(said):
            await self.memory.keep(snapshot)

    def _said(self, now_ms: int) -> tuple[Said, ...]:
        """What the agent says at this time."""
        if not isinstance(self.step.agent, Ticking):
            return ()
        result, _ = self.step.stage.said(self.step.agent.tick(now_ms))
        return outbox(result.messages)

    def _snapshot(self, said: tuple[Said, ...] = ()) -> Snapshot | None:
        if self._last is None:
            return None
        self._outbox = bool(said)
        if not said:
            # else one that says something at every tick would hold its batches for ever
            self._kept_at = self.clock()
        return Snapshot(*self._last, self.step.agent.save(), said)  # type: ignore[attr-defined]  # a Remembering one

    def _news(self, raw: Raw) -> Raw:
        """The messages that the agent does not know."""
        offsets, logged_at = raw.origin.offsets, raw.origin.logged_at
        if self._last is None or offsets[0] > self._last[0]:
            return raw
        offset, known_at = self._last
        known = int((offsets <= offset).sum())
        if int(logged_at[known - 1]) > known_at:
            # the broker stamps its clock: these are other messages than those it knows
            log.warning("topic made anew, its old offsets mean nothing", topic=raw.origin.topic)
            self._last = None
            return raw
        news: Any = part(raw, known, len(offsets))
        assert isinstance(news, Raw)
        return news
