"""Server rooms from reading to command and back, through the real flows on a real broker."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from connectors.message_log import MessageLog
from connectors.server_room import FIXED_C
from connectors.topic_admin import TopicAdmin
from connectors.weather_replay import Climate, WeatherReplay, load_year
from models.sites import SiteSettings
from schemas.batch import Records
from schemas.energy import Reason
from schemas.shadows import CommandState
from schemas.topic import Topic
from schemas.topics import DEVICES_COMMANDED, ENERGY_ENRICHED, ENERGY_RECOMMENDED, READINGS_RECEIVED
from streams import audit
from streams.observer import wall_ms
from streams.settings import Settings
from streams.simulation import simulated
from streams.topology import FLOWS, topics
from streams.worker import Worker
from tests.streams.conftest import changed_settings, until

pytestmark = [pytest.mark.integration, pytest.mark.timeout(120)]

SPEED, STEPS = 400.0, 360
"""An hour of theirs in nine seconds of ours; a command may take them nine seconds too."""

SITE = """
far-site:
  latitude: 40.64
  longitude: -73.76
  time_zone: America/New_York
  act: true
  rooms:
    tower: {sensor: far-sensor, air_conditioner: far-aircon, rated_it_kw: 60}
"""


@pytest.fixture
def acting(settings: Settings, tmp_path: Path) -> Settings:
    """Settings with one room whose air conditioner obeys."""
    book = tmp_path / "sites.yaml"
    book.write_text(SITE)
    commands = settings.commands.model_copy(update={"ttl_s": 3600.0})
    sites = SiteSettings(sites_file=book)
    update = {"sites": sites, "commands": commands}
    return changed_settings(settings.model_copy(update=update), memory_interval_s=1.0)


def of_site(log: MessageLog, topic: Topic[Any]) -> Iterator[Any]:
    for batch in audit.batches(log, topic, Records):
        yield from (each for each in batch.rows if each.site == "far-site")


async def test_a_room_is_recommended_commanded_and_obeys_and_a_restart_says_the_same(
    acting: Settings,
) -> None:
    TopicAdmin(acting.kafka).ensure(topics())
    weather = WeatherReplay(load_year(Climate.NEW_YORK.path))
    start_ms = wall_ms() - round(STEPS * 10_000 * (1 - 1 / SPEED))
    simulation = simulated(
        acting, acting.sites.book(), weather, start_ms=start_ms, speed=SPEED, seed=1
    )
    [room] = simulation.rooms
    flows = [flow for flow in FLOWS if flow.name in ("telemetry", "energy")]
    workers = [Worker(flow, acting) for flow in flows]
    working = [asyncio.create_task(worker.run()) for worker in workers]
    await until(lambda: all(worker.readiness.ready for worker in workers))

    running = asyncio.create_task(simulation.run(STEPS, asyncio.Event()))
    await until(lambda: len(room.moments) > STEPS // 2)
    workers[1].stop()
    assert await working[1]
    workers[1] = Worker(flows[1], acting)
    working[1] = asyncio.create_task(workers[1].run())
    await running

    def arrived() -> bool:
        with MessageLog(acting.kafka) as log:
            enriched = {each.at for each in of_site(log, ENERGY_ENRICHED)}
            advised = {each.at for each in of_site(log, ENERGY_RECOMMENDED)}
        return len(enriched) == STEPS and max(enriched) - max(advised, default=0) < 60_000

    await until(arrived)
    for worker, task in zip(workers, working, strict=True):
        worker.stop()
        assert await task

    with MessageLog(acting.kafka) as log:
        recommended = list(of_site(log, ENERGY_RECOMMENDED))
        commands = list(of_site(log, DEVICES_COMMANDED))
    assert simulation.sent[READINGS_RECEIVED.name] == STEPS
    same = {each.recommendation_id: (each.at, each.setpoint_c) for each in recommended}
    assert {(each.recommendation_id, (each.at, each.setpoint_c)) for each in recommended} == set(
        same.items()
    )
    assert STEPS // 6 - 1 <= len(same) <= STEPS // 6
    assert Reason.OK in {each.reason for each in recommended}
    versions = sorted({each.version for each in commands})
    assert list(range(1, len(versions) + 1)) == versions
    assert CommandState.ACKNOWLEDGED in {each.state for each in commands}
    assert room.obeyed >= 1
    assert room.setpoint_c > FIXED_C
    assert room.hvac_kwh < room.fixed_hvac_kwh
    assert room.too_warm_min == 0
