"""Withholding counts of so few people that they might be told apart."""

from collections.abc import Mapping
from dataclasses import asdict, replace

from schemas.crowd import AgeCounts, CrowdCounted, EmotionCounts, GenderCounts


def withheld(counted: CrowdCounted, smallest: int) -> CrowdCounted:
    """The same without counts from 1 up to below ``smallest``.

    Too few people at all: everything about people goes. Too few of one gender: both go, for one
    follows from the other. In a breakdown small counts become 0, and if it was only one, the next
    smallest too, else it followed from the sum.
    """
    if counted.visitors is None or smallest <= 1:
        return counted
    if 0 < counted.visitors < smallest:
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
    males, females, rest = counted.males, counted.females, counted.ungendered
    if males is None or females is None:
        return counted
    if any(0 < each < smallest for each in (males.visitors, females.visitors, rest or 0)):
        return replace(counted, males=None, females=None, ungendered=None, suppressed=True)
    fewer = replace(counted, males=_within(males, smallest), females=_within(females, smallest))
    return replace(fewer, suppressed=fewer != counted)


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
