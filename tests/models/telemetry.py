"""Events, and batches of them, as tests need them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyruhvro

from models.profiles import Profiles
from schemas.batch import Columns, Origin
from schemas.codec import encode, schema_of
from schemas.records import Reading, Telemetry

NOW = 1_700_000_000_000
MINUTE = 60_000
DAY = 86_400_000

PROFILES = Profiles.model_validate(
    {
        "greenhouse": {
            "expected_interval_s": 60,
            "resources": {
                "temperature": {
                    "type": "number",
                    "unit": "Cel",
                    "range": [-40, 80],
                    "max_rate_per_min": 3,
                    "stuck_after_s": 240,
                },
                "pressure": {"type": "number", "unit": "hPa", "range": [300, 1100]},
                "count": {"type": "number"},
                "door": {"type": "boolean"},
                "note": {"type": "text"},
            },
        },
        "cold.room": {
            "expected_interval_s": 60,
            "resources": {
                "temperature": {
                    "type": "number",
                    "unit": "K",
                    "range": [200, 300],
                    "stuck_after_s": 120,
                }
            },
        },
    }
)


@dataclass(frozen=True, slots=True)
class Logged:
    """An event as the broker has it."""

    event: Telemetry
    offset: int
    logged_at: int


def event(number: int = 0, *values: float | Reading, **changes: Any) -> Telemetry:
    """Event ``number`` of a device that sends every minute; numbers are temperatures."""
    readings = tuple([v if isinstance(v, Reading) else said(v) for v in values or (20.0,)])
    plain = Telemetry(
        event_id=f"event-{number}",
        site="farm",
        device="air-1",
        profile="greenhouse",
        at=NOW + number * MINUTE,
        readings=readings,
        tags={"firmware": "1.2"},
    )
    return replace(plain, **changes)


def said(value: Any, resource: str = "temperature", **more: Any) -> Reading:
    """One reading."""
    return Reading(resource=resource, value=value, **more)


def logged(events: Sequence[Telemetry], first_offset: int = 0) -> list[Logged]:
    """Events as they are logged, each a second after its time."""
    return [
        Logged(each, offset, each.at + 1000) for offset, each in enumerate(events, first_offset)
    ]


def batch(entries: Sequence[Logged]) -> Columns[Telemetry]:
    """Entries of one partition as columns."""
    bodies = [encode(entry.event) for entry in entries]
    return Columns(
        record=Telemetry,
        rows=pyruhvro.deserialize_array(bodies, schema_of(Telemetry).text),
        origin=Origin(
            topic="readings.received.v1",
            partition=0,
            offsets=np.array([entry.offset for entry in entries], np.int64),
            logged_at=np.array([entry.logged_at for entry in entries], np.int64),
        ),
    )
