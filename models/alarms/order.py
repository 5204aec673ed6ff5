"""Which of several changes of an alarm says how it is now."""

from collections.abc import Iterable

from schemas.alarms import AlarmChange


def order(change: AlarmChange) -> tuple[int, int]:
    """Openings in event time first, because a forgotten alarm counts its changes from 1 again."""
    return change.raised_at, change.sequence


def newest(changes: Iterable[AlarmChange]) -> list[AlarmChange]:
    """The newest change of each alarm; what was found in late data says nothing of now."""
    found: dict[str, AlarmChange] = {}
    for change in changes:
        last = found.get(change.alarm)
        if not change.backfilled and (last is None or order(last) < order(change)):
            found[change.alarm] = change
    return list(found.values())


def standing(alarms: Iterable[AlarmChange]) -> list[AlarmChange]:
    """Those that stand, the last raised first."""
    active = (each for each in alarms if each.active)
    return sorted(active, key=lambda each: (-each.raised_at, each.alarm))
