"""Frames to people counted, through the real flow on a real broker, and into the stores."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from connectors.crowd_documents import document
from connectors.crowd_figures import figures
from connectors.message_log import MessageLog
from connectors.topic_admin import TopicAdmin
from models.crowd.settings import CrowdSettings
from models.sites import SiteSettings
from schemas.batch import Records
from schemas.codec import encode_framed
from schemas.crowd import CrowdCounted
from schemas.frames import FrameAnalysed
from schemas.topic import Topic
from schemas.topics import CROWD_COUNTED, FRAMES_ANALYSED, VISITS_ENDED
from streams import audit
from streams.flow import Flow
from streams.settings import Settings
from streams.topology import FLOWS, topics
from streams.worker import Worker
from tests.models.crowd_crossings import (
    RULES,
    book,
    closing,
    crossings,
    disordered,
    last_said,
    rules,
    truth,
)
from tests.streams.conftest import Broker, changed_settings, until
from tests.streams.crowd_kept import documents, place, points

pytestmark = [pytest.mark.integration, pytest.mark.timeout(120)]

COUNT = 300
"""Frames of each site."""

CROWD, STORE = (next(flow for flow in FLOWS if flow.name == name) for name in ("crowd", "store"))

Counted = tuple[dict[str, Any], list[Any]]
"""Figures of windows by their ids, and visits."""

Site = tuple[str, int]
"""Its name, and the partition of its frames."""


@pytest.fixture
def sites() -> list[Site]:
    """One for each partition, so that two workers have two each."""
    run = uuid4().hex[:6]
    return [(f"hall-{run}-{partition}", partition) for partition in range(4)]


@pytest.fixture
def counting(settings: Settings, sites: list[Site], tmp_path: Path) -> Settings:
    """With a book of these sites, and databases of their own."""
    path = tmp_path / "sites.yaml"
    path.write_text(json.dumps(book([name for name, _ in sites])))  # which is YAML too
    own = {"database": f"crowd{uuid4().hex[:8]}"}
    update = {
        "sites": SiteSettings(sites_file=path),
        "crowd": CrowdSettings.model_validate(dict(RULES)),
        "mongo": settings.mongo.model_copy(update=own),
        "influx": settings.influx.model_copy(update=own),
    }
    TopicAdmin(settings.kafka).ensure(topics())
    return changed_settings(settings.model_copy(update=update), memory_interval_s=0.5)


class Crew:
    """Workers in this process."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._working: dict[Worker, asyncio.Task[bool]] = {}

    async def start(self, flow: Flow) -> Worker:
        """Start a worker; return when it works."""
        worker = Worker(flow, self._settings)
        self._working[worker] = asyncio.create_task(worker.run())
        await until(lambda: worker.readiness.ready)
        return worker

    async def stop(self, *workers: Worker) -> None:
        """Stop these workers, or all."""
        for worker in workers or tuple(self._working):
            worker.stop()
            assert await self._working.pop(worker)


@pytest.fixture
async def crew(counting: Settings) -> AsyncIterator[Crew]:
    crew = Crew(counting)
    yield crew
    await crew.stop()


def finished(broker: Broker, flow: Flow, topic: Topic[Any]) -> Callable[[], bool]:
    """Whether a flow has committed all of a topic."""

    def all_committed() -> bool:
        with MessageLog(broker.settings.kafka) as log:
            ends = {number: end for number, (_, end) in log.span(topic.name).bounds.items() if end}
        return all(broker.committed(flow, topic, number) == end for number, end in ends.items())

    return all_committed


def said(settings: Settings, site: str) -> list[Any]:
    """Windows, then visits, of a site, in the order in which they were said."""

    def read() -> Iterator[Any]:
        with MessageLog(settings.kafka) as log:
            for topic in (CROWD_COUNTED, VISITS_ENDED):
                for batch in audit.batches(log, topic, Records):
                    yield from (each for each in batch.rows if each.site == site)

    return list(read())


def send(broker: Broker, frames: Sequence[FrameAnalysed], partition: int) -> None:
    broker.send(FRAMES_ANALYSED, map(encode_framed, frames), partition=partition)


def mixed(site: str) -> list[FrameAnalysed]:
    """Its frames out of order, a third of them late, a third twice."""
    return disordered(crossings(site, count=COUNT, seed=1), seed=2, twice=0.3, late=0.3)


async def test_a_restart_a_replay_late_and_repeated_frames_leave_topics_and_stores_right(
    counting: Settings, broker: Broker, crew: Crew, sites: list[Site]
) -> None:
    (site, partition), *_ = sites
    log, ends = mixed(site), [closing(site, minutes) for minutes in (3, 2)]
    drains = [part for part in STORE.parts if part.reads in (CROWD_COUNTED, VISITS_ENDED)]
    store = Flow(uuid4().hex, tuple(drains))
    await crew.start(store)
    first = await crew.start(CROWD)
    send(broker, log[: COUNT // 2], partition)
    await until(lambda: said(counting, site))
    await crew.stop(first)
    send(broker, [*log[COUNT // 2 :], ends[0]], partition)
    await crew.start(CROWD)
    await until(finished(broker, CROWD, FRAMES_ANALYSED))
    once = truth([*log, ends[0]], rules([site]), site)
    assert once == at_these(once, said(counting, site))

    send(broker, [*log, ends[1]], partition)
    await until(finished(broker, CROWD, FRAMES_ANALYSED))
    twice = truth([*log, *ends], rules([site]), site)
    assert twice == at_these(twice, said(counting, site))

    for topic in (CROWD_COUNTED, VISITS_ENDED):
        await until(finished(broker, store, topic))
    await crew.stop()
    windows = {each.window_id: each for each in said(counting, site) if is_window(each)}
    assert {each: document(windows[each]) for each in windows} == documents(counting)
    visits = {each.visit_id: each for each in said(counting, site) if not is_window(each)}
    assert await points(counting) == (
        {place(each): figures(each)["visitors"] for each in windows.values()},
        sorted(each.sightings for each in visits.values() if each.sightings),
    )


async def test_two_workers_share_sites_and_hand_them_over(
    counting: Settings, broker: Broker, crew: Crew, sites: list[Site]
) -> None:
    logs = {site: [*mixed(site), closing(site, 3)] for site, _ in sites}

    async def count(share: slice) -> None:
        for site, partition in sites:
            send(broker, logs[site][share], partition)
        await until(finished(broker, CROWD, FRAMES_ANALYSED))

    first = await crew.start(CROWD)
    for site, partition in sites:
        send(broker, logs[site][: COUNT // 3], partition)
    second = await crew.start(CROWD)  # the first is at work on these
    await until(lambda: first.readiness.ready)
    before = received(first)
    await count(slice(COUNT // 3, COUNT * 2 // 3))
    both = received(first) - before, received(second)
    for site, partition in sites:
        send(broker, logs[site][COUNT * 2 // 3 : COUNT], partition)
    await crew.stop(first)
    await count(slice(COUNT, None))

    assert all(both)
    for site, _ in sites:
        counted = truth(logs[site], rules([site]), site)
        assert counted == at_these(counted, said(counting, site))


def received(worker: Worker) -> float:
    name = "engawa_records_received_total"
    return worker.metrics.registry.get_sample_value(name, {"step": "count"}) or 0.0


def is_window(record: Any) -> bool:
    return isinstance(record, CrowdCounted)


def at_these(expected: Counted, records: Sequence[Any]) -> Counted:
    """What was said last, of the windows that are expected, and all visits."""
    windows, visits = last_said(records)
    return {name: each for name, each in windows.items() if name in expected[0]}, visits
