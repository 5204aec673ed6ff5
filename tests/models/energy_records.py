"""The records of server rooms as sinks and agents are given them."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, TypeVar

from schemas.batch import Records
from schemas.energy import EnergyRecommendation, EnrichedReading, Reason
from schemas.shadows import CommandState, DeviceCommand, DeviceReport, Origin
from tests.models.enriched import READING

AT = 1_780_000_000_000

R = TypeVar("R")


def reading(at: int = AT, **changes: Any) -> EnrichedReading:
    own: dict[str, Any] = {"event_id": f"e-{at}", "at": at}
    return replace(READING, **own | changes)


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
