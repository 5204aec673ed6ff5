"""The records of server rooms as sinks are given them."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, TypeVar

from schemas.batch import Records
from schemas.energy import EnergyRecommendation, EnrichedReading, Reason
from schemas.records import Quality
from schemas.shadows import CommandState, DeviceCommand, DeviceReport, Origin

AT = 1_780_000_000_000

R = TypeVar("R")


def reading(at: int = AT, **changes: Any) -> EnrichedReading:
    plain = EnrichedReading(
        event_id=f"e-{at}",
        site="gwangju",
        device="room-1",
        room="tower-1",
        at=at,
        indoor_temperature_c=24.5,
        indoor_humidity_percent=45.0,
        it_power_kw=31.0,
        quality=Quality.GOOD,
        dew_point_c=11.75,
        outdoor_temperature_c=3.5,
        outdoor_humidity_percent=70.0,
        weather_state=7,
        weather_age_s=300.0,
        weather_stale=False,
        setpoint_c=22.0,
        setpoint_age_s=60.0,
    )
    return replace(plain, **changes)


def recommendation(at: int = AT, **changes: Any) -> EnergyRecommendation:
    plain = EnergyRecommendation(
        recommendation_id=f"r-{at}",
        site="gwangju",
        device="room-1",
        room="tower-1",
        air_conditioner="aircon-1",
        at=at,
        since=at - 50_000,
        sets=6,
        setpoint_c=25.5,
        raw_c=25.62,
        current_setpoint_c=22.0,
        reason=Reason.OK,
        model="energy-load",
        model_version=3,
        inputs_sha256="0" * 64,
        expected_kwh=9.5,
    )
    return replace(plain, **changes)


def command(at: int = AT, **changes: Any) -> DeviceCommand:
    plain = DeviceCommand(
        site="gwangju",
        device="aircon-1",
        version=4,
        client_token="t-4",
        state=CommandState.SENT,
        at=at,
        origin=Origin.MODEL,
        by="energy-load 3",
        desired_c=25.5,
        reported_c=22.0,
        delta_c=3.5,
        wished_at=at,
        expires_at=at + 600_000,
        manual_until=None,
        update_id=f"u-{at}",
    )
    return replace(plain, **changes)


def report(at: int = AT, **changes: Any) -> DeviceReport:
    plain = DeviceReport(
        report_id=f"d-{at}",
        site="gwangju",
        device="aircon-1",
        at=at,
        setpoint_c=22.0,
        power_kw=8.0,
        version=4,
    )
    return replace(plain, **changes)


def batch(records: Sequence[R]) -> Records[R]:
    return Records(record=type(records[0]), rows=records)
