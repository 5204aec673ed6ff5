"""A real broker, and workers whose work the test decides."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import pytest
from confluent_kafka import Consumer, Producer, TopicPartition

from connectors.topic_admin import TopicAdmin
from schemas.batch import Raw
from schemas.records import DeadLetter, Telemetry
from schemas.topic import Topic
from streams.app import add_agent, create_app, group_id
from streams.flow import Flow
from streams.gather import Gatherer, Gathering
from streams.lane import Lane
from streams.metrics import Metrics
from streams.observer import Observer, wall_ms
from streams.readiness import Readiness
from streams.settings import Settings
from streams.work import Outcome, Simple

NOTHING = -1001
"""What Kafka says where nothing is committed."""

Place = tuple[int, int]
"""Partition and offset."""


class Broker:
    """Kafka as the test's own hand sees it."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._admin = TopicAdmin(settings.kafka)

    def topic(self, partitions: int = 1) -> Topic[Telemetry]:
        """A new topic."""
        name = f"readings.{uuid4().hex}.v1"
        topic = Topic(name=name, record=Telemetry, key=("site", "device"))
        self._admin.ensure([topic], partitions=partitions)
        return topic

    def dead_letters(self) -> Topic[DeadLetter]:
        """A new topic for dead letters."""
        name = f"{uuid4().hex}.rejected.v1"
        topic = Topic(name=name, record=DeadLetter, key=("topic", "partition"))
        self._admin.ensure([topic])
        return topic

    def producer(self, **more: Any) -> Producer:
        return Producer({**self.settings.kafka.librdkafka(), "linger.ms": 50, **more})

    def send(
        self,
        topic: Topic[Any],
        values: Iterable[bytes | None],
        *,
        partition: int = 0,
        by: Producer | None = None,
    ) -> None:
        """Send these as one batch of the partition's log."""
        producer = by or self.producer()
        for value in values:
            producer.produce(topic.name, value, partition=partition)
        assert 0 == producer.flush(20)

    def read(self, topic: Topic[Any]) -> dict[Place, bytes | None]:
        """Everything in a topic, without what was aborted."""
        reading = self._consumer("engawa-test")
        try:
            partitions = reading.list_topics(topic.name, timeout=10).topics[topic.name].partitions
            marks = {
                each: reading.get_watermark_offsets(TopicPartition(topic.name, each), timeout=10)
                for each in partitions
            }
            # one whose records were all cut off has an end, but nothing before it
            ends = {each: end for each, (low, end) in marks.items() if low < end}
            reading.assign([TopicPartition(topic.name, each, marks[each][0]) for each in ends])
            found: dict[Place, bytes | None] = {}
            while any(
                at.offset < ends[at.partition]
                for at in reading.position([TopicPartition(topic.name, p) for p in ends])
            ):
                for message in reading.consume(10_000, timeout=0.1):
                    assert message.error() is None
                    found[message.partition() or 0, message.offset() or 0] = message.value()
            return found
        finally:
            reading.close()

    def committed(self, flow: Flow, topic: Topic[Any], partition: int = 0) -> int:
        """What a flow's group has committed; ``NOTHING`` if nothing."""
        asking = self._consumer(group_id(flow))
        try:
            [found] = asking.committed([TopicPartition(topic.name, partition)], timeout=10)
            return int(found.offset)
        finally:
            asking.close()

    def commit(self, flow: Flow, topic: Topic[Any], offset: int) -> None:
        """Commit in the name of a flow's group, which nobody works for."""
        asking = self._consumer(group_id(flow))
        asking.commit(offsets=[TopicPartition(topic.name, 0, offset)], asynchronous=False)
        asking.close()

    def _consumer(self, group: str) -> Consumer:
        return Consumer(
            {
                **self.settings.kafka.librdkafka(),
                "group.id": group,
                "enable.auto.commit": False,
                "log_level": 0,
            }
        )


@dataclass
class Log(Simple):
    """Work that writes down what it was given, but waits with what comes after a closed gate."""

    written: list[tuple[int, int, bytes | None]] = field(default_factory=list)
    """Partition, offset and value, in the order of confirmation."""

    begun: list[Place] = field(default_factory=list)
    """Partition and first offset of every batch."""

    closed: dict[int, int] = field(default_factory=dict)
    """Partitions, and the offset from which on their batches wait."""

    state_entries: int = 0

    def begin(self, raw: Raw) -> None:
        self.begun.append((raw.origin.partition, int(raw.origin.offsets[0])))

    async def finish(self, raw: Raw, _: None) -> Outcome:
        partition, offsets = raw.origin.partition, raw.origin.offsets.tolist()
        while offsets[0] >= self.closed.get(partition, offsets[0] + 1):  # noqa: ASYNC110  # the test opens the gate
            await asyncio.sleep(0.01)
        self.written += [
            (partition, offset, value) for offset, value in zip(offsets, raw.values, strict=True)
        ]
        return Outcome(sent=len(offsets))

    def values(self) -> list[bytes | None]:
        return [value for *_, value in self.written]


class Member:
    """One worker of a flow's group, carrying one topic to a log."""

    def __init__(self, flow: Flow, topic: Topic[Any], log: Log, settings: Settings) -> None:
        self.app = create_app(flow, settings)
        self.failures: list[BaseException] = []
        observer = Observer("step", Metrics(), Readiness(), wall_ms)

        async def resolve(_: set[bytes]) -> None: ...

        lanes = add_agent(
            self.app,
            "part",
            topic.name,
            open_lane=lambda _: Gatherer(
                Lane(log, observer, resolve=resolve, fail=self.failures.append),
                Gathering(size_bytes=1, batches=settings.worker.queued_batches),
                fail=self.failures.append,
            ),
            fail=self.failures.append,
        )
        self.app.finalize()
        consumer: Any = self.app.consumer
        consumer.hurry = lanes.hurry
        consumer.full = lanes.full

    @property
    def assigned(self) -> set[int]:
        return {tp.partition for tp in self.app.consumer.assignment()}

    @property
    def settled(self) -> bool:
        return bool(self.assigned) and not self.app.rebalancing


Join = Callable[..., Any]


@pytest.fixture(scope="session")
def broker(settings: Settings) -> Broker:
    return Broker(settings)


@pytest.fixture
def flow() -> Flow:
    """A flow, that is a consumer group, of the test's own; its parts are added by hand."""
    return Flow(uuid4().hex, ())


@pytest.fixture
async def join(flow: Flow, settings: Settings) -> AsyncIterator[Join]:
    """Start a member of the flow's group; it is stopped at the end unless it was before."""
    async with AsyncExitStack() as members:

        async def start(topic: Topic[Any], log: Log, **worker: Any) -> Member:
            changed = changed_settings(settings, **worker)
            member = Member(flow, topic, log, changed)
            await member.app.start()
            members.push_async_callback(member.app.stop)
            return member

        yield start


def changed_settings(settings: Settings, *, kafka: Any = None, **worker: Any) -> Settings:
    """The same settings but for these of Kafka and the worker; small batches, quick commits."""
    quick = {"commit_interval_s": 0.1} | worker
    return settings.model_copy(
        update={
            "kafka": settings.kafka.model_copy(update=kafka or {}),
            "worker": settings.worker.model_copy(update=quick),
        }
    )


async def until(condition: Callable[[], Any]) -> None:
    """Wait for something to come true; the test's own time limit ends a wait in vain."""
    while not await asyncio.to_thread(condition):  # noqa: ASYNC110  # it is the broker's to say
        await asyncio.sleep(0.02)


@pytest.fixture
def log() -> Iterator[Log]:
    log = Log()
    yield log
    log.closed.clear()
