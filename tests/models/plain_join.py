"""The join of room readings with weather and setpoints, once more: slow and easy to read."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from models.sites import Room, SiteBook
from models.units import conversion
from schemas.energy import EnrichedReading
from schemas.records import AcceptedReading, AcceptedTelemetry, Quality
from schemas.shadows import DeviceReport
from schemas.weather import WeatherObserved

DAY = 86_400_000
UNITS = {"temperature": "Cel", "humidity": "%", "it_power": "kW"}
WORSE = [
    Quality.GOOD,
    Quality.CLOCK_SKEW,
    Quality.SUSPECT,
    Quality.STUCK,
    Quality.SPIKE,
    Quality.OUT_OF_RANGE,
    Quality.MISSING,
]


@dataclass(frozen=True, slots=True)
class Measured:
    """A reading of a room as the broker has it."""

    event: AcceptedTelemetry
    offset: int
    logged_at: int


@dataclass(frozen=True, slots=True)
class Told:
    """A word on the weather or a setpoint as the broker has it."""

    said: WeatherObserved | DeviceReport
    offset: int
    logged_at: int


@dataclass(frozen=True, slots=True)
class PlainEnrich:
    """Joins one reading with everything that is in the side topics, however late it came."""

    book: SiteBook
    told: Sequence[Told]
    stale_after_s: float = 1800.0

    def __call__(self, reading: Measured) -> EnrichedReading | None:
        event = reading.event
        for name, room in self.rooms(event.site).items():
            if room.sensor == event.device:
                return self.enriched(reading, name, room)
        return None

    def rooms(self, site: str) -> dict[str, Room]:
        return self.book.root[site].rooms if site in self.book.root else {}

    def enriched(self, reading: Measured, name: str, room: Room) -> EnrichedReading:
        event = reading.event
        temperature, harm = measured(event, "temperature")
        humidity, harm_too = measured(event, "humidity")
        power, power_harm = measured(event, "it_power")
        weather = self.weather(reading)
        report = self.report(reading, room)
        age_s = None if weather is None else (event.at - weather.at) / 1000
        return EnrichedReading(
            event_id=event.event_id,
            site=event.site,
            device=event.device,
            room=name,
            at=event.at,
            indoor_temperature_c=temperature,
            indoor_humidity_percent=humidity,
            it_power_kw=power if power_harm is Quality.GOOD else None,
            quality=max(harm, harm_too, key=WORSE.index),
            dew_point_c=dew_point(temperature, humidity),
            outdoor_temperature_c=weather.temperature_c if weather else None,
            outdoor_humidity_percent=weather.humidity_percent if weather else None,
            weather_state=weather.weather_state if weather else 0,
            weather_age_s=age_s,
            weather_stale=age_s is None or age_s > self.stale_after_s,
            setpoint_c=report.setpoint_c if report else None,
            setpoint_age_s=(event.at - report.at) / 1000 if report else None,
        )

    def weather(self, reading: Measured) -> WeatherObserved | None:
        newest: tuple[int, int, int] | None = None
        found = None
        for told in self.told:
            said = told.said
            if not isinstance(said, WeatherObserved) or not counts(told, reading):
                continue
            sane = -90 <= said.temperature_c <= 60 and 0 <= said.humidity_percent <= 100
            if said.site != reading.event.site or not sane or not 0 <= said.weather_state <= 9:
                continue
            order = (said.at, told.logged_at, told.offset)
            if newest is None or order > newest:
                newest, found = order, said
        return found

    def report(self, reading: Measured, room: Room) -> DeviceReport | None:
        newest: tuple[int, int, int] | None = None
        found = None
        for told in self.told:
            said = told.said
            if not isinstance(said, DeviceReport) or not counts(told, reading):
                continue
            if (said.site, said.device) != (reading.event.site, room.air_conditioner):
                continue
            if said.setpoint_c is None or not 5 <= said.setpoint_c <= 40:
                continue
            order = (said.at, told.logged_at, told.offset)
            if newest is None or order > newest:
                newest, found = order, said
        return found if found and reading.event.at - found.at <= DAY else None


def counts(told: Told, reading: Measured) -> bool:
    """The rule of the join."""
    heard = reading.logged_at - DAY <= told.logged_at <= reading.logged_at - 1000
    return heard and told.said.at <= reading.event.at


def measured(event: AcceptedTelemetry, resource: str) -> tuple[float | None, Quality]:
    for reading in event.readings:
        if reading.resource == resource:
            value = number(reading, UNITS[resource])
            return value, Quality.MISSING if value is None else reading.quality
    return None, Quality.MISSING


def number(reading: AcceptedReading, wanted: str) -> float | None:
    value = reading.value
    if not isinstance(value, float) or not math.isfinite(value):
        return None
    how = conversion(reading.unit or wanted, wanted)
    return (value + how.shift) * how.scale if how else None


def dew_point(temperature: float | None, humidity: float | None) -> float | None:
    if temperature is None or not -40 <= temperature <= 50:
        return None
    if humidity is None or not 0 < humidity <= 100:
        return None
    exponent = math.log(humidity / 100) + 17.625 * temperature / (243.04 + temperature)
    return 243.04 * exponent / (17.625 - exponent)
