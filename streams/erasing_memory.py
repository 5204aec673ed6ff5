"""What ``count`` knows: looked up in its memory's snapshots, and forgotten by whoever has it."""

import asyncio
import time
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from agents.count import Count
from connectors.log_cut import LogCut
from connectors.message_log import MessageLog
from connectors.outcome import RefusedError
from connectors.outgoing import Outgoing
from connectors.producer import BatchProducer
from models.crowd.concerns import Concerns
from models.crowd.traces import Traces
from schemas.batch import Origin, Records
from schemas.codec import schema_of
from schemas.erasures import Erasure
from schemas.topic import Topic
from schemas.topics import (
    ALARMS_REQUESTED,
    CROWD_COUNTED,
    CROWD_REMEMBERED,
    ERASURES_REQUESTED,
    VISITS_ENDED,
)
from streams.erasing_records import Messages
from streams.memory import Memory, Snapshot
from streams.outbox import batches
from streams.registered import known_writers
from streams.settings import Settings
from streams.writer import message

GROUP = "engawa-crowd"
"""Consumer group of the flow that counts."""

LOOK_EVERY_S = 0.5
SKEW_MS = 3_600_000
"""How far the broker's clock may be behind ours."""

SAID: Mapping[type, Topic[Any]] = {
    topic.record: topic for topic in (CROWD_COUNTED, VISITS_ENDED, ALARMS_REQUESTED)
}
"""Where goes what a count says."""


class CountMemory:
    """What is remembered of what is to be erased.

    A running worker hears the wish in ``erasures.requested.v1``, forgets, and writes both slots of
    its memory anew. If none runs, we do it in its place. Either way all older snapshots are cut
    off; else they could be read until Kafka compacts them, which may take it hours.
    """

    name = CROWD_REMEMBERED.name

    def __init__(
        self, settings: Settings, asked: Erasure, producer: BatchProducer, *, within_s: float
    ) -> None:
        self._settings, self._asked, self._within_s = settings, asked, within_s
        self._producer, self._cut = producer, LogCut(settings.kafka)
        self._known = known_writers(settings.registry)
        self._names = {asked.person} if asked.person is not None else set()
        """What the person was found to be called."""

    async def traces(self) -> Traces:
        """What the newest snapshots of all partitions know together.

        Raises:
            UnavailableError: no broker answers.
            RefusedError: a snapshot is of another version.

        """
        found = Traces()
        for memory in await self._memories():
            if snapshot := await memory.recall():
                found.add(self._count(snapshot).traces(self._asked))
        self._names |= found.names
        return found

    async def count(self) -> int:
        """How much of it is in the newest snapshots; if nothing, in all that can still be read.

        Raises:
            UnavailableError: no broker answers.
            RefusedError: a snapshot is of another version.

        """
        if found := (await self.traces()).size:
            return found
        every = [
            await memory.each(lambda kept: self._size(kept.snapshot))
            for memory in await self._memories()
        ]
        return sum(map(sum, every))

    async def remove(self) -> None:
        """Have it forgotten, and the past cut off; gives up after some time.

        Raises:
            UnavailableError: no broker answers.
            RefusedError: the broker will not take the wish.

        """
        wish = await self._ask()
        end_s = time.monotonic() + self._within_s
        while not (done := await self._is_done(wish)) and time.monotonic() < end_s:
            if not await asyncio.to_thread(self._cut.members, GROUP):
                await self._forget(wish)
            await asyncio.sleep(LOOK_EVERY_S)
        if done:
            await self._cut_past()

    async def _is_done(self, wish: Origin) -> bool:
        """Whether every memory of the site was written after the wish was fulfilled."""
        place = int(wish.logged_at[0]), int(wish.offsets[0])
        for memory in await self._memories():
            if snapshot := await memory.recall():
                heard = self._count(snapshot).has_heard(self._asked.site, place)
                if not heard or await asyncio.to_thread(self._size, snapshot) > 0:
                    return False
        return True

    async def _ask(self) -> Origin:
        """Log the wish; give its place."""
        header = schema_of(type(self._asked)).header
        wish = message(ERASURES_REQUESTED, header, self._asked)
        await self._send({ERASURES_REQUESTED.name: [wish]})
        return await asyncio.to_thread(self._place, wish["value"])

    def _place(self, value: bytes) -> Origin:
        with MessageLog(self._settings.kafka) as log:
            every = log.read(log.span(ERASURES_REQUESTED.name, since_ms=self._asked.at - SKEW_MS))
            *_, found = (each for each in every if each.value == value)  # or said again
        return Origin(
            topic=found.topic,
            partition=found.partition,
            offsets=np.array([found.offset], np.int64),
            logged_at=np.array([found.logged_at], np.int64),
        )

    async def _forget(self, wish: Origin) -> None:
        """Do what no worker is there to do, and say what it would say."""
        news = Records(record=Erasure, rows=[self._asked], origin=wish)
        for memory in await self._memories():
            if snapshot := await memory.recall():
                count = self._count(snapshot)
                count.learn(news)
                await self._send(batches(snapshot.said))
                await self._say(count.tell_again(self._asked.site))
                await memory.keep(Snapshot(snapshot.offset, snapshot.logged_at, count.save()))

    async def _say(self, said: Iterable[Any]) -> None:
        for record in said:
            topic = SAID[type(record)]
            one = message(topic, schema_of(topic.record).header, record)
            await self._send({topic.name: [one]})

    async def _send(self, by_topic: Mapping[str, Sequence[Outgoing]]) -> None:
        if refused := await self._producer.send(by_topic):
            raise RefusedError(f"kafka: {refused[0].reason}")

    async def _cut_past(self) -> None:
        """Leave the newest snapshot alone."""
        firsts = {}
        for memory in await self._memories():
            if places := await memory.each(lambda kept: kept.first):
                firsts[memory.partition] = places[-1]
        await asyncio.to_thread(self._cut.cut, CROWD_REMEMBERED.name, firsts)

    async def _memories(self) -> list[Memory]:
        open_log = partial(MessageLog, self._settings.kafka)

        def partitions() -> list[int]:
            with open_log() as log:
                return sorted(log.span(CROWD_REMEMBERED.name).bounds)

        return [
            Memory(CROWD_REMEMBERED, each, producer=self._producer, open_log=open_log)
            for each in await asyncio.to_thread(partitions)
        ]

    def _size(self, snapshot: Snapshot) -> int:
        """How much is in a snapshot; the visits in its outbox may be the last that tell of it."""
        found = self._count(snapshot).traces(self._asked)
        self._names |= found.names
        concerned = Messages(Concerns(self._asked, self._names), self._known).of(VISITS_ENDED)
        visits = [each.value for each in snapshot.said if each.topic == VISITS_ENDED.name]
        return found.size + sum(concerned(each) for each in visits)

    def _count(self, snapshot: Snapshot) -> Count:
        count = Count(self._settings.crowd, self._settings.sites)
        try:
            count.load(snapshot.data)
        except ValueError as error:
            raise RefusedError(f"{CROWD_REMEMBERED.name}: {error}") from error
        return count
