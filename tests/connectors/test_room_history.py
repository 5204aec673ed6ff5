"""A room's minutes from a real InfluxDB, as training reads them."""

import time
from uuid import uuid4

import pytest

from connectors.energy_points import EnergyPointsSettings, EnrichedPointsSink
from connectors.influx import HOUR_MS, InfluxSettings
from connectors.room_history import room_history
from models.energy.training.history import history
from tests.models.energy_records import batch, reading

NOW = time.time_ns() // (HOUR_MS * 1_000_000) * HOUR_MS
MINUTE_MS = 60_000

pytestmark = pytest.mark.integration


async def test_a_room_s_minutes_become_its_history(influx_url: str) -> None:
    influx = InfluxSettings(url=influx_url)
    energy = EnergyPointsSettings(database=f"test_{uuid4().hex}")
    sink = EnrichedPointsSink(influx, energy)
    await sink.prepare()
    times = range(NOW - 20 * MINUTE_MS, NOW, 10_000)
    await sink.write(batch([reading(at) for at in times]))
    await sink.write(batch([reading(at, room="other", setpoint_c=18.0) for at in times]))
    await sink.close()

    rows = await room_history(
        "tower-1", from_ms=NOW - HOUR_MS, to_ms=NOW, influx=influx, energy=energy
    )
    found = history(rows, rated_it_kw=60.0)

    assert 20 == len(found.setpoint_c)
    assert {22.0} == set(found.setpoint_c.tolist())
    assert found.it_load is not None
    assert [0.5] * 20 == found.it_load.tolist()
