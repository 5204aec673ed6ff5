"""Accepted telemetry as tests of watching need it, and as hypothesis draws it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyruhvro
from hypothesis import strategies as st

from models.alarms.rules import Rule
from models.watch.vigil import Vigil
from schemas.alarms import AlarmRequest, Level
from schemas.batch import Columns, Origin
from schemas.codec import encode, schema_of
from schemas.records import AcceptedReading, AcceptedTelemetry, Position, Quality
from tests.models.telemetry import MINUTE, NOW

Entry = tuple[AcceptedTelemetry, int]
"""An event, and when the broker logged it."""


@dataclass(frozen=True, slots=True)
class Tick:
    """The clock says so."""

    now_ms: int


def read(value: Any, quality: Quality = Quality.GOOD, resource: str = "temperature") -> Any:
    """One reading."""
    return AcceptedReading(resource=resource, value=value, quality=quality)


def sent(at: int, *readings: Any, **more: Any) -> AcceptedTelemetry:
    """An event of one device; plain numbers are good temperatures."""
    told = [each if isinstance(each, AcceptedReading) else read(float(each)) for each in readings]
    fields: dict[str, Any] = {
        "event_id": f"event-{at}",
        "site": "farm",
        "device": "air-1",
        "profile": "greenhouse",
        "received_at": at,
        "tags": {},
    }
    return AcceptedTelemetry(at=at, readings=tuple(told), **(fields | more))


def batch(entries: Sequence[Entry]) -> Columns[AcceptedTelemetry]:
    """Entries of one partition as columns."""
    bodies = [encode(event) for event, _ in entries]
    return Columns(
        record=AcceptedTelemetry,
        rows=pyruhvro.deserialize_array(bodies, schema_of(AcceptedTelemetry).text),
        origin=Origin(
            topic="readings.accepted.v1",
            partition=0,
            offsets=np.arange(len(entries)),
            logged_at=np.array([logged_at for _, logged_at in entries], np.int64),
        ),
    )


def rule(**fields: Any) -> Rule:
    """A rule on temperature."""
    return Rule.model_validate({"resource": "temperature"} | fields)


def heard(watch: Vigil, *events: AcceptedTelemetry) -> list[AlarmRequest]:
    return list(watch.judge(batch([(event, event.received_at + 1000) for event in events])))


def minutes(*values: Any, start: int = 0) -> list[AcceptedTelemetry]:
    """A reading each minute."""
    return [sent(NOW + n * MINUTE, value) for n, value in enumerate(values, start)]


def levels(requests: Sequence[AlarmRequest]) -> list[tuple[int, Level]]:
    """Minute and level of each judgement."""
    return [((r.at - NOW) // MINUTE, r.judgement.level) for r in requests if r.judgement]


def told(requests: Sequence[AlarmRequest], *names: str) -> list[tuple[Any, ...]]:
    return [tuple([getattr(r.judgement, name) for name in names]) for r in requests]


bounds = st.sampled_from(
    [
        {"warning": {"above": 30}},
        {"info": {"above": 30}, "critical": {"above": 40, "reset_below": 35}},
        {"info": {"above": 30, "inclusive": True}, "warning": {"above": 35}},
        {"warning": {"below": 10, "above": 30, "reset_above": 20, "reset_below": 20}},
        {"info": {"below": 20}, "critical": {"below": 10, "inclusive": True, "reset_above": 10}},
    ]
)
rules = st.dictionaries(
    st.sampled_from(["heat", "mist", "draught"]),
    st.fixed_dictionaries(
        {},
        optional={
            "select": st.sampled_from(
                [
                    {"profile": "green*"},
                    {"device": "air-1"},
                    {"tags": {"bay": "n*"}},
                    {"site": "h*"},
                ]
            ),
            "resource": st.sampled_from(["temperature", "temperature", "pressure"]),
            "levels": bounds,
            "rates": st.sampled_from([{"warning": {"above": 5, "below": -5}}]),
            "silence": st.sampled_from([{"intervals": 1}, {"intervals": 3, "level": "critical"}]),
            "suspects": st.sampled_from(["trouble", "judge"]),
            "on_delay_s": st.sampled_from([60.0, 150.0]),
            "off_delay_s": st.sampled_from([60.0, 150.0]),
            "deadband": st.sampled_from([1.0, 5.0]),
        },
    ).map(lambda fields: rule(**({"levels": {"info": {"above": 25}}} | fields))),
    min_size=1,
)

values = st.sampled_from([5.0, 10.0, 15.0, 20.0, 25.0, 30.0, 32.0, 40.0, 41.0, None, float("nan")])
steady = st.sampled_from([20.0, 20.0, 20.0, 32.0])
qualities = st.sampled_from([*[Quality.GOOD] * 12, Quality.STUCK, Quality.SPIKE])
temperatures = st.builds(read, values | steady, qualities)
others = st.sampled_from(
    [
        read(950.0, resource="pressure"),
        read(value=True, resource="door"),
        read("x", resource="note"),
    ]
)


@st.composite
def logs(draw: st.DrawFn) -> list[Entry | Tick]:
    """A partition's log: late events, clocks ahead, gaps, changing profiles and tags."""
    log: list[Entry | Tick] = []
    at = NOW
    steps = st.sampled_from([MINUTE // 2, MINUTE // 2, MINUTE, 1, 0, -MINUTE, 5 * MINUTE])
    for number in range(draw(st.integers(1, 60))):
        at += draw(steps)
        rare = draw(st.integers(0, 29))
        if rare == 0:
            log.append(Tick(at + draw(st.sampled_from([0, 2 * MINUTE, 9 * MINUTE]))))
        event = sent(
            at + (90_000 if rare == 1 else 0),
            *draw(st.lists(temperatures, min_size=1, max_size=2 if rare == 2 else 1)),
            *draw(st.lists(others, max_size=1)),
            event_id=f"event-{number}",
            site=draw(st.sampled_from(["farm", "farm", "hof/2"])),
            device=draw(st.sampled_from(["air-1", "air-1", "air-2"])),
            profile="cold.room" if rare == 3 else "greenhouse",
            received_at=at,
            tags={"bay": "north"} if draw(st.integers(0, 5)) else {"bay": "south"},
            position=Position(lat=52.0, lon=number) if rare > 24 else None,
        )
        if rare == 4:
            event = sent(at + 100, read(32.0, Quality.CLOCK_SKEW), received_at=at)
        log.append((event, at + 1000))
    return log
