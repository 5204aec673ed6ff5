"""Erasing: in each place count what has to go, remove it, and count again what is still there."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from connectors.archive_erasure import ArchivedErasure
from connectors.crowd_documents_erasure import CrowdDocuments
from connectors.crowd_points_erasure import VisitPoints, WindowPoints
from connectors.frame_erasure import BufferedFrames, FrameObjects
from connectors.log_cut import LogCut
from connectors.message_log import MessageLog
from connectors.object_store import client
from connectors.producer import BatchProducer
from connectors.topic_erasure import TopicErasure
from models.crowd.concerns import Concerns
from models.crowd.traces import Traces
from schemas.erasures import Erasure
from schemas.topics import CROWD_COUNTED, FRAMES_CAPTURED, FRAMES_KEPT, VISITS_ENDED
from streams.erasing_memory import CountMemory
from streams.erasing_records import OF_PEOPLE, Messages
from streams.registered import known_writers
from streams.settings import Settings

LOOK_EVERY_S = 0.5
JOINING_S = 15.0
"""How long a group without a worker is waited for: one may be about to start."""

READ_BEFORE = (("engawa-vision", FRAMES_CAPTURED.name),)
"""Consumer groups and topics: what lies there unread would be counted after it was forgotten."""

READ_AFTER = tuple(
    ("engawa-store", topic.name) for topic in (VISITS_ENDED, CROWD_COUNTED, FRAMES_KEPT)
)
"""What lies there unread would be stored after it was deleted."""


class Place(Protocol):
    """Where something may be that has to go."""

    @property
    def name(self) -> str:
        """The place, in a few words."""
        ...

    async def count(self) -> int:
        """How much is there."""
        ...

    async def remove(self) -> None:
        """Take it away, as far as that can be."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """What became of one place."""

    place: str
    found: int
    left: int = 0
    """Counted anew after all was removed."""

    gone_by: int | None = None
    """When what is left goes by itself, epoch milliseconds UTC."""

    why: str = ""
    """Why something is left."""

    @property
    def removed(self) -> int:
        """What was there and is not any more."""
        return max(0, self.found - self.left)

    @property
    def done(self) -> bool:
        """Whether nothing is left, or only what Kafka itself will delete in time."""
        return not self.left or self.gone_by is not None


class Erasing:
    """One erasure."""

    def __init__(self, settings: Settings, asked: Erasure, *, within_s: float) -> None:
        self._settings, self._asked, self._within_s = settings, asked, within_s
        self._known = known_writers(settings.registry)

    async def look(self) -> list[Erased]:
        """Count what there is, and remove nothing.

        Raises:
            UnavailableError: a server is away.

        """
        producer = BatchProducer(self._settings.kafka)
        try:
            memory = self._memory(producer)
            places = self._places(await memory.traces())
            found = [(each.name, await each.count()) for each in (memory, *places)]
            there = [Erased(place=name, found=size, left=size) for name, size in found if size]
            return [*there, *self._consents()]
        finally:
            producer.close()

    async def run(self) -> list[Erased]:
        """Remove it everywhere; tell what became of each place.

        Raises:
            UnavailableError: a server is away.

        """
        producer = BatchProducer(self._settings.kafka)
        try:
            unread = await self._await_read(READ_BEFORE)
            memory = self._memory(producer)
            places = self._places(await memory.traces())
            # the memory alone knows whose pictures are whose: all has to be there when it forgets
            found = [await each.count() for each in places]
            done = [await self._erased(memory)]
            unread += await self._await_read(READ_AFTER)
            done += [await self._erased(*each) for each in zip(places, found, strict=True)]
            return [*done, *unread, *self._consents()]
        finally:
            producer.close()

    def _memory(self, producer: BatchProducer) -> CountMemory:
        return CountMemory(self._settings, self._asked, producer, within_s=self._within_s)

    def _places(self, traces: Traces) -> Sequence[Place]:
        """Topics and archives first: they say where pictures are."""
        settings, asked = self._settings, self._asked
        concerns = Concerns(asked, traces.names, traces.shots)
        messages = Messages(concerns, self._known)
        site, s3 = settings.sites.book().root.get(asked.site), client(settings.s3)
        return (
            *(TopicErasure(settings.kafka, each.name, messages.of(each)) for each in OF_PEOPLE),
            *(
                ArchivedErasure(s3, settings.s3.bucket, each.name, messages.of(each))
                for each in OF_PEOPLE
            ),
            *(
                FrameObjects(s3, bucket, asked, messages.keys)
                for bucket in (settings.frames.bucket, settings.frames.kept_bucket)
            ),
            BufferedFrames(settings.camera, asked, concerns),
            VisitPoints(
                settings.influx, asked, names=traces.names, cameras=site.cameras if site else ()
            ),
            WindowPoints(settings.influx, asked),
            CrowdDocuments(settings.mongo, asked, traces.names),
        )

    async def _erased(self, place: Place, found: int = 0) -> Erased:
        """Remove what is there; ``found`` was, before anything was removed."""
        found = max(found, await place.count())
        if found or isinstance(place, CountMemory):
            await place.remove()
        left = await place.count()
        gone_by = place.gone_by if isinstance(place, TopicErasure) and left else None
        why = ""
        if isinstance(place, TopicErasure) and left:
            why = "Kafka cuts a log at its beginning only"
        elif isinstance(place, CountMemory) and left:
            why = "the worker has not forgotten it: see that it runs, or stop it, and erase again"
        return Erased(place=place.name, found=found, left=left, gone_by=gone_by, why=why)

    async def _await_read(self, readers: Sequence[tuple[str, str]]) -> list[Erased]:
        """Wait until what lies in topics now is read by those who read it; tell what is not."""
        ends = await asyncio.to_thread(self._ends, [topic for _, topic in readers])
        cut, begun_s = LogCut(self._settings.kafka), time.monotonic()
        unread: list[Erased] = []
        for group, topic in readers:
            while left := await asyncio.to_thread(cut.unread, group, topic, ends[topic]):
                members = await asyncio.to_thread(cut.members, group)
                patience_s = self._within_s if members else min(self._within_s, JOINING_S)
                if time.monotonic() > begun_s + patience_s:
                    why = f"{group} has yet to read it: let it, and erase again"
                    unread.append(Erased(place=f"unread {topic}", found=left, left=left, why=why))
                    break
                await asyncio.sleep(LOOK_EVERY_S)
        return unread

    def _ends(self, topics: Sequence[str]) -> dict[str, dict[int, int]]:
        with MessageLog(self._settings.kafka) as log:
            return {
                topic: {part: end for part, (_, end) in log.span(topic).bounds.items()}
                for topic in topics
            }

    def _consents(self) -> list[Erased]:
        """The templates that a person gave with a consent: people keep that file, not we."""
        site = self._settings.sites.book().root.get(self._asked.site)
        if site is None or self._asked.person not in site.consents:
            return []
        left = len(site.consents[self._asked.person or ""].templates)
        why = "take the consent out of the site book, and restart the workers"
        return [Erased(place="site book", found=left, left=left, why=why)]
