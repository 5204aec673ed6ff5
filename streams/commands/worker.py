"""``engawa worker FLOW…``: run flows until told to stop."""

import asyncio
import gc
import os
import signal
import subprocess
import sys
from typing import Annotated

import structlog
import typer

from agents.count import Count
from agents.detect import opened
from agents.route import Route
from connectors.deliver import DeliverSink
from connectors.outcome import UnavailableError
from connectors.posters import posters
from connectors.topic_admin import TopicAdmin
from models.crowd.settings import CrowdRules
from streams.exits import BUG, CONFIG
from streams.flow import Drain, Flow, Step, read_by
from streams.logs import set_up
from streams.settings import Settings
from streams.topology import FLOWS
from streams.worker import Worker

BROKER_PAUSE_S = 1.0

COLLECT_AFTER = (200_000, 5, 5)
"""New objects before a garbage collection, and how often older ones are looked at. A batch makes
thousands of short-lived dicts that hold no cycles; Python's default of 700 would look at each of
them several times."""

log = structlog.get_logger(__name__)


def worker(
    flows: Annotated[list[str], typer.Argument(help="Flows to run, each in its own process.")],
) -> None:
    """Run one or more flows until SIGTERM or Ctrl-C.

    Each flow is a consumer group of its own. Start the same flow again, here or on another
    machine, to share its partitions. Give each worker a lasting name with ENGAWA_KAFKA__INSTANCE,
    and it has its partitions back at once after a restart.

    Example: [bold]engawa worker telemetry store[/bold]
    """
    chosen = [_flow(name) for name in flows]
    set_up()
    raise typer.Exit(_run(chosen[0]) if len(chosen) == 1 else _run_each(chosen))


def _flow(name: str) -> Flow:
    for flow in FLOWS:
        if flow.name == name:
            return flow
    known = ", ".join(flow.name for flow in FLOWS)
    raise typer.BadParameter(f"there is no flow {name!r}; there are: {known}")


def _run(flow: Flow) -> int:
    settings = Settings()
    if any(isinstance(part, Drain) and part.sink is DeliverSink for part in flow.parts):
        posters(settings.alarms.rules().channels, settings.secret)  # raises before anything waits
    agents = {part.agent for part in flow.parts if isinstance(part, Step)}
    if Count in agents:
        CrowdRules.of(settings.crowd, settings.sites.book())  # likewise
    if Route in agents:
        opened(settings.faces)  # likewise, and the first frame need not wait for it
    structlog.contextvars.bind_contextvars(flow=flow.name)
    gc.set_threshold(*COLLECT_AFTER)
    gc.freeze()  # what is imported stays
    return asyncio.run(_work(flow, settings))


async def _work(flow: Flow, settings: Settings) -> int:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    if missing := await _missing_topics(flow, settings, stop):
        log.error("topics missing; create them with: engawa topics", topics=missing)
        return CONFIG
    if stop.is_set():
        return 0
    worker = Worker(flow, settings)
    stopping = asyncio.create_task(_stop_on(stop, worker))
    try:
        return 0 if await worker.run() else BUG
    finally:
        stopping.cancel()


async def _stop_on(stop: asyncio.Event, worker: Worker) -> None:
    await stop.wait()
    worker.stop()


async def _missing_topics(flow: Flow, settings: Settings, stop: asyncio.Event) -> list[str]:
    """Topics of the flow that do not exist: Faust would only ignore them. Waits for a broker."""
    topics = [topic for part in (*flow.parts, *flow.clockworks) for topic in part.writes]
    topics += [topic for part in flow.parts for topic in read_by(part)]
    needed = {topic.name for topic in topics}
    admin = TopicAdmin(settings.kafka)
    while not stop.is_set():
        try:
            return sorted(needed - set(await asyncio.to_thread(admin.partitions)))
        except UnavailableError as error:
            log.warning("broker away, waiting", reason=str(error))
            await asyncio.sleep(BROKER_PAUSE_S)
    return []


def _run_each(flows: list[Flow]) -> int:
    """A process for each flow; when one ends, all do."""
    processes = [
        subprocess.Popen(  # noqa: S603  # our own interpreter, and a name from FLOWS
            [sys.executable, "-m", "streams", "worker", flow.name]
        )
        for flow in flows
    ]

    def end_all(*_: object) -> None:
        for process in processes:
            process.terminate()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end_all)
    os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOWAIT)
    end_all()
    return max(process.wait() for process in processes)
