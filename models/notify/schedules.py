"""Whether a schedule holds at an instant, in its own time zone."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from models.alarms.rules import Schedule

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def holds(schedule: Schedule | None, at_ms: int) -> bool:
    """Whether ``at_ms`` (epoch ms UTC) lies within a schedule; without one, always.

    A window that ends at or before its start goes on past midnight and belongs to the day on
    which it started.
    """
    if schedule is None:
        return True
    local = datetime.fromtimestamp(at_ms / 1000, ZoneInfo(schedule.timezone))
    now, start, end = f"{local:%H:%M}", schedule.start, schedule.end
    today, yesterday = (_named(local - timedelta(days=days), schedule) for days in (0, 1))
    if start < end:
        return today and start <= now < end
    return (today and now >= start) or (yesterday and now < end)


def _named(day: datetime, schedule: Schedule) -> bool:
    return WEEKDAYS[day.weekday()] in schedule.days
