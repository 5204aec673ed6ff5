"""An agent's memory across stops, crashes and snapshots that were cut short, on a real broker."""

import asyncio
from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from uuid import uuid4

import numpy as np
import pytest

from agents.clean import CleanSettings
from connectors.message_log import MessageLog
from connectors.producer import BatchProducer
from schemas.batch import Origin, Raw, Records
from schemas.codec import decode
from schemas.framing import SINGLE_OBJECT_HEADER_BYTES
from schemas.memory import MemoryPart
from schemas.records import Telemetry
from schemas.topic import Topic
from schemas.topics import READINGS_RECEIVED
from streams.flow import Flow, Step
from streams.memory import PART_BYTES, Memory, Snapshot
from streams.outbox import Said
from streams.reader import reader
from streams.remember import RememberingWork
from streams.settings import Settings
from streams.stage import Stage
from streams.work import StepWork
from streams.worker import Worker
from streams.writer import Writer
from tests.streams.conftest import Broker, changed_settings, until
from tests.streams.test_worker import messages

pytestmark = [pytest.mark.integration, pytest.mark.timeout(60)]


class Counting:
    """Numbers the events of its partition."""

    breaks_at = ""

    def __init__(self, _: CleanSettings) -> None:
        self.seen = 0
        self.said = 0

    def __call__(self, batch: Records[Telemetry]) -> Iterable[Telemetry]:
        for event in batch.rows:
            if event.event_id == self.breaks_at:
                raise ZeroDivisionError
            self.seen += 1
            yield replace(event, tags={"number": str(self.seen)})

    def tick(self, now_ms: int) -> Iterable[Telemetry]:
        if self.said == 0 and self.seen:
            self.said = now_ms
            event = Telemetry(
                event_id="tick", site="s", device="d", profile="p", at=0, readings=(), tags={}
            )
            yield event

    def save(self) -> bytes:
        return b"%d %d" % (self.seen, self.said)

    def load(self, data: bytes) -> None:
        self.seen, self.said = map(int, data.split())


class Breaking(Counting):
    def __init__(self, settings: CleanSettings) -> None:
        super().__init__(settings)
        self.breaks_at = "e-70"


class Remembered:
    """A flow of one counting step, its topics, and what it wrote."""

    def __init__(self, broker: Broker, flow: Flow) -> None:
        self.broker, self.flow = broker, flow
        self.source, self.target, self.memory = broker.topic(), broker.topic(), memory_topic(broker)

    def of(self, agent: type) -> Flow:
        step = Step("count", self.source, agent, writes=(self.target,), remembers=self.memory)
        return Flow(self.flow.name, (step,))

    async def run(self, agent: type, end: int, settings: Settings) -> None:
        worker = Worker(self.of(agent), settings)
        working = asyncio.create_task(worker.run())
        await until(lambda: self.broker.committed(self.flow, self.source) == end)
        worker.stop()
        assert await working

    def written(self) -> list[tuple[str, str]]:
        """Number and event of everything that was said because of an event."""
        values = self.broker.read(self.target).values()
        events = [
            decode((value or b"")[SINGLE_OBJECT_HEADER_BYTES:], Telemetry) for value in values
        ]
        return [(event.tags["number"], event.event_id) for event in events if event.tags]


def memory_topic(broker: Broker) -> Topic[MemoryPart]:
    topic = Topic(
        name=f"t.{uuid4().hex}.v1", record=MemoryPart, key=("place",), compacted=True, partitions=3
    )
    broker._admin.ensure([topic])
    return topic


@pytest.fixture
def remembered(broker: Broker, flow: Flow) -> Remembered:
    return Remembered(broker, flow)


async def test_after_a_stop_the_agent_goes_on_where_it_was(
    remembered: Remembered, broker: Broker, settings: Settings
) -> None:
    settings = changed_settings(settings, memory_interval_s=3600.0)
    broker.send(remembered.source, messages(50))
    # nothing is due, so it is the stop that keeps the memory and commits
    worker = Worker(remembered.of(Counting), settings)
    working = asyncio.create_task(worker.run())
    await until(lambda: len(remembered.written()) == 50)
    worker.stop()
    assert await working
    assert 50 == broker.committed(remembered.flow, remembered.source)

    broker.send(remembered.source, messages(30, first=50))
    await remembered.run(Counting, 80, changed_settings(settings, memory_interval_s=0.05))

    assert [(str(n + 1), f"e-{n}") for n in range(80)] == remembered.written()


