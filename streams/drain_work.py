"""A drain's work on one partition: write for as long as it takes, set aside what is refused."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from connectors.outcome import RefusedError, UnavailableError
from connectors.producer import BatchProducer
from schemas.batch import Raw
from schemas.reasons import SetAside
from streams.reader import Read
from streams.reports import Reports
from streams.settle import EncodingSink, Sink, settle
from streams.stage import Result, Stage
from streams.work import Outcome, Simple


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
