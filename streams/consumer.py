"""A worker's end of Kafka: fetched batches out, their low watermarks in. See ``streams.transport``.

Its other half, ``streams.consumer_thread``, talks to the broker.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import suppress
from typing import Any, cast

import structlog
from aiokafka.errors import KafkaError
from faust.transport.drivers import aiokafka as driver
from faust.types import TP, ConsumerMessage, Message

from streams.consumer_thread import BatchConsumerThread
from streams.fetch import Fetch, Messages
from streams.parts import Fetched
from streams.watermark import Watermark

STOP_TIMEOUT_S = 20.0
"""How long a stopping worker lets batches under way finish; what does not is read again later."""

REVOKE_TIMEOUT_S = 3.0
"""The same during a rebalance: what is finished in time is not done twice."""

FEW_RECORDS = 500
"""Fewer than these cost less when they are fetched together with the next."""

FULL_POLL_S = 0.02
"""How often it is looked whether a partition of which enough waited can be read on."""

log = structlog.get_logger(__name__)


class BatchConsumer(driver.Consumer):
    """Faust's aiokafka consumer, with batches as events and watermarks as commits."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._marks: dict[TP, Watermark] = defaultdict(Watermark)
        self._ahead: asyncio.Task[tuple[int, Fetch]] | None = None
        self._pause_s = 0.0
        self.fetch_pause_s = 0.0
        """Pause after a fetch of few records, which bundles those that come one by one."""

        self.stop_timeout_s = STOP_TIMEOUT_S
        self.hurry: Callable[[], Awaitable[None]] = _nothing
        """What returns when batches under way are finished; the worker sets it."""

        self.full: Callable[[], set[TP]] = set
        """Partitions of which enough waits already; the worker sets it."""

        self.skipped: set[TP] = set()
        """Partitions that the fetch under way leaves out."""

        super().__init__(*args, **kwargs)

    def _new_consumer_thread(self) -> BatchConsumerThread:
        return BatchConsumerThread(self, loop=self.loop, beacon=self.beacon)

    async def getmany(self, timeout: float) -> AsyncIterator[tuple[TP, ConsumerMessage]]:  # noqa: ASYNC109  # Faust's signature
        """Yield one message per partition with everything fetched from it."""
        ahead, self._ahead = self._ahead or self._fetch_ahead(timeout), None
        generation, fetched = await ahead
        if self.should_stop:
            return
        if not self.flow_active:
            await self._seek_back()
            return
        # the next batches are parsed while the agents work on these
        self._ahead = self._fetch_ahead(timeout)
        for partition, messages in fetched.items():
            if not self.flow_active or self.app.consumer_generation_id != generation:
                return  # the rebalance has sought back to what is committed
            tp = TP(partition.topic, partition.partition)
            if messages:
                # Faust would drop a batch that ends before one it has seen, as after a seek back
                self._read_offset[tp] = None
                yield tp, self._batch_message(tp, messages, generation)

    def _fetch_ahead(self, timeout_s: float) -> asyncio.Task[tuple[int, Fetch]]:
        return asyncio.create_task(self._fetch(timeout_s))

    async def _fetch(self, timeout_s: float) -> tuple[int, Fetch]:
        await asyncio.sleep(self._pause_s)
        self.skipped = self.full()
        if self.skipped:
            timeout_s = FULL_POLL_S
        result, _ = await self._wait_next_records(timeout_s)
        if not result:  # {} from Faust itself, before any partition is active
            return self.app.consumer_generation_id, {}
        generation, fetched = cast("tuple[int, Fetch]", result)
        few = sum(map(len, fetched.values())) < FEW_RECORDS
        self._pause_s = self.fetch_pause_s if few else 0.0
        return generation, fetched

    async def _seek_back(self) -> None:
        try:
            await self.perform_seek()
        except KafkaError as error:
            log.warning("seek failed, the next rebalance repeats it", error=str(error))

    def _batch_message(self, tp: TP, messages: Messages, generation: int) -> ConsumerMessage:
        last = messages.offsets[-1]
        fetched = Fetched(tp, generation, messages, self.highwater(tp))
        message = ConsumerMessage(
            topic=tp.topic,
            partition=tp.partition,
            offset=last,
            timestamp=messages.timestamps[-1] / 1000.0,
            timestamp_type=0,
            headers=None,
            key=None,
            value=cast("bytes", fetched),
            checksum=None,
            tp=tp,
            generation_id=generation,
        )
        self._marks[tp].begin((generation, last), next_offset=last + 1)
        return message

    def ack(self, message: Message) -> bool:
        """Note that the batch is finished, down to its last confirmed write."""
        if message.acked:
            return False
        message.acked = True
        self._unacked_messages.discard(message)
        return self._marks[message.tp].finish((message.generation_id, message.offset))

    def _filter_tps_with_pending_acks(self, topics: Any = None) -> Iterator[TP]:
        return (tp for tp in self._marks if topics is None or tp in topics or tp.topic in topics)

    def _new_offset(self, tp: TP) -> int | None:
        return self._marks[tp].offset

    async def _add_gap(self, tp: TP, offset_from: int, offset_to: int) -> None:
        """Offsets that hold no message need no bookkeeping under a watermark."""

    async def _commit_offsets(
        self,
        offsets: Mapping[TP, int],
        start_new_transaction: bool = True,  # noqa: ARG002, FBT001, FBT002  # Faust's signature
    ) -> bool:
        committed: bool = await self._commit(offsets)
        if committed:
            self._committed_offset.update(offsets)
        return committed

    async def on_partitions_revoked(self, revoked: set[TP]) -> None:
        """Forget these partitions, once Faust has called ``wait_empty`` while they are ours."""
        await super().on_partitions_revoked(revoked)
        for tp in revoked:
            self._marks.pop(tp, None)

    async def on_partitions_assigned(self, assigned: set[TP], generation_id: int = 0) -> None:
        """Begin every assigned partition anew, from its committed offset."""
        self._marks.clear()
        await super().on_partitions_assigned(assigned, generation_id)

    async def wait_empty(self) -> None:
        """Let batches under way finish, within a bound, and commit them.

        Faust calls this at a stop and at a rebalance, with the reading stopped and the queues of
        its agents cleared: what was in them will be read again.
        """
        stopping = self.app.should_stop
        with suppress(TimeoutError):
            await asyncio.wait_for(
                self.hurry(), self.stop_timeout_s if stopping else REVOKE_TIMEOUT_S
            )
        await self.commit()

    async def on_stop(self) -> None:
        """Drop what was fetched ahead."""
        if self._ahead:
            self._ahead.cancel()

    @property
    def in_flight(self) -> int:
        """Batches fetched and not finished."""
        return sum(mark.in_flight for mark in self._marks.values())


async def _nothing() -> None:
    """Hold nothing back."""
