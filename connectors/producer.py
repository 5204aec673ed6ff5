"""Kafka, outwards: whole batches, and nothing counts as sent before the broker has confirmed it."""

import asyncio
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import structlog
from confluent_kafka import KafkaError, Message, Producer

from connectors.kafka import KafkaSettings
from connectors.outcome import UnavailableError
from connectors.outgoing import ANY_PARTITION, Failure, Outgoing, Refusal

FLUSH_SLICE_S = 0.2
"""How often a waiting flush looks whether the worker is closing."""

AWAY_AFTER_S = 3.0
"""Silence after which the brokers count as away."""

RETRY_PAUSE_S = 0.5

MAX_MESSAGE_BYTES = 16 * 1024 * 1024

log = structlog.get_logger(__name__)


class BatchProducer:
    """Sends batches; senders that come together share one wait for the broker (group commit).

    Order per partition is kept and repeats within a session are dropped by the broker
    (idempotent producer). While brokers are away messages wait, without a limit in time.
    """

    def __init__(self, settings: KafkaSettings) -> None:
        self._producer = Producer(
            {
                **settings.librdkafka(),
                "enable.idempotence": True,
                "compression.type": settings.compression,
                "message.max.bytes": MAX_MESSAGE_BYTES,
                "message.timeout.ms": 0,
                "queue.buffering.max.messages": 1_000_000,
                # a callback for each success would cost more than the sending
                "delivery.report.only.error": True,
                # what it says while brokers are away we say once, and in our own words
                "log_level": 0,
            }
        )
        self._flusher = ThreadPoolExecutor(1, "flush")
        self._gate = asyncio.Lock()
        self._next_flush: asyncio.Task[None] | None = None
        self._closing = False
        self.waiting = False
        """Whether brokers have not confirmed anything for a while."""

    async def send(self, batches: Mapping[str, Sequence[Outgoing]]) -> list[Refusal]:
        """Send messages by topic; return, once all others are confirmed, what was refused.

        Raises:
            BrokerFatalError: the broker has lost track of this producer.
            UnavailableError: the producer was closed while messages still waited.

        """
        refusals: list[Refusal] = []
        pending = [(topic, messages) for topic, messages in batches.items() if messages]
        while pending:
            failures: list[Failure] = []
            async with self._gate:
                for topic, messages in pending:
                    self._enqueue(topic, messages, failures)
                if self._next_flush is None:
                    self._next_flush = asyncio.create_task(self._flush())
                flush = self._next_flush
            await asyncio.shield(flush)
            refusals += [failure.refusal for failure in failures if failure.refused]
            pending = [
                (failure.refusal.topic, [failure.again])
                for failure in failures
                if failure.retriable
            ]
            if pending:
                log.warning("not confirmed, sending again", messages=len(pending))
                await asyncio.sleep(RETRY_PAUSE_S)
        return refusals

    def _enqueue(self, topic: str, messages: Sequence[Outgoing], failures: list[Failure]) -> None:
        for partition, batch in _by_partition(messages).items():
            self._enqueue_to(topic, partition, batch, failures)

    def _enqueue_to(
        self, topic: str, partition: int, batch: list[Outgoing], failures: list[Failure]
    ) -> None:
        queued = self._producer.produce_batch(
            topic, batch, partition, on_delivery=partial(_failed, failures)
        )
        if queued < len(batch):
            failures += [
                Failure(message["_error"], _unsent(topic, message))
                for message in batch
                if "_error" in message
            ]

    async def _flush(self) -> None:
        async with self._gate:
            self._next_flush = None
            loop = asyncio.get_running_loop()
            left = await loop.run_in_executor(self._flusher, self._wait_for_broker)
        if left:
            raise UnavailableError(f"closed with {left} messages not confirmed")

    def _wait_for_broker(self) -> int:
        waited_s = 0.0
        while (left := self._producer.flush(FLUSH_SLICE_S)) and not self._closing:
            waited_s += FLUSH_SLICE_S
            if waited_s >= AWAY_AFTER_S and not self.waiting:
                self.waiting = True
                log.warning("brokers do not confirm, waiting", messages=left)
        if self.waiting and not left:
            self.waiting = False
            log.info("brokers confirm again")
        return left

    def close(self) -> None:
        """Stop waiting for brokers; what they have not confirmed counts as not sent."""
        self._closing = True
        self._flusher.shutdown(wait=True)
        self._producer.purge()


def _by_partition(messages: Sequence[Outgoing]) -> dict[int, list[Outgoing]]:
    """Messages by the partition they name; ``produce_batch`` heeds it for a whole batch only."""
    if "partition" not in messages[0]:  # then none of them has one
        return {ANY_PARTITION: list(messages)}
    batches: dict[int, list[Outgoing]] = {}
    for message in messages:
        batches.setdefault(message["partition"], []).append(message)
    return batches


def _unsent(topic: str, message: Outgoing) -> Refusal:
    partition = message.get("partition", ANY_PARTITION)
    return Refusal(topic, message.get("key"), message["value"], partition)


def _failed(failures: list[Failure], error: KafkaError, message: Message) -> None:
    partition = message.partition()
    refusal = Refusal(
        message.topic() or "",
        message.key(),
        message.value(),
        ANY_PARTITION if partition is None else partition,
    )
    failures.append(Failure(error, refusal))
