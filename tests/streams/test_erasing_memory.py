"""What a count still had to say when its worker was killed, and somebody is to be forgotten."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from uuid import uuid4

import pytest

from agents.count import Count
from connectors.message_log import MessageLog
from connectors.producer import BatchProducer
from connectors.topic_admin import TopicAdmin
from models.sites import SiteSettings
from schemas.codec import decode, encode_framed, schema_of
from schemas.crowd import VisitEnded
from schemas.erasures import Erasure
from schemas.frames import Gender
from schemas.topics import CATALOGUE, CROWD_REMEMBERED, VISITS_ENDED
from streams.erasing_memory import CountMemory
from streams.memory import Memory, Snapshot
from streams.observer import wall_ms
from streams.outbox import Said
from streams.settings import Settings
from tests.models.crowd_frames import settings as rules
from tests.streams.conftest import Broker

pytestmark = [pytest.mark.integration, pytest.mark.timeout(120)]

PEOPLE = ["one", "another"]


class Killed:
    """A site whose worker had kept what it was to say of two visits, and then was killed."""

    def __init__(self, settings: Settings, broker: Broker, site: str) -> None:
        self.settings, self.site, self._broker = settings, site, broker
        self.producer = BatchProducer(settings.kafka)
        open_log = partial(MessageLog, settings.kafka)
        self.memory = Memory(CROWD_REMEMBERED, 0, producer=self.producer, open_log=open_log)

    async def leave(self) -> None:
        """Keep it."""
        await self.memory.recall()
        state = Count(self.settings.crowd, self.settings.sites).save()
        await self.memory.keep(Snapshot(0, wall_ms(), state, tuple(map(self._said, PEOPLE))))

    def place(self, person: str) -> CountMemory:
        """Where a person is to be forgotten."""
        asked = Erasure(
            erasure_id=str(uuid4()), site=self.site, at=wall_ms(), by="me", person=person
        )
        return CountMemory(self.settings, asked, self.producer, within_s=60)

    def told(self) -> list[str]:
        """Of whom visits were told, in that order."""
        header = schema_of(VisitEnded).header
        values = self._broker.read(VISITS_ENDED).values()
        found = [decode((value or b"").removeprefix(header), VisitEnded) for value in values]
        return [visit.person for visit in found if visit.site == self.site]

    def _said(self, person: str) -> Said:
        visit = VisitEnded(
            visit_id=str(uuid4()),
            site=self.site,
            camera="door",
            person=person,
            first_seen=wall_ms() - 60_000,
            last_seen=wall_ms(),
            dwell_s=60.0,
            sightings=9,
            returning=False,
            gender=Gender.FEMALE,
            age=None,
            emotion=None,
        )
        return Said(topic=VISITS_ENDED.name, key=self.site, value=encode_framed(visit))


@pytest.fixture
def killed(settings: Settings, broker: Broker, tmp_path: Path) -> Iterator[Killed]:
    site = f"hall-{uuid4().hex[:8]}"
    path = tmp_path / "sites.yaml"
    path.write_text(
        f"{site}:\n  latitude: 1\n  longitude: 1\n  time_zone: UTC\n  cameras: {{door: {{}}}}\n"
    )
    crowd = settings.crowd.model_copy(update={"key": rules().key, "matching": rules().matching})
    own = {"sites": SiteSettings(sites_file=path), "crowd": crowd}
    TopicAdmin(settings.kafka).ensure(CATALOGUE)
    killed = Killed(settings.model_copy(update=own), broker, site)
    yield killed
    killed.producer.close()


async def test_a_visit_in_an_outbox_is_found_for_whom_it_tells_of(killed: Killed) -> None:
    await killed.leave()

    assert 1 == await killed.place("one").count()
    assert 0 == await killed.place("nobody").count()


async def test_an_outbox_is_sent_before_it_is_forgotten_for_others_are_in_it(
    killed: Killed,
) -> None:
    await killed.leave()
    place = killed.place("one")

    await place.remove()

    assert PEOPLE == killed.told()
    assert 0 == await place.count()
    [kept] = await killed.memory.each(lambda each: each.snapshot)
    assert () == kept.said
