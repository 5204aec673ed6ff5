"""Makers of what sinks are given."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from schemas.batch import Columns, Origin
from schemas.codec import encode
from schemas.columns import ColumnDecoder, marker
from schemas.records import AcceptedReading, AcceptedTelemetry
from schemas.unframe import Bodies

AT = 1_700_000_000_000

Events = Callable[..., AcceptedTelemetry]
Batches = Callable[..., Columns[AcceptedTelemetry]]


@pytest.fixture(scope="session")
def event() -> Events:
    """Make an accepted event, any field changed."""

    def make(**changes: Any) -> AcceptedTelemetry:
        fields: dict[str, Any] = {
            "event_id": "e-1",
            "site": "bleiswijk",
            "device": "air-1",
            "profile": "farm.climate",
            "at": AT,
            "received_at": AT,
            "readings": (AcceptedReading(resource="temperature", value=21.5, unit="Cel"),),
            "tags": {"firmware": "1.2"},
        }
        return AcceptedTelemetry(**fields | changes)

    return make


@pytest.fixture(scope="session")
def columns() -> Batches:
    """Make a batch of accepted events as a sink is given it, the first at ``offset``."""
    decoder = ColumnDecoder(AcceptedTelemetry, marker(lambda size: bytes(range(1, size + 1))))

    def make(*events: AcceptedTelemetry, offset: int = 0) -> Columns[AcceptedTelemetry]:
        bodies = Bodies([encode(each) + decoder.marker for each in events])
        offsets = np.arange(offset, offset + len(events), dtype=np.int64)
        logged_at = np.full(len(events), AT, np.int64)
        origin = Origin(
            topic="readings.accepted.v1", partition=0, offsets=offsets, logged_at=logged_at
        )
        rows = decoder.decode(bodies).rows
        return Columns(record=AcceptedTelemetry, rows=rows, origin=origin)

    return make
