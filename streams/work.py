"""The two kinds of work on a batch: a step's, which ends in topics, and a drain's, in a store.

Each has a first half, ``begin``, that only computes, and a second, ``finish``, that waits until
everything is confirmed. A lane overlaps one batch's second half with the next one's first.
"""

from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

import structlog

from connectors.outcome import RefusedError, UnavailableError
from connectors.producer import BatchProducer, Refusal
from schemas.batch import Raw
from schemas.reasons import DETAIL_LIMIT, Reason, SetAside
from schemas.records import DeadLetter
from streams.reader import Read
from streams.reports import Reports
from streams.settle import EncodingSink, Sink, settle
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
        """Nothing to prepare."""

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

    async def say(self, outputs: Iterable[Any]) -> int:
        """Send what the agent says by the clock; give how many records that were."""
        result, _ = self.stage.said(outputs)
        for refusal in await self.producer.send(result.messages):
            log.error("refused by the broker", topic=refusal.topic, reason=refusal.reason)
        return result.records_out

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


@runtime_checkable
class Reporting(Protocol):
    """A sink that has more to say of its writing than that it is done, as records."""

    report: Callable[[Any], None]
    """Is called with each record; the drain sets it."""

    def recall(self, records: Iterable[Any]) -> None:
        """Take in what was reported before a restart, oldest first."""
        ...


@dataclass(frozen=True, slots=True)
class DrainWork(Simple):
    """A sink's work on one partition."""

    stage: Stage
    sink: Sink
    producer: BatchProducer
    now_ms: Callable[[], int]
    on_wait: Callable[[UnavailableError], None]
    on_written: Callable[[], None]
    reports: Reports | None = None
    ready: Callable[[], Awaitable[None]] | None = None
    """Returns when the store has what the sink needs, and the sink knows what it reported."""

    async def open(self) -> None:
        """Wait for the store."""
        if self.ready:
            await self.ready()

    def begin(self, raw: Raw) -> tuple[Read, tuple[Any, ...]]:
        """Decode; encode, if the sink can do that ahead."""
        read = self.stage.read(raw)
        if not read.size or not isinstance(self.sink, EncodingSink):
            return read, ()
        try:
            return read, (self.sink.encode(read.batch),)
        except RefusedError:
            return read, ()  # ``write`` will raise it again, where the bad record is looked for

    async def finish(self, raw: Raw, begun: tuple[Read, tuple[Any, ...]]) -> Outcome:
        """Write, for as long as it takes; what the store refuses goes to the dead letters."""
        read, encoded = begun
        refused: list[SetAside] = []
        if read.size:
            refused = await settle(self.sink, read.batch, *encoded, on_wait=self.on_wait)
        self.on_written()
        if self.reports:
            await self.reports.confirmed()
        aside = [*read.aside, *map(read.in_messages, refused)]
        letters = Result()
        if aside:
            self.stage.set_aside(letters, raw, aside, now_ms=self.now_ms())
            await self.producer.send(letters.messages)
        return Outcome(read.size - len(refused), letters.aside)

    @property
    def state_entries(self) -> int:
        """A sink remembers nothing of its partition."""
        return 0
