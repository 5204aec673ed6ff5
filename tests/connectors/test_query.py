"""Which figures answer which question, and the bounds of questions."""

from dataclasses import replace
from typing import Any

import pytest

from connectors.influx import InfluxSettings
from connectors.query import Aggregate, Plan, Query, QueryError, plan
from connectors.where import parse

MINUTE_MS, HOUR_MS, DAY_MS = 60_000, 3_600_000, 86_400_000
NOW = 20_000 * DAY_MS + 5 * HOUR_MS + 7 * MINUTE_MS + 11_003
SETTINGS = InfluxSettings()
"""Points are kept for 7 days, minutes for 90, hours for 730."""

MEAN = (Aggregate.MEAN,)
ROOM = (("temperature", Aggregate.MEAN), ("Aircon_temp", Aggregate.MEAN))


def last(span_ms: int, *, ago_ms: int = 0, **changes: Any) -> Query:
    end = NOW - ago_ms
    fields: dict[str, Any] = {"field": "temperature", "from_ms": end - span_ms, "to_ms": end}
    return Query(**fields | {"limit": 100_000} | changes)


def planned(query: Query) -> Plan:
    return plan(query, now_ms=NOW, settings=SETTINGS)


@pytest.mark.parametrize(
    ("query", "policy"),
    [
        (last(7 * DAY_MS), "raw"),
        (last(HOUR_MS, every_ms=MINUTE_MS, aggregates=MEAN), "raw"),
        (last(6 * HOUR_MS, every_ms=HOUR_MS, aggregates=MEAN), "raw"),
        (last(7 * HOUR_MS, every_ms=MINUTE_MS, aggregates=MEAN), "minute"),
        (last(7 * HOUR_MS, every_ms=30_000, aggregates=MEAN), "raw"),
        (last(7 * HOUR_MS, every_ms=90_000, aggregates=MEAN), "raw"),
        (last(HOUR_MS, ago_ms=8 * DAY_MS, every_ms=MINUTE_MS, aggregates=MEAN), "minute"),
        (last(7 * DAY_MS, every_ms=HOUR_MS, aggregates=MEAN), "minute"),
        (last(15 * DAY_MS, every_ms=HOUR_MS, aggregates=MEAN), "hour"),
        (last(15 * DAY_MS, every_ms=90 * MINUTE_MS, aggregates=MEAN), "minute"),
        (last(15 * DAY_MS, aggregates=MEAN), "hour"),
        (last(HOUR_MS, ago_ms=91 * DAY_MS, every_ms=HOUR_MS, aggregates=MEAN), "hour"),
        (last(15 * DAY_MS, every_ms=DAY_MS, aggregates=MEAN, zone="Asia/Seoul"), "hour"),
        (last(15 * DAY_MS, every_ms=DAY_MS, aggregates=MEAN, zone="Asia/Kolkata"), "minute"),
        (last(300 * DAY_MS, aggregates=MEAN, zone="Asia/Kolkata"), "hour"),
        (last(300 * DAY_MS, every_ms=7 * DAY_MS, aggregates=MEAN, zone="Asia/Seoul"), "hour"),
        (last(300 * DAY_MS, every_ms=DAY_MS, aggregates=MEAN, zone="Europe/Amsterdam"), "hour"),
        (last(7 * DAY_MS, aggregates=MEAN, where=parse("value > 31")), "raw"),
        (last(7 * DAY_MS, aggregates=MEAN, measurement="alarms"), "alarms"),
        (last(700 * DAY_MS, measurement="alarms"), "alarms"),
        (last(7 * DAY_MS, aggregates=MEAN, measurement="other"), "raw"),
        (last(7 * DAY_MS, columns=ROOM), "autogen"),
        (last(7 * DAY_MS, every_ms=HOUR_MS, aggregates=MEAN, columns=ROOM), "autogen"),
    ],
)
def test_the_coarsest_figures_that_give_exactly_the_same_are_read(
    query: Query, policy: str
) -> None:
    assert policy == planned(query).policy


def test_a_range_of_roll_ups_is_widened_to_whole_steps() -> None:
    found = planned(last(7 * HOUR_MS, every_ms=HOUR_MS, aggregates=MEAN))

    assert 0 == found.from_ms % MINUTE_MS == found.to_ms % MINUTE_MS
    assert NOW - 7 * HOUR_MS - found.from_ms == 11_003
    assert found.to_ms - NOW == MINUTE_MS - 11_003
    assert 9 == found.buckets


@pytest.mark.parametrize(
    ("query", "said"),
    [
        (last(0), "ends before it begins"),
        (last(3654 * DAY_MS), "longer than 10 years"),
        (last(DAY_MS, ago_ms=30_000 * DAY_MS), "before 1970"),
        (last(DAY_MS, ago_ms=-4000 * DAY_MS), "10 years ahead"),
        (last(DAY_MS, limit=0), "the limit is 1 to 100,000 rows"),
        (last(DAY_MS, limit=100_001), "the limit is 1 to 100,000 rows"),
        (last(DAY_MS, every_ms=HOUR_MS), "add --agg mean"),
        (last(DAY_MS, field=""), "is no name"),
        (last(DAY_MS, measurement="a\x00b"), "is no name"),
        (last(DAY_MS, tags=(("site", "x" * 201),)), "is no name"),
        (last(DAY_MS, group=("a\nb",)), "is no name"),
        (last(DAY_MS, group=("time",)), "grouped by --every"),
        (last(DAY_MS, measurement="alarms", aggregates=(Aggregate.FLAGGED,)), "only readings"),
        (
            last(300 * DAY_MS, every_ms=7 * DAY_MS, aggregates=MEAN, zone="Europe/Amsterdam"),
            "clocks in Europe/Amsterdam change within the range",
        ),
        (last(8 * DAY_MS), r"points as they came are kept for 7 days.* --every 1m or 1h"),
        (last(731 * DAY_MS, measurement="alarms"), "kept for 730 days.*: choose a shorter one$"),
        (last(8 * DAY_MS, measurement="other"), "kept for 7 days.*: choose a shorter one$"),
        (
            last(8 * DAY_MS, measurement="dev1", columns=ROOM, every_ms=HOUR_MS, aggregates=MEAN),
            "kept for 7 days.*: choose a shorter one$",
        ),
        (last(8 * DAY_MS, where=parse("value > 1"), aggregates=MEAN), "leave out --where"),
        (last(91 * DAY_MS, every_ms=MINUTE_MS, aggregates=MEAN, limit=1), "minutes.*--every 1h"),
        (
            last(91 * DAY_MS, every_ms=DAY_MS, aggregates=MEAN, zone="Asia/Kolkata"),
            "minutes are kept for 90 days.*time zone of whole hours",
        ),
        (last(731 * DAY_MS, every_ms=DAY_MS, aggregates=MEAN), "hours are kept for 730 days"),
        (
            last(DAY_MS, every_ms=1000, aggregates=MEAN, limit=10_000),
            "86,401 buckets are more than the limit of 10,000 rows: choose longer",
        ),
    ],
)
def test_a_question_beyond_a_bound_is_refused_and_the_way_out_is_said(
    query: Query, said: str
) -> None:
    with pytest.raises(QueryError, match=said):
        planned(query)


def test_the_bounds_follow_the_settings() -> None:
    query = last(3 * HOUR_MS)
    short = InfluxSettings(raw_retention_h=2)

    with pytest.raises(QueryError, match="kept for 2 hours"):
        plan(query, now_ms=NOW, settings=short)
    assert "raw" == plan(replace(query, from_ms=NOW - HOUR_MS), now_ms=NOW, settings=short).policy
