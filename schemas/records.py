"""The records that travel, one frozen dataclass each. The Avro contracts are made from them.

Every field is ``Annotated[type, "what it means"]``: the text becomes the field's ``doc``.
Times are UTC epoch milliseconds; units stand in the name or beside the value.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated


class Quality(StrEnum):
    """How far a value can be trusted. Only ``good`` is; a suspect value is kept all the same."""

    GOOD = "good"
    OUT_OF_RANGE = "out_of_range"
    STUCK = "stuck"
    SPIKE = "spike"
    CLOCK_SKEW = "clock_skew"
    MISSING = "missing"
    SUSPECT = "suspect"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One quantity, as one sensor saw it."""

    resource: Annotated[str, "Quantity by its name in the device's profile, e.g. temperature."]
    value: Annotated[float | str | bool | None, "The value; null if the sensor could not tell."]
    unit: Annotated[str | None, "UCUM code, e.g. Cel, %, ppm; null means the profile's unit."] = (
        None
    )
    quality: Annotated[Quality | None, "The device's own verdict; null if it has none."] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """A place on the earth, WGS 84."""

    lat: Annotated[float, "Latitude in degrees, north positive."]
    lon: Annotated[float, "Longitude in degrees, east positive."]


@dataclass(frozen=True, slots=True, kw_only=True)
class Telemetry:
    """One event of one device: several readings taken at one moment."""

    event_id: Annotated[str, "Unique for each event; a repeated id is the same event sent again."]
    site: Annotated[str, "Site the device stands in."]
    device: Annotated[str, "Device, unique within its site."]
    profile: Annotated[str, "Device profile, which says what the readings mean."]
    at: Annotated[int, "When the readings were taken, epoch milliseconds UTC."]
    received_at: Annotated[int | None, "When a gateway took the event in, epoch ms UTC."] = None
    readings: Annotated[tuple[Reading, ...], "What was read; at least one."]
    position: Annotated[Position | None, "Where the device was, if it says."] = None
    tags: Annotated[Mapping[str, str], "Free labels of the sender, e.g. firmware."]


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptedReading:
    """One quantity in its profile's unit, with a verdict on its quality."""

    resource: Annotated[str, "Quantity by its name in the device's profile, e.g. temperature."]
    value: Annotated[float | str | bool | None, "The value in the profile's unit; null if missing."]
    unit: Annotated[str | None, "The profile's unit, UCUM code; null if it has none."] = None
    quality: Annotated[Quality, "How far the value can be trusted."] = Quality.GOOD


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptedTelemetry:
    """One event that keeps its contract: known units, every reading judged."""

    event_id: Annotated[str, "Unique for each event."]
    site: Annotated[str, "Site the device stands in."]
    device: Annotated[str, "Device, unique within its site."]
    profile: Annotated[str, "Device profile, which says what the readings mean."]
    at: Annotated[int, "When the readings were taken, epoch milliseconds UTC."]
    received_at: Annotated[int, "When the event came in (gateway, else broker), epoch ms UTC."]
    readings: Annotated[tuple[AcceptedReading, ...], "What was read, judged."]
    position: Annotated[Position | None, "Where the device was, if it said."] = None
    tags: Annotated[Mapping[str, str], "Free labels of the sender."]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """A message that was set aside: the bytes as they came, where from, when and why."""

    topic: Annotated[str, "Topic the message was read from."]
    partition: Annotated[int, "Partition it was read from."]
    offset: Annotated[int, "Offset it was read at."]
    step: Annotated[str, "Step that set it aside."]
    reason: Annotated[str, "Short reason, one of a fixed list, e.g. truncated, unknown_profile."]
    detail: Annotated[str, "What exactly was wrong, at most 500 characters."]
    at: Annotated[int, "When it was set aside, epoch milliseconds UTC."]
    logged_at: Annotated[int, "Kafka's timestamp of the message, epoch milliseconds UTC."]
    key: Annotated[bytes | None, "The message's key, as it came."]
    value: Annotated[bytes | None, "The message's value, as it came; null for a tombstone."]
