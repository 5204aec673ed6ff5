"""Somebody who works on what commands ask for, as a worker would."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from threading import Event, Thread
from typing import Any

import numpy as np

from connectors.kafka import KafkaSettings
from connectors.message_log import Logged, MessageLog, Span
from connectors.producer import BatchProducer
from schemas.batch import Origin, Raw, Records
from schemas.codec import decode, encode_framed, schema_of
from schemas.reasons import SetAside
from schemas.topic import Topic
from schemas.topics import dead_letters
from streams.writer import dead_letter, message


class Keeper:
    """Gives all partitions of a topic to an agent: what it says is sent, or a dead letter."""

    def __init__(
        self,
        kafka: KafkaSettings,
        reads: Topic[Any],
        agent: Callable[[Records[Any]], Iterable[Any]],
        writes: Topic[Any],
        store: Callable[[Records[Any]], Awaitable[None]] | None = None,
    ) -> None:
        self._kafka, self._reads, self._agent, self._writes = kafka, reads, agent, writes
        self._store = store
        self._ended = Event()
        with MessageLog(kafka) as log:
            self._next = {part: end for part, (_, end) in log.span(reads.name).bounds.items()}
        self._thread = Thread(target=lambda: asyncio.run(self._keep()))
        self._thread.start()

    def end(self) -> None:
        self._ended.set()
        self._thread.join()

    async def _keep(self) -> None:
        producer = BatchProducer(self._kafka)
        with MessageLog(self._kafka) as log:
            while not self._ended.is_set():
                for logged in await asyncio.to_thread(self._new, log):
                    said, letters = self._taken(logged)
                    if self._store:
                        await self._store(Records(record=self._writes.record, rows=said))
                    header = schema_of(self._writes.record).header
                    made = [message(self._writes, header, each) for each in said]
                    rejected = dead_letters(self._reads).name
                    await producer.send({self._writes.name: made, rejected: letters})
                await asyncio.sleep(0.05)
        producer.close()

    def _new(self, log: MessageLog) -> list[Logged]:
        now = log.span(self._reads.name).bounds
        span = Span(self._reads.name, {part: (self._next[part], now[part][1]) for part in now})
        self._next = {part: end for part, (_, end) in now.items()}
        return list(log.read(span))

    def _taken(self, logged: Logged) -> tuple[list[Any], list[dict[str, Any]]]:
        origin = Origin(
            topic=logged.topic,
            partition=logged.partition,
            offsets=np.array([logged.offset]),
            logged_at=np.array([logged.logged_at]),
        )
        record = self._reads.record
        asked = decode((logged.value or b"")[len(schema_of(record).header) :], record)
        done = list(self._agent(Records(record=record, rows=[asked], origin=origin)))
        raw = Raw(origin=origin, keys=[logged.key], values=[logged.value])
        letters = [
            {"value": encode_framed(dead_letter(raw, each, step="kept", now_ms=logged.logged_at))}
            for each in done
            if isinstance(each, SetAside)
        ]
        return [each for each in done if not isinstance(each, SetAside)], letters
