"""What an agent says by the clock, when its worker is killed before or after it is sent."""

import asyncio
from collections.abc import Iterable
from dataclasses import replace
from functools import partial

import pytest

from connectors.message_log import MessageLog
from connectors.outcome import UnavailableError
from connectors.producer import BatchProducer
from schemas.batch import SETTLING_MS, Raw, Records
from schemas.codec import schema_of
from schemas.records import Telemetry
from schemas.topic import Topic
from schemas.topics import READINGS_RECEIVED
from streams.beside import Beside, SharedLog
from streams.memory import Memory, Snapshot
from streams.observer import wall_ms
from streams.reader import reader
from streams.remember import RememberingWork
from streams.settings import Settings
from streams.stage import Stage
from streams.work import StepWork
from streams.writer import Writer
from tests.streams.conftest import Broker, until
from tests.streams.test_remember import logged, memory_of, memory_topic
from tests.streams.test_worker import ids, messages, telemetry

pytestmark = [pytest.mark.integration, pytest.mark.timeout(60)]


class Saying:
    """Says at a tick how many messages it has seen, if there were more since."""

    def __init__(self) -> None:
        self.seen = 0
        self.said = 0

    def __call__(self, batch: Raw) -> Iterable[Telemetry]:
        self.seen += len(batch.values)
        return ()

    def learn(self, news: Records[Telemetry]) -> None:
        self.seen += len(news.rows)

    def tick(self, _now_ms: int) -> Iterable[Telemetry]:
        if self.seen > self.said:
            self.said = self.seen
            yield replace(telemetry(0), event_id=f"seen-{self.seen}")

    def save(self) -> bytes:
        return b"%d %d" % (self.seen, self.said)

    def load(self, data: bytes) -> None:
        self.seen, self.said = map(int, data.split())


class Restarts:
    """Works of one partition, one after the other, as restarts make them."""

    def __init__(self, broker: Broker, settings: Settings) -> None:
        self.broker, self.settings = broker, settings
        self.target, self.remembered = broker.topic(), memory_topic(broker)
        self.now_s = 0.0

    @property
    def memory(self) -> Memory:
        return memory_of(self.remembered, 0, self.settings)

    async def work(
        self, producer: BatchProducer | None = None, beside: tuple[Beside, ...] = ()
    ) -> RememberingWork:
        read = reader(READINGS_RECEIVED, Raw, marker=b"", known=lambda _: None)
        write = Writer((self.target,), {self.target.name: schema_of(Telemetry).header})
        sender = producer or BatchProducer(self.settings.kafka)
        step = StepWork(Stage("say", read, write), Saying(), sender, wall_ms, beside)
        work = RememberingWork(step, self.memory, 10.0, lambda: self.now_s)
        await work.open()
        return work

    def sent(self) -> list[bytes | None]:
        return list(self.broker.read(self.target).values())


@pytest.fixture
def restarts(broker: Broker, settings: Settings) -> Restarts:
    return Restarts(broker, settings)


async def test_what_was_kept_and_not_sent_is_sent_after_the_restart_though_more_has_come(
    restarts: Restarts, settings: Settings
) -> None:
    nowhere = settings.kafka.model_copy(update={"bootstrap_servers": "127.0.0.1:1"})
    away = BatchProducer(nowhere)
    killed = await restarts.work(away)
    killed.begin(logged(10, at=1000))
    ticking = asyncio.create_task(killed.tick(0))
    await until(lambda: len(restarts.broker.read(restarts.remembered)) == 2)
    away.close()
    with pytest.raises(UnavailableError):
        await ticking
    assert [] == restarts.sent()
    kept = await restarts.memory.recall()
    assert kept is not None

    work = await restarts.work()
    work.begin(logged(10, 11, at=1000))
    await work.tick(0)

    assert [each.value for each in kept.said] == restarts.sent()[:1]
    assert ["seen-1", "seen-2"] == ids(restarts.sent())


async def test_what_was_sent_is_at_most_sent_again_as_it_was(restarts: Restarts) -> None:
    killed = await restarts.work()
    killed.begin(logged(10, at=1000))
    await killed.tick(0)

    work = await restarts.work()
    work.begin(logged(10, at=1000))
    await work.tick(0)

    first, again = restarts.sent()
    assert ["seen-1"] == ids([first])
    assert first == again


async def test_what_was_sent_is_not_sent_again_long_after(restarts: Restarts) -> None:
    work = await restarts.work()
    work.begin(logged(10, at=1000))
    await work.tick(0)
    restarts.now_s += 10.0
    await work.tick(0)

    await restarts.work()

    assert ["seen-1"] == ids(restarts.sent())
    assert Snapshot(10, 1000, b"1 1") == await restarts.memory.recall()


async def test_one_that_says_something_at_every_tick_lets_batches_go_all_the_same(
    restarts: Restarts,
) -> None:
    work = await restarts.work()
    kept = []
    for offset in range(10, 16):
        restarts.now_s += 2.0
        kept.append(work.begin(logged(offset, at=1000)).snapshot)
        await work.tick(0)

    assert [None, None, None, None, Snapshot(14, 1000, b"5 4"), None] == kept


async def test_without_a_word_there_is_no_outbox(restarts: Restarts) -> None:
    work = await restarts.work()
    await work.tick(0)
    assert None is await restarts.memory.recall()

    work.begin(logged(10, at=1000))
    await work.keep()

    assert Snapshot(10, 1000, b"1 0") == await restarts.memory.recall()


async def test_before_its_first_message_it_says_without_keeping(restarts: Restarts) -> None:
    news = restarts.broker.topic()
    restarts.broker.send(news, messages(1))
    work = await restarts.work(beside=(beside(news, restarts.settings),))

    await work.tick(wall_ms())

    assert ["seen-1"] == ids(restarts.sent())
    assert None is await restarts.memory.recall()


async def test_after_something_was_learnt_neither_slot_has_an_outbox(restarts: Restarts) -> None:
    news = restarts.broker.topic()
    work = await restarts.work(beside=(beside(news, restarts.settings),))
    work.begin(logged(10, at=1000))
    await work.tick(wall_ms())
    restarts.broker.send(news, messages(1))

    await work.tick(wall_ms() + SETTLING_MS + 1)

    assert ["seen-1", "seen-2"] == ids(restarts.sent())
    kept = await restarts.memory.each(lambda each: each)
    assert {0, 1} == {each.slot for each in kept[-2:]}
    assert [Snapshot(10, 1000, b"2 2")] * 2 == [each.snapshot for each in kept[-2:]]


def beside(topic: Topic[Telemetry], settings: Settings) -> Beside:
    async def resolve(_: set[bytes]) -> None: ...

    read = reader(topic, Records, marker=b"", known=lambda _: schema_of(Telemetry))
    return Beside(topic.name, read, SharedLog(partial(MessageLog, settings.kafka)), resolve)
