from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.telemetry_batch import columns, framed
from schemas.codec import encode_framed
from schemas.records import Position, Quality, Reading, Telemetry

NUMBERS = st.floats(allow_nan=False)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
READINGS = st.builds(
    Reading,
    resource=TEXTS,
    value=st.none() | NUMBERS | TEXTS | st.booleans(),
    unit=st.none() | TEXTS,
    quality=st.none() | st.sampled_from(Quality),
)
EVENTS = st.builds(
    Telemetry,
    event_id=TEXTS,
    site=TEXTS,
    device=TEXTS,
    profile=TEXTS,
    at=st.integers(-(2**63), 2**63 - 1),
    received_at=st.none() | st.integers(0, 2**63 - 1),
    readings=st.lists(READINGS, max_size=3).map(tuple),
    position=st.none() | st.builds(Position, lat=NUMBERS, lon=NUMBERS),
    tags=st.dictionaries(TEXTS, TEXTS, max_size=2),
)


@given(st.lists(EVENTS, max_size=5))
def test_many_events_at_once_are_the_same_bytes_as_each_alone(events: list[Telemetry]) -> None:
    assert [encode_framed(each) for each in events] == framed(events)


@given(st.lists(EVENTS, min_size=1, max_size=5))
def test_columns_are_what_arrow_calls_valid(events: list[Telemetry]) -> None:
    columns(events).validate(full=True)


@pytest.mark.parametrize("value", [1, b"x", object()])
def test_a_value_that_the_contract_has_no_branch_for_is_an_error(value: Any) -> None:
    reading = Reading(resource="temperature", value=value)
    event = Telemetry(
        event_id="e", site="s", device="d", profile="p", at=0, readings=(reading,), tags={}
    )

    with pytest.raises(ValueError, match="not in tuple"):
        columns([event])
