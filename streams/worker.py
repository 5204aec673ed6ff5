"""One worker process: a flow's app, its sinks, its status page, from start to a clean stop."""

import asyncio
import os
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any

import structlog
from faust.types import TP

from connectors.producer import BatchProducer
from streams.app import add_agent, create_app
from streams.assembly import Assembly
from streams.clock import keep_doing
from streams.flow import Flow
from streams.lanes import Lanes
from streams.metrics import Metrics
from streams.observer import Observer, wall_ms
from streams.readiness import Readiness
from streams.settings import Settings
from streams.status_page import serve

WATCH_S = 0.25
"""How often readiness and state sizes are looked at."""

TICK_MS = 1000
"""How often agents with something to say by the clock are asked."""

log = structlog.get_logger(__name__)


class Worker:
    """Runs one flow until told to stop, or until a bug stops it."""

    def __init__(self, flow: Flow, settings: Settings) -> None:
        self.flow = flow
        self.settings = settings
        self.metrics = Metrics()
        self.readiness = Readiness("starting")
        self.port = 0
        self._failure: BaseException | None = None
        self._stopping = asyncio.Event()
        self._lanes: dict[str, Lanes] = {}
        self._clockworks: list[asyncio.Task[None]] = []
        self._assembly: Assembly | None = None

    async def run(self) -> bool:
        """Work until ``stop``; give whether it ended as it should.

        Raises:
            OSError: the status page's port is taken.

        """
        http = self.settings.worker
        page, self.port = await serve(
            http.http_host,
            http.http_port,
            registry=self.metrics.registry,
            readiness=self.readiness,
        )
        producer = BatchProducer(self.settings.kafka)
        app = create_app(self.flow, self.settings)
        try:
            await self._unless_stopped(self._start(app, producer))
            await self._watch(app, producer)
        finally:
            self.readiness.hold("stopping", "the worker is stopping")
            await self._end(app)
            producer.close()
            await page.cleanup()
            log.info("worker stopped", flow=self.flow.name)
        return self._failure is None

    def stop(self) -> None:
        """Finish what is under way, commit, leave."""
        self._stopping.set()

    def fail(self, error: BaseException) -> None:
        """A bug: say so, acknowledge nothing more, end."""
        if self._failure is None:
            self._failure = error
            log.critical("a bug stops this worker; nothing is lost", exc_info=error)
        self._stopping.set()

    async def _start(self, app: Any, producer: BatchProducer) -> None:
        await self._add_parts(app, producer)
        app.finalize()
        app.consumer.hurry = self._hurry
        app.consumer.full = self._full
        app.consumer.fetch_pause_s = self.settings.worker.fetch_pause_s
        await app.start()
        await self._start_clockworks(app)
        self.readiness.clear("starting")
        log.info("worker started", flow=self.flow.name, http_port=self.port, pid=os.getpid())

    async def _unless_stopped(self, doing: Coroutine[Any, Any, None]) -> None:
        """Wait for it, but no longer than until somebody says stop: a store may be away."""
        task = asyncio.create_task(doing)
        stopped = asyncio.create_task(self._stopping.wait())
        await asyncio.wait({task, stopped}, return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
        if not task.done():
            task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    async def _end(self, app: Any) -> None:
        for clockwork in self._clockworks:
            clockwork.cancel()
        if self._assembly:
            self._assembly.close()
        if app.started:
            if self._failure:
                app.consumer.stop_timeout_s = 0.0
            await app.stop()

    async def _add_parts(self, app: Any, producer: BatchProducer) -> None:
        assembly = self._assembly = Assembly(
            self.settings,
            producer,
            metrics=self.metrics,
            readiness=self.readiness,
            fail=self.fail,
        )
        for part in self.flow.parts:
            open_lane = await assembly.lane_opener(part)
            self._lanes[part.name] = add_agent(
                app, part.name, part.reads.name, open_lane=open_lane, fail=self.fail
            )

    async def _start_clockworks(self, app: Any) -> None:
        assert self._assembly
        lead = TP(self.flow.parts[0].reads.name, 0)
        for each in self.flow.clockworks:
            observer = Observer(each.name, self.metrics, self.readiness, wall_ms)
            voice = await self._assembly.voice(each, lambda: lead in app.consumer.assignment())
            doing = keep_doing(each, self.settings, observer, voice)
            task = asyncio.create_task(doing)
            task.add_done_callback(self._ended)
            self._clockworks.append(task)

    def _ended(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()):
            self.fail(error)

    async def _hurry(self) -> None:
        for lanes in self._lanes.values():
            await lanes.hurry()

    def _full(self) -> set[TP]:
        return set().union(*(lanes.full() for lanes in self._lanes.values()))

    async def _watch(self, app: Any, producer: BatchProducer) -> None:
        next_tick_ms = 0
        while not self._stopping.is_set():
            if app.rebalancing or not app.consumer.assignment():
                self.readiness.hold("group", "no partitions assigned, or a rebalance is on")
            else:
                self.readiness.clear("group")
            if producer.waiting:
                self.readiness.hold("kafka", "the brokers do not confirm")
            else:
                self.readiness.clear("kafka")
            now_ms = wall_ms()
            for name, lanes in self._lanes.items():
                self.metrics.state.labels(name).set(lanes.state_entries)
                if now_ms >= next_tick_ms:
                    lanes.tick(now_ms)
            next_tick_ms = max(next_tick_ms, now_ms // TICK_MS * TICK_MS + TICK_MS)
            if app.crashed or app.should_stop:
                self.fail(app.crash_reason or RuntimeError("Faust stopped by itself"))
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), WATCH_S)
