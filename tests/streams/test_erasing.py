"""Erasing with real servers: everything planted, erased, and looked for again."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from agents.count import Count
from connectors.archive import ArchiveSink
from connectors.crowd_documents import CrowdSink
from connectors.crowd_points import CrowdPointsSink, VisitPointsSink
from connectors.frame_buffer import FrameBuffer, place_of
from connectors.frame_store import FrameStore
from connectors.kept_frames import KeptFramesSink
from connectors.topic_admin import TopicAdmin
from models.sites import SiteSettings
from schemas.batch import Origin, Raw, Records
from schemas.codec import decode, encode_framed, schema_of
from schemas.crowd import VisitEnded
from schemas.erasures import Erasure
from schemas.frames import FrameCaptured, FrameKept
from schemas.topics import (
    ALARMS_REQUESTED,
    CATALOGUE,
    CROWD_COUNTED,
    CROWD_REMEMBERED,
    ERASURES_REQUESTED,
    FRAMES_ANALYSED,
    FRAMES_CAPTURED,
    VISITS_ENDED,
)
from streams.commands.erase import erase
from streams.erasing import Erased, Erasing
from streams.flow import Drain, Flow, Step
from streams.observer import wall_ms
from streams.settings import Settings
from streams.worker import Worker
from tests.models.camera_frames import frame as captured
from tests.models.crowd_frames import face, frame, told
from tests.models.crowd_frames import settings as rules
from tests.streams.conftest import Broker, changed_settings, until

pytestmark = [pytest.mark.integration, pytest.mark.timeout(240)]

CROWD = Flow(
    "crowd",
    (
        Step(
            "count",
            FRAMES_ANALYSED,
            Count,
            writes=(CROWD_COUNTED, VISITS_ENDED, ALARMS_REQUESTED),
            remembers=CROWD_REMEMBERED,
            beside=(ERASURES_REQUESTED,),
        ),
    ),
)
STORE = Flow(
    "store",
    (
        Drain("crowd", CROWD_COUNTED, CrowdSink),
        Drain("crowd-points", CROWD_COUNTED, CrowdPointsSink),
        Drain("visit-points", VISITS_ENDED, VisitPointsSink),
    ),
)
DOOR, TILL = "door", "till"


class Hall:
    """A site with two cameras, its people, and what is kept of them."""

    def __init__(self, settings: Settings, broker: Broker, site: str) -> None:
        self.settings, self.site, self._broker = settings, site, broker
        self.at = wall_ms() - 120_000
        """When person 1 and 2 were at the door; 2 alone is at the till ten seconds later."""

    async def plant(self) -> None:
        """Frames, seen and unseen: in topics, in the object store, in the buffer, archived."""
        shots = [
            (DOOR, self.at, (1, 2)),
            (DOOR, self.at + 1000, (1, 2)),
            (TILL, self.at + 10_000, (2,)),
        ]
        store = FrameStore(self.settings.frames, self.settings.s3)
        await store.prepare()
        kept: list[FrameKept] = []
        for camera, at, people in shots:
            name = str(uuid4())
            seen = frame(at, *(face(each, **told()) for each in people), camera=camera, name=name)
            self.send(FRAMES_ANALYSED, replace(seen, site=self.site))
            taken = captured(
                site=self.site, camera=camera, at=at, frame_id=name, image=bytes(1_000_000)
            )
            self.send(FRAMES_CAPTURED, await store.lighten(taken))
            kept.append(
                FrameKept(
                    frame_id=name, site=self.site, camera=camera, at=at, blurred=2, image=b"jpeg"
                )
            )
        await store.close()
        sink = KeptFramesSink(self.settings.frames, self.settings.s3)
        await sink.prepare()
        await sink.write(Records(record=FrameKept, rows=kept))
        await sink.close()
        self._buffer(captured(site=self.site, camera=DOOR, at=self.at + 2000))

    def _buffer(self, given: FrameCaptured) -> None:
        folder = place_of(self.site, given.camera, self.settings.camera)
        FrameBuffer(folder, self.settings.camera, wall_ms).put(given)

    def send(self, topic: Any, record: Any) -> None:
        # all in one partition, as if the site's name had chosen it
        self._broker.send(topic, [encode_framed(record)])

    async def archive(self) -> None:
        """Put the visits into the archive, as an operator may have had done."""
        sink = ArchiveSink(self.settings.s3)
        await sink.prepare()
        values = [encode_framed(each) for each in self.visits()]
        origin = Origin(
            topic=VISITS_ENDED.name,
            partition=0,
            offsets=np.arange(len(values), dtype=np.int64),
            logged_at=np.full(len(values), self.at, np.int64),
        )
        await sink.write(Raw(origin=origin, keys=[None] * len(values), values=values))
        await sink.close()

    def visits(self) -> list[VisitEnded]:
        """Visits that were told, and not done away with."""
        found: dict[str, VisitEnded] = {}
        header = schema_of(VisitEnded).header
        for value in self._broker.read(VISITS_ENDED).values():
            visit = decode((value or b"").removeprefix(header), VisitEnded)
            if visit.site == self.site:
                found[visit.visit_id] = visit
        return [visit for visit in found.values() if visit.sightings]

    def person_at(self, camera: str) -> str:
        [found] = {each.person for each in self.visits() if each.camera == camera}
        return found

    def erasing(self, **what: Any) -> Erasing:
        asked = Erasure(erasure_id=str(uuid4()), site=self.site, at=wall_ms(), by="me", **what)
        return Erasing(self.settings, asked, within_s=60)


@pytest.fixture
def hall(settings: Settings, broker: Broker, tmp_path: Path) -> Hall:
    site = f"hall-{uuid4().hex[:8]}"
    path = tmp_path / "sites.yaml"
    path.write_text(
        f"{site}:\n  latitude: 1\n  longitude: 1\n  time_zone: UTC\n"
        f"  cameras: {{{DOOR}: {{}}, {TILL}: {{}}}}\n"
    )
    crowd = settings.crowd.model_copy(
        update={"key": rules().key, "matching": rules().matching}
        | {"gap_s": 2, "grace_s": 0, "update_s": 1, "day_update_s": 1}
    )
    own = settings.model_copy(
        update={
            "sites": SiteSettings(sites_file=path),
            "crowd": crowd,
            "influx": settings.influx.model_copy(update={"database": f"t_{uuid4().hex}"}),
            "mongo": settings.mongo.model_copy(update={"database": f"t_{uuid4().hex}"}),
            "s3": settings.s3.model_copy(update={"bucket": f"t-{uuid4().hex}"}),
            "camera": settings.camera.model_copy(update={"buffer_folder": tmp_path / "frames"}),
        }
    )
    TopicAdmin(settings.kafka).ensure(CATALOGUE)
    return Hall(changed_settings(own, memory_interval_s=0.5), broker, site)


@asynccontextmanager
async def working(hall: Hall, *flows: Flow) -> AsyncIterator[None]:
    workers = [Worker(flow, hall.settings) for flow in flows]
    tasks = [asyncio.create_task(worker.run()) for worker in workers]
    try:
        await until(lambda: all(worker.readiness.ready for worker in workers))
        yield
    finally:
        for worker in workers:
            worker.stop()
        assert [True] * len(tasks) == await asyncio.gather(*tasks)


def by_place(done: list[Erased]) -> dict[str, tuple[int, int]]:
    return {each.place: (each.found, each.left) for each in done}


async def test_a_person_is_gone_from_everywhere_while_workers_run(hall: Hall) -> None:
    async with working(hall, CROWD, STORE):
        await hall.plant()
        await until(lambda: len(hall.visits()) == 3)
        person = hall.person_at(TILL)
        await hall.archive()
        looked = by_place(await hall.erasing(person=person).look())

        done = await hall.erasing(person=person).run()

        assert all(each.done for each in done), done
        places = by_place(done)
        assert places[CROWD_REMEMBERED.name][0] > 0 == places[CROWD_REMEMBERED.name][1]
        assert (3, 0) == places["s3 engawa-frames"] == places["s3 engawa-kept-frames"]
        assert (2, 0) == places[f"archive {VISITS_ENDED.name}"]
        assert 0 == places["influxdb visits"][1]
        assert looked["s3 engawa-frames"] == (3, 3)
        # the other one is still there
        assert 1 == len(hall.visits())
        other = by_place(await hall.erasing(person=hall.person_at(DOOR)).look())
        assert (1, 1) == other["influxdb visits"]
        assert other[CROWD_REMEMBERED.name][0] > 0
    again = by_place(await hall.erasing(person=person).run())
    assert (0, 0) == again[CROWD_REMEMBERED.name]
    assert (0, 0) == again["influxdb visits"]


async def test_a_camera_is_gone_from_everywhere_though_no_worker_runs(hall: Hall) -> None:
    async with working(hall, CROWD, STORE):
        await hall.plant()
        await until(lambda: len(hall.visits()) == 3)
        await hall.archive()

    async with working(hall, STORE):
        done = await hall.erasing(camera=DOOR).run()

    assert all(each.done for each in done), done
    places = by_place(done)
    assert {0} == {left for each, (_, left) in places.items() if not each.endswith(".v1")}
    assert (2, 0) == places["s3 engawa-frames"] == places["s3 engawa-kept-frames"]
    assert (1, 0) == places[f"buffer {hall.settings.camera.buffer_folder}"]
    assert places["mongodb crowd_demographics"][0] > 0 < places["influxdb crowd"][0]
    # the count did away with them, and the store worker was perhaps faster than we
    assert 0 == places["influxdb visits"][1]
    assert (0, 0) == by_place(await hall.erasing(camera=DOOR).run())[CROWD_REMEMBERED.name]
    till = by_place(await hall.erasing(camera=TILL).look())
    assert (1, 1) == till["influxdb visits"]
    assert (1, 1) == till["s3 engawa-frames"]


async def test_the_past_is_cut_off(hall: Hall) -> None:
    async with working(hall, CROWD, STORE):
        await hall.plant()
        await until(lambda: len(hall.visits()) == 3)

    async with working(hall, STORE):
        done = await hall.erasing(before=hall.at + 5000).run()

    assert all(each.done for each in done), done
    places = by_place(done)
    assert 0 == places[CROWD_REMEMBERED.name][1]
    # the count did away with them, and the store worker was perhaps faster than we
    assert 0 == places["influxdb visits"][1]
    assert (1, 0) == places[f"buffer {hall.settings.camera.buffer_folder}"]


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--person", "p", "--camera", "c"],
        ["--before", "yesterday-ish"],
        ["--camera", "x" * 129],
    ],
)
def test_it_wants_to_know_what(arguments: list[str]) -> None:
    app = typer.Typer()
    app.command()(erase)

    assert 2 == CliRunner().invoke(app, ["--site", "hall", *arguments]).exit_code