async def test_after_a_crash_it_says_the_same_again_number_for_number_and_loses_nothing(
    remembered: Remembered, broker: Broker, settings: Settings
) -> None:
    settings = changed_settings(settings, memory_interval_s=0.02, batch_records=10)
    for first in range(0, 100, 10):
        broker.send(remembered.source, messages(10, first=first))

    assert not await Worker(remembered.of(Breaking), settings).run()
    await remembered.run(Counting, 100, settings)

    assert {str(n + 1): f"e-{n}" for n in range(100)} == dict(remembered.written())
    assert 100 == len(set(remembered.written()))


async def test_it_is_asked_by_the_clock_what_it_has_to_say(
    remembered: Remembered, broker: Broker, settings: Settings
) -> None:
    broker.send(remembered.source, messages(1))
    worker = Worker(remembered.of(Counting), changed_settings(settings, memory_interval_s=0.05))
    working = asyncio.create_task(worker.run())

    await until(lambda: len(broker.read(remembered.target)) == 2)

    worker.stop()
    assert await working


@pytest.fixture
def memory(broker: Broker, settings: Settings) -> Memory:
    return memory_of(memory_topic(broker), 0, settings)


def memory_of(topic: Topic[MemoryPart], partition: int, settings: Settings) -> Memory:
    return Memory(
        topic,
        partition,
        producer=BatchProducer(settings.kafka),
        open_log=partial(MessageLog, settings.kafka),
    )


async def test_the_newest_whole_snapshot_counts(memory: Memory) -> None:
    assert None is await memory.recall()
    large = bytes(range(256)) * (PART_BYTES // 100)
    for offset, data in enumerate([large, b"", large[1:]]):
        await memory.keep(Snapshot(offset, 7, data))
        assert Snapshot(offset, 7, data) == await memory.recall()


async def test_each_partition_has_a_memory_of_its_own(broker: Broker, settings: Settings) -> None:
    topic = memory_topic(broker)
    memories = [memory_of(topic, partition, settings) for partition in range(3)]
    for partition, memory in enumerate(memories):
        await memory.keep(Snapshot(partition, 7, b"%d" % partition))

    found = [await memory.recall() for memory in memories]

    assert [Snapshot(each, 7, b"%d" % each) for each in range(3)] == found


async def test_a_snapshot_cut_short_leaves_the_one_before(memory: Memory) -> None:
    for data in (b"first", b"second"):
        await memory.keep(Snapshot(1, 7, data))
    *parts, _ = memory._messages(Snapshot(2, 8, b"third"))
    await memory._producer.send({memory._topic.name: parts})

    assert Snapshot(1, 7, b"second") == await memory.recall()


async def test_a_topic_made_anew_is_not_mistaken_for_what_is_known(memory: Memory) -> None:
    step = Step("count", READINGS_RECEIVED, Counting, writes=(READINGS_RECEIVED,))
    write = Writer((READINGS_RECEIVED,), {READINGS_RECEIVED.name: b""})
    stage = Stage(step.name, reader(step.reads, Raw, marker=b"", known=lambda _: None), write)
    seen: list[int] = []

    def note(batch: Raw) -> Iterable[Telemetry]:
        seen.extend(batch.origin.offsets.tolist())
        return ()

    work = RememberingWork(StepWork(stage, note, memory._producer, lambda: 0), memory, 3600.0)
    await work.open()
    work.begin(logged(10, 11, at=1000))
    work.begin(logged(11, 12, at=1000))
    work.begin(logged(0, 1, at=2000))

    assert [10, 11, 12, 0, 1] == seen


def logged(*offsets: int, at: int) -> Raw:
    origin = Origin(
        topic="t",
        partition=0,
        offsets=np.array(offsets, np.int64),
        logged_at=np.full(len(offsets), at, np.int64),
    )
    return Raw(origin=origin, keys=[None] * len(offsets), values=[b"value"] * len(offsets))


async def test_an_outbox_may_be_larger_than_a_part(memory: Memory) -> None:
    said = (
        Said(topic="t", key="k", value=bytes(3 * PART_BYTES)),
        Said(topic="t", key="", value=b"", partition=1),
    )
    for snapshot in (Snapshot(1, 7, b"first", said), Snapshot(2, 8, b"second")):
        await memory.keep(snapshot)
        assert snapshot == await memory.recall()
