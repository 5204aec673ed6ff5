"""Every way in which stock Faust 0.15 loses data or stalls, as a test that ours does not.

Its windowed tables lose data too; nobody here uses them, which ``tests/test_layout.py`` holds.
"""

import asyncio
from itertools import pairwise
from typing import Any

import pytest

from schemas.topic import Topic
from streams.flow import Flow
from tests.streams.conftest import NOTHING, Broker, Join, Log, until

pytestmark = [pytest.mark.integration, pytest.mark.timeout(60)]


def numbered(count: int, first: int = 0) -> list[bytes]:
    return [b"%d" % number for number in range(first, first + count)]


async def test_nothing_is_committed_past_a_batch_under_way(
    broker: Broker, flow: Flow, log: Log, join: Join
) -> None:
    topic = broker.topic()
    for first in range(0, 50, 10):
        broker.send(topic, numbered(10, first))
    log.closed = {0: 20}
    await join(topic, log, batch_records=10)

    await until(lambda: (0, 30) in log.begun)
    await until(lambda: broker.committed(flow, topic) == 20)

    log.closed.clear()
    await until(lambda: broker.committed(flow, topic) == 50)
    assert numbered(50) == log.values()


async def test_a_graceful_stop_lets_what_is_under_way_be_confirmed_and_commits_it(
    broker: Broker, flow: Flow, log: Log, join: Join
) -> None:
    topic = broker.topic()
    for first in range(0, 100, 10):
        broker.send(topic, numbered(10, first))
    log.closed = {0: 0}
    member = await join(topic, log, batch_records=10, queued_batches=2)
    await until(lambda: log.begun)

    stopping = asyncio.create_task(member.app.stop())
    await until(lambda: member.app.should_stop)
    log.closed.clear()
    await stopping

    assert len(log.written) == broker.committed(flow, topic)
    await join(topic, log)
    await until(lambda: broker.committed(flow, topic) == 100)
    assert numbered(100) == log.values()


async def test_a_stop_that_cannot_wait_acknowledges_nothing_and_the_next_worker_reads_it_again(
    broker: Broker, flow: Flow, log: Log, join: Join
) -> None:
    topic = broker.topic()
    broker.send(topic, numbered(10))
    log.closed = {0: 0}
    member = await join(topic, log)
    await until(lambda: log.begun)

    member.app.consumer.stop_timeout_s = 0.0
    await member.app.stop()

    assert NOTHING == broker.committed(flow, topic)
    again = Log()
    await join(topic, again)
    await until(lambda: broker.committed(flow, topic) == 10)
    assert numbered(10) == again.values()


async def test_a_worker_begins_in_the_middle_of_a_log_batch(
    broker: Broker, flow: Flow, log: Log, join: Join
) -> None:
    topic = broker.topic()
    broker.send(topic, numbered(100))
    broker.commit(flow, topic, 37)

    await join(topic, log)
    await until(lambda: broker.committed(flow, topic) == 100)

    assert numbered(63, 37) == log.values()


async def test_holes_between_offsets_cost_nothing_and_aborted_messages_are_none(
    broker: Broker, flow: Flow, log: Log, join: Join
) -> None:
    topic = broker.topic()
    producer = broker.producer(**{"transactional.id": topic.name})
    producer.init_transactions(20)
    for first in range(0, 60, 10):
        producer.begin_transaction()
        broker.send(topic, numbered(10, first), by=producer)
        if first in (20, 50):
            producer.abort_transaction(20)
        else:
            producer.commit_transaction(20)
    broker.send(topic, [b"plain"])
    last = max(offset for _, offset in broker.read(topic))

    await join(topic, log)
    await until(lambda: broker.committed(flow, topic) == last + 1)

    assert [*numbered(20), *numbered(20, 30), b"plain"] == log.values()


async def test_a_slow_sink_pauses_the_reading_and_memory_stays_bounded(
    broker: Broker, flow: Flow, log: Log, join: Join
) -> None:
    topic = broker.topic()
    producer = broker.producer()
    for first in range(0, 1000, 10):
        broker.send(topic, numbered(10, first), by=producer)
    log.closed = {0: 0}
    member = await join(topic, log, batch_records=10, queued_batches=3)
    consumer = member.app.consumer

    await until(lambda: consumer.skipped)
    await asyncio.sleep(0.5)

    # those that wait, one being confirmed, one being worked on, one fetched ahead
    assert consumer.in_flight <= 3 + 3
    log.closed.clear()
    await until(lambda: broker.committed(flow, topic) == 1000)
    assert numbered(1000) == log.values()


