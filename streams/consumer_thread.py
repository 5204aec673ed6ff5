"""The thread of a worker that talks to the broker: fetches, commits, joins and leaves the group.

Like ``streams.consumer``, whose half it is, it reaches into private parts of pinned libraries.
"""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, cast

import structlog
from aiokafka.errors import (
    CommitFailedError,
    ConsumerStoppedError,
    IllegalStateError,
    KafkaError,
)
from aiokafka.structs import OffsetAndMetadata, TopicPartition
from faust.transport.drivers import aiokafka as driver
from faust.types import TP

from streams.fetch import take

COMMIT_TIMEOUT_S = 5.0
"""How long a commit waits for a broker that is away, before it is left to the next commit."""

log = structlog.get_logger(__name__)


class BatchConsumerThread(driver.AIOKafkaConsumerThread):
    """The thread that talks to the broker."""

    def _create_worker_consumer(self, transport: Any) -> Any:
        consumer = super()._create_worker_consumer(transport)
        # what a producer took back, by aborting its transaction, was never said
        consumer._isolation_level = "read_committed"
        return consumer

    async def on_thread_stop(self) -> None:
        """Close the connections, as far as a broker that is away lets us."""
        # aiokafka cancels a fetch that failed while it backs off, and lets that through: the
        # thread would end without a word, and the worker wait for it for ever
        with suppress(asyncio.CancelledError):
            await super().on_thread_stop()

    async def _fetch_records(
        self,
        consumer: Any,
        active_partitions: set[TP],
        timeout: float | None = None,  # noqa: ASYNC109  # Faust's signature
        max_records: int | None = None,
    ) -> Any:
        if not self.consumer.flow_active:
            return None
        fetcher = consumer._fetcher
        if consumer._closed or fetcher._closed:
            raise ConsumerStoppedError
        with fetcher._subscriptions.fetch_context():
            fetched = await take(
                fetcher,
                active_partitions - cast("Any", self.consumer).skipped,
                wait_s=timeout or 0.0,
                max_records=max_records or 1,
            )
        # rebalances are told in this thread too, so this is the generation that fetched it
        return self.app.consumer_generation_id, fetched

    async def _commit(self, offsets: Mapping[TP, int]) -> bool:
        assigned = self.assignment()
        ours = {
            TopicPartition(tp.topic, tp.partition): OffsetAndMetadata(offset, "")
            for tp, offset in offsets.items()
            if tp in assigned
        }
        try:
            if ours:
                # by itself it would ask for ever, and a worker could not stop meanwhile
                await asyncio.wait_for(self._ensure_consumer().commit(ours), COMMIT_TIMEOUT_S)
        except (CommitFailedError, IllegalStateError) as error:
            log.info("commit overtaken by a rebalance", error=str(error))
            return False
        except (KafkaError, TimeoutError) as error:
            log.warning("commit failed, will be tried again", error=repr(error))
            return False
        return True
