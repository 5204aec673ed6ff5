"""What a sink says of its own writing, e.g. each attempt to deliver, on its way to a topic."""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from connectors.kafka import KafkaSettings
from connectors.message_log import MessageLog
from connectors.producer import BatchProducer
from schemas.codec import UndecodableError, decode, schema_of
from schemas.topic import Topic
from schemas.unframe import Known, unframe
from streams.observer import wall_ms
from streams.writer import Writer
from streams.writers import UnresolvedError, Writers

RECALLED_MS = 24 * 3_600_000
"""How far back a sink is told what it reported: what waits longer in Kafka may be sent again."""


class Reports:
    """Sends records as they come; a drain waits for them before it acknowledges."""

    def __init__(self, write: Writer, producer: BatchProducer) -> None:
        self._write = write
        self._producer = producer
        self._pending: set[asyncio.Task[Any]] = set()

    def __call__(self, record: Any) -> None:
        """Send a record, in the background."""
        topic, messages = self._write.records([record])
        self._pending.add(asyncio.create_task(self._producer.send({topic: messages})))

    async def confirmed(self) -> None:
        """Return when every report so far is confirmed."""
        pending, self._pending = self._pending, set()
        await asyncio.gather(*pending)


async def recall(
    take: Callable[[list[Any]], None],
    topics: Iterable[Topic[Any]],
    *,
    kafka: KafkaSettings,
    writers: Writers,
) -> None:
    """Tell whoever takes it what was reported lately; nobody else reports there now.

    Raises:
        UnavailableError: no broker answers.

    """
    headers: set[bytes] = set()

    def read() -> list[Any]:
        since_ms = wall_ms() - RECALLED_MS
        return list(_recalled(kafka, topics, writers.known, since_ms=since_ms))

    while True:
        try:
            return take(await asyncio.to_thread(read))
        except UnresolvedError as unresolved:
            headers.add(unresolved.header)
            await writers.resolve(headers)


def _recalled(
    settings: KafkaSettings, topics: Iterable[Topic[Any]], known: Known, *, since_ms: int
) -> Iterator[Any]:
    with MessageLog(settings) as log:
        for topic in topics:
            for logged in log.read(log.span(topic.name, since_ms=since_ms)):
                bodies = unframe(
                    [logged.value],
                    schema_of(topic.record),
                    known,
                    max_bytes=topic.max_message_bytes,
                )
                for body in bodies.bodies:
                    try:
                        yield decode(body, topic.record)
                    except UndecodableError:
                        continue  # no report of ours
