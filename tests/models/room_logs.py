"""Readings of rooms, weather and reports, one by one, in batches, and as hypothesis draws them."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pyruhvro
from hypothesis import strategies as st

from models.sites import SiteBook
from schemas.batch import Columns, Int64s, Origin, Records
from schemas.codec import encode, schema_of
from schemas.records import AcceptedReading, AcceptedTelemetry, Quality
from schemas.shadows import DeviceReport
from schemas.weather import WeatherObserved
from tests.models.plain_join import Measured, Told

NOW = 1_700_000_000_000
SECOND, MINUTE, HOUR, DAY = 1000, 60_000, 3_600_000, 86_400_000
SITE: dict[str, Any] = {"latitude": 35.2, "longitude": 126.9, "time_zone": "Asia/Seoul"}
BOOK = SiteBook.model_validate(
    {
        "farm": SITE,
        "tower": SITE
        | {
            "rooms": {
                "one": {"sensor": "room-1", "air_conditioner": "ac-1", "rated_it_kw": 60},
                "two": {"sensor": "room-2", "air_conditioner": "ac-2", "rated_it_kw": 60},
            }
        },
        "annex": SITE | {"rooms": {"one": {"sensor": "room-1", "rated_it_kw": 5}}},
    }
)


def read(value: Any, resource: str = "temperature", **more: Any) -> AcceptedReading:
    """One reading."""
    return AcceptedReading(resource=resource, value=value, **more)


def event(at: int = NOW, *readings: AcceptedReading, **changes: Any) -> AcceptedTelemetry:
    """An event of a room, of 24 °C and 45 % if nothing else is said."""
    plain = AcceptedTelemetry(
        event_id=f"event-{at}",
        site="tower",
        device="room-1",
        profile="server.room",
        at=at,
        received_at=at,
        readings=readings or (read(24.0), read(45.0, "humidity")),
        tags={},
    )
    return replace(plain, **changes)


def weather(at: int = NOW, **changes: Any) -> WeatherObserved:
    """An observation at the tower, of 10 °C and 70 % if nothing else is said."""
    plain = WeatherObserved(
        site="tower",
        at=at,
        fetched_at=at,
        provider="replay",
        temperature_c=10.0,
        humidity_percent=70.0,
        weather_state=7,
    )
    return replace(plain, **changes)


def report(at: int = NOW, **changes: Any) -> DeviceReport:
    """A report of the first room's air conditioner."""
    plain = DeviceReport(report_id=f"r-{at}", site="tower", device="ac-1", at=at, setpoint_c=22.0)
    return replace(plain, **changes)


def batch(log: Sequence[Measured]) -> Columns[AcceptedTelemetry]:
    """Readings of one partition as columns."""
    bodies = [encode(each.event) for each in log]
    return Columns(
        record=AcceptedTelemetry,
        rows=pyruhvro.deserialize_array(bodies, schema_of(AcceptedTelemetry).text),
        origin=_origin("readings.accepted.v1", log),
    )


def news(told: Sequence[Told]) -> list[Records[Any]]:
    """What was told, as the batches of two topics, each in the order of its log."""
    made = []
    for record in (WeatherObserved, DeviceReport):
        theirs = [each for each in told if isinstance(each.said, record)]
        rows = [each.said for each in theirs]
        made.append(Records(record=record, rows=rows, origin=_origin("beside", theirs)))
    return made


def _origin(topic: str, log: Sequence[Measured | Told]) -> Origin:
    def numbers(field: str) -> Int64s:
        return np.array([getattr(each, field) for each in log], np.int64)

    return Origin(
        topic=topic, partition=0, offsets=numbers("offset"), logged_at=numbers("logged_at")
    )


qualities = st.sampled_from([Quality.GOOD, Quality.GOOD, *Quality])
temperatures = st.builds(
    AcceptedReading,
    resource=st.just("temperature"),
    value=st.sampled_from([24.0, 31.5, -40.0, 50.0, 60.5, 999.0, -1e300, None]),
    unit=st.sampled_from(["Cel", "Cel", None, "[degF]", "K", "%"]),
    quality=qualities,
)
humidities = st.builds(
    AcceptedReading,
    resource=st.just("humidity"),
    value=st.sampled_from([45.0, 100.0, 0.0, 1e-300, -3.0, 140.0, None]),
    unit=st.sampled_from(["%", "%", "1", None]),
    quality=qualities,
)
powers = st.builds(
    AcceptedReading,
    resource=st.just("it_power"),
    value=st.sampled_from([31.0, 0.0, None]),
    unit=st.sampled_from(["kW", "kW", "W"]),
    quality=qualities,
)
others = st.sampled_from([read(value=True, resource="door"), read("ok", "note"), read(1.0, "co2")])
delays = st.sampled_from([0, 0, SECOND, 999, 1001, -MINUTE, HOUR, DAY - 1, DAY, DAY + SECOND])
steps = st.sampled_from([0, 1, SECOND, 10 * SECOND, 10 * MINUTE, 30 * MINUTE, 5 * HOUR])


@st.composite
def logs(draw: st.DrawFn) -> list[Measured]:
    """A partition's readings: of rooms and others, late ones, some of clocks that are wrong."""
    log, logged_at = [], NOW + DAY
    for offset in range(draw(st.integers(0, 25))):
        logged_at += draw(steps)
        readings = [draw(each) for each in (temperatures, humidities, powers, others)]
        kept = draw(st.lists(st.sampled_from(readings), unique_by=lambda each: each.resource))
        sent = event(
            logged_at - draw(delays),
            site=draw(st.sampled_from(["tower", "tower", "annex", "farm", "nowhere"])),
            device=draw(st.sampled_from(["room-1", "room-1", "room-2", "air-1"])),
            readings=tuple(kept),
        )
        log.append(Measured(sent, offset * 3, logged_at))
    return log


@st.composite
def tellings(draw: st.DrawFn) -> list[Told]:
    """What was told beside, in the order of the log, some of it absurd, late or of the future."""
    told, logged_at = [], NOW
    for offset in range(draw(st.integers(0, 25))):
        logged_at += draw(steps)
        at = logged_at - draw(delays)
        said: WeatherObserved | DeviceReport
        if draw(st.booleans()):
            said = weather(
                at,
                site=draw(st.sampled_from(["tower", "tower", "annex", "nowhere"])),
                temperature_c=draw(st.sampled_from([10.0, float(offset), -90.0, 61.0, np.nan])),
                humidity_percent=draw(st.sampled_from([70.0, 0.0, 100.0, 101.0])),
                weather_state=draw(st.sampled_from([0, 1, 9, 10])),
            )
        else:
            said = report(
                at,
                device=draw(st.sampled_from(["ac-1", "ac-1", "ac-2", "room-1"])),
                setpoint_c=draw(st.sampled_from([22.0, 18.0 + offset, 4.9, np.inf, None])),
            )
        told.append(Told(said, offset, logged_at))
    return told
