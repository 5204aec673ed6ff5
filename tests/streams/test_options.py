"""Options of a query: ranges in the zone asked for, durations, lists of words."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
import typer

from connectors.query import Aggregate
from streams.options import aggregates_of, duration_of, field_of, group_of, range_of, zone_of

NOW = 1_780_000_000_000
SEOUL = ZoneInfo("Asia/Seoul")


def ms(text: str) -> int:
    return round(datetime.fromisoformat(text).timestamp() * 1000)


def test_a_time_without_a_zone_is_one_of_the_zone_asked_for() -> None:
    found = range_of(None, "2026-05-01", "2026-05-02T12:00+02:00", SEOUL, NOW)

    assert (ms("2026-05-01T00:00+09:00"), ms("2026-05-02T10:00+00:00")) == found


def test_a_range_is_so_long_until_now_or_from_then_until_now() -> None:
    assert (NOW - 7 * 86_400_000, NOW) == range_of("7d", None, "now", SEOUL, NOW)
    assert (NOW - 86_400_000, NOW) == range_of(None, None, "now", SEOUL, NOW)
    assert (NOW - 7_200_000, NOW - 3_600_000) == range_of(None, "2h", "1h", SEOUL, NOW)


@pytest.mark.parametrize(("text", "expected"), [("30s", 30_000), ("1w", 604_800_000)])
def test_a_duration_is_a_number_and_a_unit(text: str, expected: int) -> None:
    assert expected == duration_of(text, "--every")


@pytest.mark.parametrize("text", ["", "5", "m", "-5m", "1.5h", "0s", "1y", "9999999s", "\u0665m"])
def test_anything_else_is_none(text: str) -> None:
    with pytest.raises(typer.BadParameter, match="is no duration"):
        duration_of(text, "--every")


def test_buckets_alone_tell_their_mean() -> None:
    assert (Aggregate.MEAN,) == aggregates_of(None, "1h")
    assert () == aggregates_of(None, None)
    assert (Aggregate.MAX, Aggregate.MIN) == aggregates_of("max, min,max", "1h")


def test_a_chart_has_a_line_for_each_device_unless_told_otherwise() -> None:
    assert ("device",) == group_of(None, charted=True)
    assert () == group_of(None, charted=False)
    assert ("site", "device") == group_of("site, device", charted=True)


def test_readings_go_by_resource_and_everything_else_by_field() -> None:
    assert "temperature" == field_of("readings", "temperature", None)
    assert "duration_s" == field_of("alarms", None, "duration_s")
    for asked in (("readings", None, "x"), ("alarms", "x", None), ("readings", "x", "x")):
        with pytest.raises(typer.BadParameter, match="it alone"):
            field_of(*asked)


@pytest.mark.parametrize("name", ["", "Mars/Olympus", "../etc/passwd", "/etc/passwd", "a\x00b"])
def test_what_is_no_zone_is_said_so(name: str) -> None:
    with pytest.raises(typer.BadParameter, match="is no time zone"):
        zone_of(name)
