"""What is measured, recommended and done in server rooms to InfluxDB, for dashboards and analysts.

Database ``Sensordata``, measurement ``dev1`` and the names of its fields are those of "Smart Energy
IoT Edge computing", whose panels find what they ask for. A room's point has the time of its
reading, so a recommendation joins the point of the newest reading that it rests on::

    SELECT temperature, ext_temperature, Aircon_temp, recommend_temperature FROM dev1
        WHERE room = 'tower-1' AND time >= now() - 1h
    SELECT integral(power_kw, 1h) AS kwh FROM aircon
        WHERE time >= now() - 7d GROUP BY time(1d), device
"""

from collections.abc import Callable, Mapping
from typing import Final, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from connectors.event_points import Fields, Shape, Timed
from connectors.influx import InfluxSettings, wall_ms
from connectors.influxql import quoted
from connectors.points_sink import PointsSink, Policy
from schemas.batch import Records
from schemas.energy import EnergyRecommendation, EnrichedReading, Reason
from schemas.records import Quality
from schemas.shadows import DeviceCommand, DeviceReport

Clock = Callable[[], int]
R = TypeVar("R", bound=Timed)

RETENTION = "autogen"
"""The retention policy that questions mean which name none."""

COMMANDS, AIR_CONDITIONERS = "commands", "aircon"
"""Measurements of what devices are told, and of what they say."""


class EnergyPointsSettings(BaseModel):
    """Where points of server rooms are written."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    database: str = Field("Sensordata", pattern=r"^[A-Za-z0-9_-]{1,64}$")
    measurement: str = Field("dev1", pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,63}$")
    """Measurement of rooms; the rooms are told apart by their tags."""


ROOM_TAGS: Final[Mapping[str, Callable[[EnrichedReading | EnergyRecommendation], str]]] = {
    "site": lambda each: each.site,
    "device": lambda each: each.device,
    "room": lambda each: each.room,
    "location": lambda each: each.site,
}
DEVICE_TAGS: Final[Mapping[str, Callable[[DeviceCommand | DeviceReport], str]]] = {
    "site": lambda each: each.site,
    "device": lambda each: each.device,
    "location": lambda each: each.site,
}
COMMAND_TAGS: Final[Mapping[str, Callable[[DeviceCommand], str]]] = {
    **DEVICE_TAGS,
    "state": lambda each: each.state.value,
    "origin": lambda each: each.origin.value,
}


class RoomPointsSink(PointsSink[R]):
    """Writes points into a database of their own, kept as long as raw readings."""

    def __init__(
        self, influx: InfluxSettings, energy: EnergyPointsSettings, shape: Shape[R], now_ms: Clock
    ) -> None:
        hours = influx.raw_retention_h
        policy = Policy(database=energy.database, name=RETENTION, hours=hours)
        super().__init__(influx, shape, policy, now_ms=now_ms)

    async def prepare(self) -> None:
        """Create the database; if it is there, keep points no shorter than asked, but no longer.

        Raises:
            UnavailableError: InfluxDB is away.

        """
        database, hours = self._policy.database, self._policy.hours
        known = {row["name"] for row in await self._ql.ask("SHOW DATABASES")}
        if database not in known:
            create = f"CREATE DATABASE {quoted(database)}"
            await self._ql.ask(f"{create} WITH DURATION {hours}h NAME {quoted(RETENTION)}")
        await super().prepare()


class EnrichedPointsSink(RoomPointsSink[EnrichedReading]):
    """Writes what was measured in a room, with the weather and the setpoint of that time."""

    def __init__(
        self, influx: InfluxSettings, energy: EnergyPointsSettings, *, now_ms: Clock = wall_ms
    ) -> None:
        shape = Shape(measurement=energy.measurement, tags=ROOM_TAGS, fields=_measured)
        super().__init__(influx, energy, shape, now_ms)

    async def write(self, batch: Records[EnrichedReading]) -> None:
        """Write a batch as ``put`` does."""
        await self.put(batch.rows)


class RecommendationPointsSink(RoomPointsSink[EnergyRecommendation]):
    """Writes what was recommended into the point of the newest reading that it rests on."""

    def __init__(
        self, influx: InfluxSettings, energy: EnergyPointsSettings, *, now_ms: Clock = wall_ms
    ) -> None:
        shape = Shape(measurement=energy.measurement, tags=ROOM_TAGS, fields=_recommended)
        super().__init__(influx, energy, shape, now_ms)

    async def write(self, batch: Records[EnergyRecommendation]) -> None:
        """Write a batch as ``put`` does."""
        await self.put(batch.rows)


class CommandPointsSink(RoomPointsSink[DeviceCommand]):
    """Writes what devices are told, and what became of it."""

    def __init__(
        self, influx: InfluxSettings, energy: EnergyPointsSettings, *, now_ms: Clock = wall_ms
    ) -> None:
        shape = Shape(
            measurement=COMMANDS,
            tags=COMMAND_TAGS,
            fields=_commanded,
            number=lambda each: each.version,
        )
        super().__init__(influx, energy, shape, now_ms)

    async def write(self, batch: Records[DeviceCommand]) -> None:
        """Write a batch as ``put`` does."""
        await self.put(batch.rows)


class ReportPointsSink(RoomPointsSink[DeviceReport]):
    """Writes what devices that can be set say of themselves."""

    def __init__(
        self, influx: InfluxSettings, energy: EnergyPointsSettings, *, now_ms: Clock = wall_ms
    ) -> None:
        shape = Shape(measurement=AIR_CONDITIONERS, tags=DEVICE_TAGS, fields=_reported)
        super().__init__(influx, energy, shape, now_ms)

    async def write(self, batch: Records[DeviceReport]) -> None:
        """Write a batch as ``put`` does."""
        await self.put(batch.rows)


def _measured(each: EnrichedReading) -> Fields:
    return {
        "temperature": each.indoor_temperature_c,
        "humidity": each.indoor_humidity_percent,
        "ext_temperature": each.outdoor_temperature_c,
        "ext_humidity": each.outdoor_humidity_percent,
        "weather_stat": float(each.weather_state),
        "Aircon_temp": each.setpoint_c,
        "dew_point": each.dew_point_c,
        "it_power_kw": each.it_power_kw,
        "quality": each.quality.value,
        "suspect": int(each.quality is not Quality.GOOD),
        "weather_age_s": each.weather_age_s,
        "weather_stale": int(each.weather_stale),
    }


def _recommended(each: EnergyRecommendation) -> Fields:
    return {
        "recommend_temperature": each.setpoint_c,
        "raw_c": each.raw_c,
        "expected_kwh": each.expected_kwh,
        "reason": each.reason.value,
        "detail": each.detail or None,
        "fallback": int(each.reason is not Reason.OK),
        "model": each.model,
        "model_version": each.model_version,
    }


def _commanded(each: DeviceCommand) -> Fields:
    return {
        "version": each.version,
        "desired": each.desired_c,
        "reported": each.reported_c,
        "delta": each.delta_c,
        "by": each.by,
    }


def _reported(each: DeviceReport) -> Fields:
    return {
        "setpoint": each.setpoint_c,
        "power_kw": each.power_kw,
        "version": each.version,
        "refused": int(each.refused),
    }
