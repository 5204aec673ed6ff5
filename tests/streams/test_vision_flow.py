"""Frames through a real broker and a real object store to what is found in them."""

import asyncio
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import yaml

from agents.route import Route
from connectors.frame_store import FrameSettings, FrameStore, object_key
from connectors.object_store import client
from connectors.topic_admin import TopicAdmin
from models.sites import SiteSettings
from schemas.alarms import AlarmRequest, Level
from schemas.codec import decode, encode_framed, schema_of
from schemas.frames import FrameCaptured, FrameReference, SceneAnalysed
from schemas.records import DeadLetter
from schemas.topic import Topic
from streams.flow import Flow, Step
from streams.settings import Settings
from streams.worker import Worker
from tests.models.camera_frames import BOOK, COVERED, SHARP, frame
from tests.streams.conftest import Broker, changed_settings, until

pytestmark = [pytest.mark.integration, pytest.mark.timeout(90)]


def topic(settings: Settings, record: type, *key: str) -> Topic[Any]:
    made: Topic[Any] = Topic(name=f"frames.{uuid4().hex}.v1", record=record, key=key)
    TopicAdmin(settings.kafka).ensure([made], partitions=1)
    return made


def records(broker: Broker, source: Topic[Any]) -> list[Any]:
    header = schema_of(source.record).header
    return [
        decode((value or b"")[len(header) :], source.record)
        for value in broker.read(source).values()
    ]


@pytest.fixture
def vision(settings: Settings, tmp_path: Path) -> Settings:
    """With a site book that knows the tests' cameras, and little room in messages."""
    path = tmp_path / "sites.yaml"
    path.write_text(yaml.safe_dump(BOOK.model_dump(mode="json")), encoding="utf-8")
    update = {
        "sites": SiteSettings(sites_file=path),
        "frames": FrameSettings(inline_bytes=len(COVERED)),
    }
    return changed_settings(settings).model_copy(update=update)


async def test_frames_by_reference_are_fetched_and_what_leads_nowhere_is_set_aside(
    broker: Broker, flow: Flow, vision: Settings
) -> None:
    source = topic(vision, FrameCaptured, "site", "camera")
    scenes = topic(vision, SceneAnalysed, "site", "camera")
    alarms, rejected = topic(vision, AlarmRequest, "alarm"), broker.dead_letters()
    store, run = FrameStore(vision.frames, vision.s3), uuid4().hex
    await store.prepare()
    frames = [
        await store.lighten(frame(n, frame_id=f"{run}-{n}", image=SHARP if n < 15 else COVERED))
        for n in range(40)
    ]
    nowhere = FrameReference(bucket="engawa-archive", key="k", size_bytes=1, sha256="0")
    frames.insert(20, frame(99, image=None, reference=nowhere))
    frames.insert(30, frame(98, analyses=("masks",)))
    gone, changed = [
        await store.lighten(frame(n, frame_id=f"{run}-{n}", image=SHARP)) for n in (97, 96)
    ]
    s3 = client(vision.s3)
    s3.delete_object(Bucket=vision.frames.bucket, Key=object_key(gone))
    s3.put_object(Bucket=vision.frames.bucket, Key=object_key(changed), Body=COVERED)
    s3.close()
    frames += [gone, changed]
    broker.send(source, map(encode_framed, frames))

    step = Step(
        "route",
        source,
        Route,
        writes=(scenes, alarms, rejected),
        fetches=FrameStore,
        at_once=16,
    )
    worker = Worker(Flow(flow.name, (step,)), vision)
    working = asyncio.create_task(worker.run())
    await until(lambda: broker.committed(flow, source) == len(frames))
    worker.stop()
    assert await working
    await store.close()

    assert any(each.reference for each in frames[:15])
    found: list[SceneAnalysed] = records(broker, scenes)
    assert [f"{run}-{n}" for n in range(40)] == [each.frame_id for each in found]
    assert [n >= 15 for n in range(40)] == [each.blocked for each in found]
    judged: list[AlarmRequest] = records(broker, alarms)
    assert [Level.OK, Level.WARNING] == [e.judgement.level for e in judged if e.judgement]
    letters: list[DeadLetter] = records(broker, rejected)
    assert [
        (20, "reference_foreign"),
        (30, "unknown_analysis"),
        (42, "reference_missing"),
        (43, "reference_changed"),
    ] == sorted((each.offset, each.reason) for each in letters)
