"""Work on a batch: a step's, which ends in topics; a drain's is in ``streams.drain_work``.

Each has a first half, ``begin``, that only computes, and a second, ``finish``, that waits until
everything is confirmed. A lane overlaps one batch's second half with the next one's first.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Protocol

import structlog

from connectors.outgoing import Refusal
from connectors.producer import BatchProducer
from schemas.batch import Origin, Raw
from schemas.reasons import DETAIL_LIMIT, Reason
from schemas.records import DeadLetter
from streams.beside import Beside
from streams.fetching import Fetching
from streams.outbox import Said, batches
from streams.stage import Agent, Result, Stage

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Outcome:
    """How a batch ended: records confirmed, and records set aside by reason."""

    sent: int = 0
    aside: Counter[str] = field(default_factory=Counter)
    held: bool = False
    """Whether it may only be acknowledged with a later batch, or after ``keep``."""


class Work(Protocol):
    """What a lane does with each batch of its partition."""

    remembers: bool
    """Whether what it knows has to be put back when batches are read again."""

    async def open(self) -> None:
        """Get ready, before the first batch."""
        ...

    async def prepare(self, raw: Raw) -> None:
        """Find what is needed to work on this batch."""
        ...

    def begin(self, raw: Raw) -> Any:
        """Decode and compute."""
        ...

    async def finish(self, raw: Raw, begun: Any) -> Outcome:
        """Send or write; return when all is confirmed."""
        ...

    @property
    def due(self) -> bool:
        """Whether batches that are held should be released by ``keep``."""
        ...

    async def keep(self) -> None:
        """Do what has to be done for held batches to be acknowledged."""
        ...

    async def tick(self, now_ms: int) -> None:
        """Do what is due at this time."""
        ...

    @property
    def state_entries(self) -> int:
        """Entries that the work remembers of its partition."""
        ...


class Simple:
    """Work that needs no preparation, holds nothing and does nothing by the clock."""

    __slots__ = ()
    remembers = False
    due = False

    async def open(self) -> None:
        """Nothing to get ready."""

    async def prepare(self, raw: Raw) -> None:
        """Nothing is needed."""

    async def keep(self) -> None:
        """Nothing is held."""

    async def tick(self, now_ms: int) -> None:
        """Nothing to do."""


@dataclass(frozen=True, slots=True)
class StepWork(Simple):
    """An agent's work on one partition."""

    stage: Stage
    agent: Agent
    producer: BatchProducer
    now_ms: Callable[[], int]
    beside: tuple[Beside, ...] = ()
    fetching: Fetching | None = None

    async def prepare(self, raw: Raw) -> None:
        """Fetch what records refer to; let the agent learn what lies beside the batch."""
        if self.fetching:
            await self.fetching.prepare(raw)
        await self.learn(raw.origin)

    async def learn(self, origin: Origin) -> bool:
        """Let the agent learn what lies beside messages of this origin; whether there was any."""
        learnt = False
        for topic in self.beside:
            for news in await topic.news(origin):
                self.agent.learn(news)  # type: ignore[attr-defined]  # an agent with topics beside has it
                learnt = True
        return learnt

    def begin(self, raw: Raw) -> Result:
        """Decode, run the agent, encode."""
        return self.stage.process(raw, self.agent, now_ms=self.now_ms())

    async def finish(self, raw: Raw, begun: Result) -> Outcome:
        """Send; what the broker refuses goes to the dead letters."""
        refused = await self.producer.send(begun.messages)
        if refused:
            begun.records_out -= len(refused)
            letters = Result()
            self._bury(letters, refused, raw)
            await self.producer.send(letters.messages)
            begun.aside += letters.aside
        return Outcome(begun.records_out, begun.aside)

    async def say(self, said: Iterable[Said]) -> None:
        """Send what the agent says by the clock."""
        for refusal in await self.producer.send(batches(said)):
            log.error("refused by the broker", topic=refusal.topic, reason=refusal.reason)

    def _bury(self, letters: Result, refused: list[Refusal], raw: Raw) -> None:
        """Dead letters of messages that we made and the broker will not take."""
        topic, messages = self.stage.write.records(
            [
                DeadLetter(
                    topic=refusal.topic,
                    partition=raw.origin.partition,
                    offset=int(raw.origin.offsets[-1]),
                    step=self.stage.name,
                    reason=Reason.REFUSED_BY_BROKER.value,
                    detail=refusal.reason[:DETAIL_LIMIT],
                    at=self.now_ms(),
                    logged_at=int(raw.origin.logged_at[-1]),
                    key=refusal.key,
                    value=refusal.value,
                )
                for refusal in refused
            ]
        )
        letters.messages[topic] = messages
        letters.aside[Reason.REFUSED_BY_BROKER.value] = len(refused)

    @property
    def state_entries(self) -> int:
        """Entries that the agent remembers of its partition, if it says."""
        return int(getattr(self.agent, "entries", 0))
