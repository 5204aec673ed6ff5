"""Withholding counts of so few people that they might be told apart."""

from collections.abc import Mapping
from dataclasses import asdict, replace

from schemas.crowd import AgeCounts, CrowdCounted, EmotionCounts, GenderCounts


def withheld(counted: CrowdCounted, smallest: int) -> CrowdCounted:
    """The same without counts from 1 up to below ``smallest``.

    Too few people at all, or, if they cannot be told apart, too few at once: everything about
    people goes. Too few at once among enough: the peak becomes 0. Too few of one gender: both go,
    for one follows from the other. In a breakdown small counts become 0, and if it was only one,
    the next smallest too, else it followed from the sum.
    """
    at_once = counted.peak_occupancy
    if 0 < (at_once if counted.visitors is None else counted.visitors) < smallest:
        return replace(
            counted,
            visitors=None,
            males=None,
            females=None,
            ungendered=None,
            identified=(),
            peak_occupancy=0,
            mean_occupancy=0.0,
            mean_dwell_s=None,
            suppressed=True,
        )
    if 0 < at_once < smallest:
        counted = replace(counted, peak_occupancy=0, suppressed=True)
    males, females, rest = counted.males, counted.females, counted.ungendered
    if males is None or females is None:
        return counted
    if any(0 < each < smallest for each in (males.visitors, females.visitors, rest or 0)):
        return replace(counted, males=None, females=None, ungendered=None, suppressed=True)
    fewer = replace(counted, males=_within(males, smallest), females=_within(females, smallest))
    return counted if fewer == counted else replace(fewer, suppressed=True)


def _within(counts: GenderCounts, smallest: int) -> GenderCounts:
    history = _table({"new": counts.new, "returning": counts.returning}, smallest)
    return replace(
        counts,
        **history,
        ages=AgeCounts(**_table(asdict(counts.ages), smallest)),
        emotions=replace(EmotionCounts(), **_table(asdict(counts.emotions), smallest)),
    )


def _table(cells: Mapping[str, int | None], smallest: int) -> dict[str, int]:
    known = {name: count for name, count in cells.items() if count is not None}
    few = [name for name, count in known.items() if 0 < count < smallest]
    if len(few) == 1:
        more = [name for name, count in known.items() if count >= smallest]
        few += sorted(more, key=known.__getitem__)[:1]
    return {name: 0 if name in few else count for name, count in known.items()}
