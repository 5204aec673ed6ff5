"""The records of server rooms: readings joined with the weather, and recommended setpoints.

Times are UTC epoch milliseconds. A room is known by the device that measures it.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from schemas.records import Quality


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrichedReading:
    """What was measured in a server room, with the weather and the setpoint as of that time."""

    event_id: Annotated[str, "Id of the event that was measured."]
    site: Annotated[str, "Site of the room."]
    device: Annotated[str, "Device that measures the room, unique within its site."]
    room: Annotated[str, "Name of the room, as the site book has it."]
    at: Annotated[int, "When it was measured, epoch milliseconds UTC."]
    indoor_temperature_c: Annotated[float | None, "At the racks' air inlet, degrees Celsius."]
    indoor_humidity_percent: Annotated[float | None, "Relative humidity there, 0 to 100."]
    it_power_kw: Annotated[float | None, "Electric power of the servers; null if not measured."]
    quality: Annotated[Quality, "The worst quality of indoor temperature and humidity."]
    dew_point_c: Annotated[float | None, "Dew point of the room's air, degrees Celsius."]
    outdoor_temperature_c: Annotated[float | None, "Outdoors; null if no weather is known."]
    outdoor_humidity_percent: Annotated[float | None, "Relative humidity outdoors, 0 to 100."]
    weather_state: Annotated[int, "Kind of weather, 1 to 9; 0 if unknown."]
    weather_age_s: Annotated[float | None, "Age of the weather at this time; null without one."]
    weather_stale: Annotated[bool, "Whether the weather is missing or too old to be trusted."]
    setpoint_c: Annotated[float | None, "What the air conditioner last said it is set to."]
    setpoint_age_s: Annotated[float | None, "How long before this time it said so."]


class Reason(StrEnum):
    """Why a setpoint is recommended: by the model, or the fallback and why."""

    OK = "ok"
    WEATHER_STALE = "weather_stale"
    SETS_MISSING = "sets_missing"
    SENSOR_SUSPECT = "sensor_suspect"
    INPUT_MISSING = "input_missing"
    INPUT_OUT_OF_RANGE = "input_out_of_range"
    MODEL_MISSING = "model_missing"
    MODEL_FAILED = "model_failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class EnergyRecommendation:
    """What a room's air conditioner had best be set to."""

    recommendation_id: Annotated[str, "UUID version 5 of site, device and at."]
    site: Annotated[str, "Site of the room."]
    device: Annotated[str, "Device that measures the room."]
    room: Annotated[str, "Name of the room."]
    air_conditioner: Annotated[str | None, "Device to be set; null if the room has none."]
    at: Annotated[int, "Time of the newest set, or just after it if none is left, epoch ms UTC."]
    since: Annotated[int, "Time of the oldest set, epoch milliseconds UTC."]
    sets: Annotated[int, "How many sets of inputs it rests on."]
    setpoint_c: Annotated[float, "Recommended setpoint within all limits, degrees Celsius."]
    raw_c: Annotated[float | None, "What the model said; null if it was not asked or failed."]
    current_setpoint_c: Annotated[float | None, "What the air conditioner is set to, if known."]
    reason: Annotated[Reason, "ok if the model or the room itself decided; else why not."]
    detail: Annotated[str, "More on the reason, or doubts; at most 200 characters."] = ""
    model: Annotated[str | None, "Name of the model; null if there was none."]
    model_version: Annotated[int | None, "Its version."]
    inputs_sha256: Annotated[str, "SHA-256 of the inputs as the model had them."]
    expected_kwh: Annotated[float | None, "Cooling energy in the next hour, expected at raw_c."]
