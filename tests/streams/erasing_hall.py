"""A site with two cameras, its people, and all that is kept of them anywhere."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np

from connectors.archive import ArchiveSink
from connectors.archive_reader import ArchiveReader
from connectors.frame_buffer import FrameBuffer, place_of
from connectors.frame_store import FrameStore, folder
from connectors.kept_frames import KeptFramesSink
from connectors.log_cut import LogCut
from connectors.message_log import MessageLog
from connectors.object_store import client
from models.sites import SiteSettings
from schemas.batch import Origin, Raw, Records
from schemas.codec import decode, encode_framed, schema_of
from schemas.crowd import VisitEnded
from schemas.erasures import Erasure
from schemas.frames import FrameCaptured, FrameKept
from schemas.records import DeadLetter
from schemas.topic import Topic
from schemas.topics import FRAMES_ANALYSED, FRAMES_CAPTURED, FRAMES_REJECTED, VISITS_ENDED
from streams.erasing import Erased, Erasing
from streams.observer import wall_ms
from streams.settings import Settings
from tests.models.camera_frames import frame as captured
from tests.models.crowd_frames import face, frame, told
from tests.models.crowd_frames import settings as rules
from tests.streams.conftest import Broker, changed_settings

DOOR, TILL = "door", "till"
FRAMES: tuple[Topic[Any], ...] = (FRAMES_CAPTURED, FRAMES_ANALYSED, FRAMES_REJECTED)
ARCHIVED = (*FRAMES, VISITS_ENDED)
PICTURE = bytes(1_000_000)
"""Too large for a message."""


class Hall:
    """One of the sites; its frames have a partition of their own."""

    def __init__(self, settings: Settings, broker: Broker, site: str, partition: int) -> None:
        self.settings, self.site = settings, site
        self._broker, self._partition = broker, partition
        self._sent: defaultdict[Topic[Any], list[bytes]] = defaultdict(list)
        self.at = wall_ms() - 120_000
        """When person 1 and 2 were at the door; 2 alone is at the till ten seconds later."""

    async def plant(self) -> None:
        """Frames, seen, set aside and waiting: in topics, in the object store, in the buffer."""
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
            self._send(FRAMES_ANALYSED, replace(seen, site=self.site))
            self._send(FRAMES_CAPTURED, await store.lighten(self._taken(camera, at, name)))
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
        for camera, at in ((DOOR, self.at + 3000), (TILL, self.at + 11_000)):
            self._send(FRAMES_REJECTED, _letter(replace(self._taken(camera, at), image=b"?")))
        waiting = place_of(self.site, DOOR, self.settings.camera)
        buffer = FrameBuffer(waiting, self.settings.camera, wall_ms)
        buffer.put(self._taken(DOOR, self.at + 2000))

    def _taken(self, camera: str, at: int, name: str = "unseen") -> FrameCaptured:
        return captured(site=self.site, camera=camera, at=at, frame_id=name, image=PICTURE)

    def _send(self, topic: Topic[Any], record: Any) -> None:
        # all in one partition, as if the site's name had chosen it
        value = encode_framed(record)
        self._broker.send(topic, [value], partition=self._partition)
        self._sent[topic].append(value)

    async def archive(self) -> None:
        """Archive all that was sent, and the visits, as an operator may have had done."""
        sink = ArchiveSink(self.settings.s3)
        await sink.prepare()
        visits = [encode_framed(each) for each in self.visits()]
        for topic, values in (*self._sent.items(), (VISITS_ENDED, visits)):
            origin = Origin(
                topic=topic.name,
                partition=self._partition,
                offsets=np.arange(len(values), dtype=np.int64),
                logged_at=np.full(len(values), self.at, np.int64),
            )
            await sink.write(Raw(origin=origin, keys=[None] * len(values), values=values))
        await sink.close()

    def grow_old(self) -> None:
        """Have Kafka lose what was sent, as it does in a day or so."""
        with MessageLog(self.settings.kafka) as log:
            for topic in self._sent:
                _, end = log.span(topic.name).bounds[self._partition]
                LogCut(self.settings.kafka).cut(topic.name, {self._partition: end})

    def visits(self) -> list[VisitEnded]:
        """Visits that were told, and not done away with."""
        found: dict[str, VisitEnded] = {}
        for value in self._broker.read(VISITS_ENDED).values():
            visit = _decoded(VISITS_ENDED, value)
            if visit.site == self.site:
                found[visit.visit_id] = visit
        return [visit for visit in found.values() if visit.sightings]

    def archived_cameras(self) -> list[str]:
        """The cameras of all that is archived, one topic after the other."""
        return [each.camera for topic in ARCHIVED for each in self.archived(topic)]

    def archived(self, topic: Topic[Any]) -> list[Any]:
        """What a replay of the archive would bring back; of dead letters what is in them."""
        reader = ArchiveReader(self.settings.s3)
        found = reader.read(topic.name, self.at, self.at + 1)
        values = [each.value for each in found if each.partition == self._partition]
        reader.close()
        return [_decoded(topic, value) for value in values]

    def pictures(self) -> list[str]:
        """Cameras of the pictures that are in the store, of both buckets."""
        s3, frames = client(self.settings.s3), self.settings.frames
        prefix = folder(self.site)
        found = [
            each["Key"].removeprefix(prefix)
            for bucket in (frames.bucket, frames.kept_bucket)
            for each in s3.list_objects_v2(Bucket=bucket, Prefix=prefix).get("Contents", ())
        ]
        return sorted(key.partition("/")[0] for key in found)

    def erasing(self, settings: Settings | None = None, **what: Any) -> Erasing:
        asked = Erasure(erasure_id=str(uuid4()), site=self.site, at=wall_ms(), by="me", **what)
        return Erasing(settings or self.settings, asked, within_s=60)


def settings_of(sites: Iterable[str], settings: Settings, folder: Path) -> Settings:
    """Settings for these sites, with databases, an archive and a buffer of their own."""
    book = folder / "sites.yaml"
    book.write_text(
        "".join(
            f"{site}:\n  latitude: 1\n  longitude: 1\n  time_zone: UTC\n"
            f"  cameras: {{{DOOR}: {{}}, {TILL}: {{}}}}\n"
            for site in sites
        )
    )
    crowd = {"key": rules().key, "matching": rules().matching}
    soon = {"gap_s": 2, "grace_s": 0, "update_s": 1, "day_update_s": 1}
    name = f"t-{uuid4().hex}"
    own = {
        "sites": SiteSettings(sites_file=book),
        "crowd": settings.crowd.model_copy(update=crowd | soon),
        "influx": settings.influx.model_copy(update={"database": name}),
        "mongo": settings.mongo.model_copy(update={"database": name}),
        "s3": settings.s3.model_copy(update={"bucket": name}),
        "camera": settings.camera.model_copy(update={"buffer_folder": folder / "frames"}),
    }
    return changed_settings(settings.model_copy(update=own), memory_interval_s=0.5)


def by_place(done: list[Erased]) -> dict[str, tuple[int, int]]:
    return {each.place: (each.found, each.left) for each in done}


def _letter(given: FrameCaptured) -> DeadLetter:
    return DeadLetter(
        topic=FRAMES_CAPTURED.name,
        partition=0,
        offset=0,
        step="detect",
        reason="image_broken",
        detail="",
        at=given.at,
        logged_at=given.at,
        key=None,
        value=encode_framed(given),
    )


def _decoded(topic: Topic[Any], value: bytes | None) -> Any:
    header = schema_of(topic.record).header
    record = decode((value or b"").removeprefix(header), topic.record)
    return _decoded(FRAMES_CAPTURED, record.value) if isinstance(record, DeadLetter) else record
