"""A plain twin of ``models.energy.windows``: it looks at all sets of a room again and again."""

from collections.abc import Sequence

from models.energy.windows import Pace


def plain_windows(times: Sequence[int], pace: Pace) -> list[tuple[tuple[int, ...], bool]]:
    """The windows of a room whose sets come in this order: times, and whether they are full."""
    windows: list[tuple[tuple[int, ...], bool]] = []
    taken: list[int] = []
    used: list[int] = []
    for at in times:
        newest = max([*taken, *used], default=at)
        too_late = newest - at > pace.lateness_ms or any(at < each for each in used)
        if too_late or any(abs(at - each) < pace.apart_ms for each in [*taken, *used]):
            continue
        taken.append(at)
        while found := _next(sorted(taken), max(newest, at), pace):
            windows.append(found)
            used += found[0]
            taken = [each for each in taken if each not in found[0]]
    return windows


def _next(sets: list[int], newest: int, pace: Pace) -> tuple[tuple[int, ...], bool] | None:
    for count in range(1, min(len(sets), pace.sets)):
        first, last, following = sets[0], sets[count - 1], sets[count]
        fits_until = min(last + pace.gap_ms, first + pace.span_ms)
        if following > fits_until:
            may_still_come = fits_until >= newest - pace.lateness_ms
            return None if may_still_come else (tuple(sets[:count]), False)
    return (tuple(sets[: pace.sets]), True) if len(sets) >= pace.sets else None
