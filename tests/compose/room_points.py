"""Points of two server rooms, as their sinks write them."""

from connectors.energy_points import (
    CommandPointsSink,
    EnergyPointsSettings,
    EnrichedPointsSink,
    RecommendationPointsSink,
    ReportPointsSink,
)
from connectors.influx import InfluxSettings
from schemas.energy import Reason
from schemas.records import Quality
from schemas.shadows import CommandState
from tests.models.energy_records import batch, command, reading, recommendation, report

MINUTE_MS = 60_000


async def fill_rooms(store: InfluxSettings, *, from_ms: int, to_ms: int) -> None:
    """Some time of two server rooms; the second has no weather and falls back."""
    rooms = EnergyPointsSettings(database=store.database)
    times = range(from_ms, to_ms, MINUTE_MS)
    enriched = EnrichedPointsSink(store, rooms)
    recommended = RecommendationPointsSink(store, rooms)
    reported = ReportPointsSink(store, rooms)
    commanded = CommandPointsSink(store, rooms)
    dark = [
        reading(
            at,
            room="tower-2",
            device="room-2",
            weather_stale=True,
            quality=Quality.STUCK,
            setpoint_c=20.0,
        )
        for at in times
    ]
    fallbacks = [
        recommendation(
            at,
            room="tower-2",
            device="room-2",
            setpoint_c=22.0,
            reason=Reason.WEATHER_STALE,
            detail="no weather yet",
        )
        for at in times
    ]
    changes = [
        command(from_ms + n, state=state)
        for n, state in enumerate((CommandState.SENT, CommandState.ACKNOWLEDGED))
    ]
    await enriched.prepare()
    await enriched.write(batch([*(reading(at) for at in times), *dark]))
    await recommended.write(batch([*(recommendation(at) for at in times), *fallbacks]))
    await reported.write(batch([report(at) for at in times]))
    await commanded.write(batch(changes))
    for sink in (enriched, recommended, reported, commanded):
        await sink.close()
