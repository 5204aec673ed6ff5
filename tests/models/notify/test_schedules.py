"""When a schedule holds, in its own time zone."""

from datetime import UTC, datetime

import pytest

from models.alarms.rules import Schedule
from models.notify.schedules import holds


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


def test_without_a_schedule_a_rule_always_pages() -> None:
    assert holds(None, 0)


@pytest.mark.parametrize(
    ("instant", "expected"),
    [
        ("2026-03-01 20:59", False),
        ("2026-03-01 21:00", True),
        ("2026-03-02 08:59", True),
        ("2026-03-02 09:00", False),
    ],
)
def test_hours_are_those_of_the_schedules_zone(instant: str, *, expected: bool) -> None:
    days = Schedule(timezone="Asia/Seoul", start="06:00", end="18:00")

    assert holds(days, at(instant)) is expected


@pytest.mark.parametrize(
    ("instant", "expected"),
    [
        ("2026-03-06 21:59", False),
        ("2026-03-06 22:00", True),
        ("2026-03-07 05:59", True),
        ("2026-03-07 06:00", False),
        ("2026-03-07 23:00", False),
    ],
)
def test_a_night_belongs_to_the_day_on_which_it_starts(instant: str, *, expected: bool) -> None:
    friday_night = Schedule(days=("fri",), start="22:00", end="06:00")

    assert holds(friday_night, at(instant)) is expected


def test_a_whole_day_ends_at_midnight() -> None:
    sunday = Schedule(days=("sun",))

    assert holds(sunday, at("2026-03-01 23:59"))
    assert not holds(sunday, at("2026-03-02 00:00"))