async def test_a_partition_that_stands_still_holds_up_no_other(
    broker: Broker, flow: Flow, log: Log, join: Join
) -> None:
    topic = broker.topic(partitions=2)
    producer = broker.producer()
    for first in range(0, 400, 10):
        for partition in (0, 1):
            broker.send(topic, numbered(10, first), by=producer, partition=partition)
    log.closed = {0: 0}
    await join(topic, log, batch_records=10)

    await until(lambda: broker.committed(flow, topic, 1) == 400)
    assert {1} == {partition for partition, *_ in log.written}
    log.closed.clear()
    await until(lambda: broker.committed(flow, topic, 0) == 400)


async def test_two_members_share_the_partitions_and_lose_nothing_when_one_leaves(
    broker: Broker, flow: Flow, join: Join
) -> None:
    topic, logs = broker.topic(partitions=4), [Log(), Log(), Log()]
    stop = asyncio.Event()
    load = asyncio.create_task(steady_load(broker, topic, stop))
    first = await join(topic, logs[0], batch_records=10)
    await until(lambda: len(first.assigned) == 4)
    second = await join(topic, logs[1], batch_records=10)
    await until(lambda: (len(first.assigned), len(second.assigned)) == (2, 2))
    await until(lambda: logs[1].written)
    await first.app.stop()
    await until(lambda: len(second.assigned) == 4)
    third = await join(topic, logs[2], batch_records=10)
    await until(lambda: (len(second.assigned), len(third.assigned)) == (2, 2))
    await until(lambda: logs[2].written)
    stop.set()
    sent = await load
    await until(lambda: sent == {each: broker.committed(flow, topic, each) for each in sent})

    written = [entry for log in logs for entry in log.written]
    assert {(p, o) for p, count in sent.items() for o in range(count)} == {
        (partition, offset) for partition, offset, _ in written
    }
    for log in logs:
        assert_in_order(log)


async def steady_load(broker: Broker, topic: Topic[Any], stop: asyncio.Event) -> dict[int, int]:
    """Send ten messages to each partition in turn until told to stop; give how many each got."""
    sent = dict.fromkeys(range(4), 0)
    producer = broker.producer()
    while not stop.is_set():
        for partition in sent:
            values = numbered(10, sent[partition])
            await asyncio.to_thread(broker.send, topic, values, partition=partition, by=producer)
            sent[partition] += 10
    return sent


def assert_in_order(log: Log) -> None:
    """A member sees a partition's offsets ascend, but for a step back at a rebalance."""
    for partition in {partition for partition, *_ in log.written}:
        offsets = [offset for each, offset, _ in log.written if each == partition]
        for before, after in pairwise(offsets):
            assert after <= before + 1


async def test_a_batch_that_outlives_a_rebalance_is_read_again_by_whoever_has_it_then(
    broker: Broker, flow: Flow, log: Log, join: Join
) -> None:
    topic, other = broker.topic(partitions=2), Log()
    for partition in (0, 1):
        broker.send(topic, numbered(10), partition=partition)
    log.closed = {0: 0, 1: 0}
    first = await join(topic, log)
    await until(lambda: len(log.begun) == 2)

    second = await join(topic, other)
    await until(lambda: first.settled and len(second.assigned) == 1)
    log.closed.clear()
    await until(
        lambda: [10, 10] == [broker.committed(flow, topic, partition) for partition in (0, 1)]
    )

    for partition in (0, 1):
        offsets = {o for p, o, _ in [*log.written, *other.written] if p == partition}
        assert set(range(10)) == offsets
    assert second.assigned == {partition for partition, *_ in other.written}


async def test_a_worker_that_comes_back_under_its_name_has_its_partitions_at_once(
    broker: Broker, flow: Flow, log: Log, join: Join
) -> None:
    """Without a name it would wait for the session of the one that went silent: longer than
    this test may take."""
    topic, name = broker.topic(), {"instance": "shelf-1", "session_timeout_s": 300.0}
    gone = await join(topic, log, kafka=name)
    await until(lambda: gone.settled)
    await gone.app.stop()  # a static member does not say good-bye, as one that was killed

    broker.send(topic, numbered(10))
    await join(topic, log, kafka=name)
    await until(lambda: broker.committed(flow, topic) == 10)

    assert numbered(10) == log.values()
