"""Frames whose pictures lie in S3, while S3 is away: none may be lost."""

import asyncio
import json
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from secrets import token_hex

from connectors.frame_store import FrameSettings, FrameStore
from schemas.codec import decode, encode_framed, schema_of
from schemas.frames import FrameCaptured, SceneAnalysed
from schemas.topics import FRAMES_CAPTURED, FRAMES_REJECTED, SCENES_ANALYSED
from tests.faults.audit import Verdict, store_of
from tests.faults.crowd_scenarios import Rush
from tests.faults.paced import Paced
from tests.faults.rig import Crew, Rig
from tests.faults.topics import Marks, Reader
from tests.models.camera_frames import frame
from tests.models.crowd_crossings import book

FRAMES_AWAY = "frames: S3 away"
PARTITIONS = 2
KEPT_AT_ONCE = 50


def run(rig: Rig, rush: Rush) -> Verdict:
    """Let S3 go and come back while frames come, and a worker be killed that waits for it.

    Raises:
        ChildError: a worker died, or they did not finish.

    """
    site = f"mall-{token_hex(3)}"
    frames = asyncio.run(_kept(rig, _frames(site, rush.frames // 10)))
    ready = [(place % PARTITIONS, encode_framed(each)) for place, each in enumerate(frames)]
    load = Paced(rig.kafka, FRAMES_CAPTURED, ready, lasts_s=rush.lasts_s)
    with closing(Reader(rig.kafka)) as reader:
        before = {t.name: reader.marks(t) for t in (SCENES_ANALYSED, FRAMES_REJECTED)}
    sites_file = rig.folder / f"{site}.yaml"
    sites_file.write_text(json.dumps(book([site])))  # which is YAML too
    environment = {"ENGAWA_SITES__SITES_FILE": str(sites_file), "ENGAWA_CROWD__KEY": site}
    crew = Crew(rig, rig.folder / "workers" / site, environment)
    try:
        crew.start("vision", name="1")
        crew.wait_ready()
        load.start()
        _away(rig, crew, load, rush)
        load.shipped()
        crew.wait_finished("vision", FRAMES_CAPTURED)
    finally:
        crew.stop_all()
    verdict = _verdict(rig, before, frames)
    verdict.wonder("workers that did not end in order", crew.disorderly)
    return verdict


def _away(rig: Rig, crew: Crew, load: Paced, rush: Rush) -> None:
    load.wait_for(0.3)
    rig.stop("s3")
    time.sleep(rush.outage_s / 2)
    crew.kill("vision")
    crew.start("vision", name="1")
    time.sleep(rush.outage_s / 2)
    rig.start("s3")


def _frames(site: str, count: int) -> list[FrameCaptured]:
    """Frames of two cameras, the last one taken about now."""
    begin = time.time_ns() // 1_000_000 - 100 * count
    return [
        frame(frame_id=f"{site}-{n}", site=site, camera="ab"[n % 2], at=begin + 100 * n)
        for n in range(count)
    ]


async def _kept(rig: Rig, frames: Sequence[FrameCaptured]) -> list[FrameCaptured]:
    """The same with every picture in the store."""
    store = FrameStore(FrameSettings(inline_bytes=0), store_of(rig.environment))
    await store.prepare()
    kept: list[FrameCaptured] = []
    for start in range(0, len(frames), KEPT_AT_ONCE):
        some = frames[start : start + KEPT_AT_ONCE]
        kept += await asyncio.gather(*map(store.lighten, some))
    await store.close()
    return kept


def _verdict(rig: Rig, before: dict[str, Marks], frames: Sequence[FrameCaptured]) -> Verdict:
    verdict, header = Verdict(len(frames)), len(schema_of(SceneAnalysed).header)
    with closing(Reader(rig.kafka)) as reader:
        since, until = before[SCENES_ANALYSED.name], reader.marks(SCENES_ANALYSED)
        values = [each.value() or b"" for each in reader.read(SCENES_ANALYSED, since, until)]
        rejected = sum(reader.marks(FRAMES_REJECTED).values())
    found = Counter(decode(value[header:], SceneAnalysed).frame_id for value in values)
    meant = {each.frame_id for each in frames}
    verdict.miss("frames", len(meant - found.keys()))
    verdict.wonder("frames that nobody sent", len(found.keys() - meant))
    verdict.wonder("dead letters", rejected - sum(before[FRAMES_REJECTED.name].values()))
    verdict.repeated = found.total() - len(found)
    return verdict
