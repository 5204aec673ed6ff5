"""Puts a flow's parts together: what each reads, runs and writes, with the settings it asks for."""

import asyncio
import os
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from tenacity import retry, retry_if_exception_type

from connectors.influx import InfluxSink
from connectors.message_log import MessageLog
from connectors.outcome import UnavailableError
from connectors.producer import BatchProducer
from connectors.registry import Registry
from schemas.batch import Records
from schemas.columns import marker
from schemas.releases import released
from schemas.topic import Topic
from schemas.topics import dead_letters
from streams.beside import Beside, SharedLog
from streams.clock import Voice
from streams.drain_work import DrainWork, Reporting
from streams.fetching import Fetching
from streams.flow import Clockwork, Drain, Step
from streams.gather import Gatherer, Gathering
from streams.headers import Headers
from streams.lane import Lane
from streams.memory import Memory
from streams.metrics import Metrics
from streams.observer import Observer, wall_ms
from streams.reader import reader
from streams.readiness import Readiness
from streams.remember import RememberingWork
from streams.reports import Reports, recall
from streams.settings import Settings
from streams.settle import PAUSE, error_of
from streams.shapes import settings_for, takes
from streams.stage import Agent, Stage
from streams.work import StepWork, Work
from streams.writers import Writers


class Assembly:
    """The composition root of one worker."""

    def __init__(
        self,
        settings: Settings,
        producer: BatchProducer,
        *,
        metrics: Metrics,
        readiness: Readiness,
        fail: Callable[[BaseException], None],
    ) -> None:
        self._settings = settings
        self._producer = producer
        self._metrics = metrics
        self._readiness = readiness
        self._fail = fail
        registry = Registry(settings.registry) if settings.registry else None
        writes = settings.registry is not None and settings.registry.write
        self._writers = Writers(released(), registry)
        self._headers = Headers(registry if writes else None)
        self._recall = partial(recall, kafka=settings.kafka, writers=self._writers)
        self._marker = marker(os.urandom)
        self._preparing: list[asyncio.Task[None]] = []
        self._open_log = partial(MessageLog, settings.kafka)
        self._shared_log = SharedLog(self._open_log)

    async def lane_opener(self, part: Step | Drain) -> Callable[[int], Gatherer]:
        """What opens a lane of this step or drain; a lane waits for its store by itself."""
        observer = Observer(part.name, self._metrics, self._readiness, wall_ms)
        open_work = await self._work_opener(part, observer)
        gathering = Gathering(batches=self._settings.worker.queued_batches)
        if isinstance(part, Drain):
            gathering = replace(gathering, size_bytes=part.gather_bytes, age_s=part.gather_s)

        def open_lane(partition: int) -> Gatherer:
            lane = Lane(
                open_work(partition),
                observer,
                resolve=self._writers.resolve,
                fail=self._fail,
                at_once=part.at_once if isinstance(part, Step) else None,
            )
            return Gatherer(lane, gathering, fail=self._fail)

        return open_lane

    async def _work_opener(self, part: Step | Drain, observer: Observer) -> Callable[[int], Work]:
        shape, _ = takes(part.agent if isinstance(part, Step) else part.sink)
        read = reader(part.reads, shape, marker=self._marker, known=self._writers.known)
        # a dead-letter topic that the step names itself comes last, and so counts
        topics = (dead_letters(part.reads), *part.writes)
        stage = Stage(part.name, read, await self._headers.writer(topics))
        if isinstance(part, Step):
            return self._step_opener(part, stage, observer)
        return self._drain_opener(part, stage, observer)

    def _step_opener(self, part: Step, stage: Stage, observer: Observer) -> Callable[[int], Work]:
        make = _agent_maker(part.agent, self._settings)
        fetch = self._fetch_maker(part, stage, observer)
        topic, every_s = part.remembers, self._settings.worker.memory_interval_s

        def open_work(partition: int) -> Work:
            beside = tuple(map(self._beside, part.beside))
            fetching = fetch()
            own = replace(stage, read=fetching) if fetching else stage
            step = StepWork(own, make(), self._producer, wall_ms, beside, fetching)
            if topic is None:
                return step
            memory = Memory(topic, partition, producer=self._producer, open_log=self._open_log)
            return RememberingWork(step, memory, every_s)

        return open_work

    def _fetch_maker(
        self, part: Step, stage: Stage, observer: Observer
    ) -> Callable[[], Fetching | None]:
        if part.fetches is None:
            return lambda: None
        fetch = part.fetches(*settings_for(part.fetches, self._settings)).fetch
        return lambda: Fetching(
            stage.read, fetch, self._writers.resolve, observer.waiting, observer.written
        )

    def _beside(self, topic: Topic[Any]) -> Beside:
        read = reader(topic, Records, marker=self._marker, known=self._writers.known)
        return Beside(topic.name, read, self._shared_log, self._writers.resolve)

    def _drain_opener(self, part: Drain, stage: Stage, observer: Observer) -> Callable[[int], Work]:
        sink = part.sink(*settings_for(part.sink, self._settings))
        if isinstance(sink, InfluxSink):
            sink.on_expired = observer.expired
        reports = None
        if isinstance(sink, Reporting):
            reports = sink.report = Reports(stage.write, self._producer)
        preparing = asyncio.create_task(_prepared(sink, observer))
        preparing.add_done_callback(self._prepared)
        self._preparing.append(preparing)
        ready = partial(self._ready, preparing, sink, part.writes)
        waiting, written = observer.waiting, observer.written
        return lambda _: DrainWork(
            stage, sink, self._producer, wall_ms, waiting, written, reports, ready
        )

    async def voice(self, clockwork: Clockwork, leads: Callable[[], bool]) -> Voice | None:
        """How a chore says what it has to say; None for one that says nothing."""
        topics = clockwork.writes
        if not topics:
            return None
        reports = Reports(await self._headers.writer(topics), self._producer)
        return Voice(leads, reports, lambda chore: self._recall(chore.recall, topics))

    def close(self) -> None:
        """Wait for no store any more."""
        for preparing in self._preparing:
            preparing.cancel()

    def _prepared(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()):
            self._fail(error)

    async def _ready(
        self, preparing: asyncio.Task[None], sink: Any, topics: tuple[Topic[Any], ...]
    ) -> None:
        """Wait for a sink's store, which holds up no other; tell the sink what it reported."""
        await asyncio.wait([preparing])
        preparing.result()
        if isinstance(sink, Reporting):
            await self._recall(sink.recall, topics)


def _agent_maker(agent: Any, settings: Settings) -> Callable[[], Agent]:
    """A function is its own agent; a class makes one for each partition."""
    if not isinstance(agent, type):
        return lambda: agent
    own = settings_for(agent, settings)
    return lambda: agent(*own)


async def _prepared(sink: Any, observer: Observer) -> None:
    """Create what the sink needs in its store, waiting while the store is away."""
    patiently = retry(
        retry=retry_if_exception_type(UnavailableError),
        wait=PAUSE,
        before_sleep=lambda state: observer.waiting(error_of(state)),
    )
    await patiently(sink.prepare)()
    observer.written()
