"""What a window says of its people, flat: one name, one number, null where nothing may be said."""

from dataclasses import fields

from schemas.crowd import AgeCounts, CrowdCounted, EmotionCounts, GenderCounts

Figures = dict[str, float | None]

GENDERS = ("male", "female")
AGES = tuple(field.name.removeprefix("age_") for field in fields(AgeCounts))
EMOTIONS = tuple(field.name for field in fields(EmotionCounts))

_NOBODY = GenderCounts(ages=AgeCounts(), emotions=EmotionCounts())


def figures(counted: CrowdCounted) -> Figures:
    """Every figure of a window, whether there is a number for it or null.

    A breakdown that does not add up to its people has some of whom it is unknown or withheld. If
    counts were withheld, a zero in it may be one of them; if it has nobody, nobody was asked. So
    its zeros become null.
    """
    found: Figures = {"visitors": counted.visitors, "ungendered": counted.ungendered}
    for gender, counts in zip(GENDERS, (counted.males, counted.females), strict=True):
        found |= _of_gender(gender, counts, withheld=counted.suppressed)
    for history in ("new", "returning"):
        males, females = (found[f"{history}_{gender}s"] for gender in GENDERS)
        found[history] = None if males is None or females is None else males + females
    return found | _presence(counted)


def _of_gender(gender: str, counts: GenderCounts | None, *, withheld: bool) -> Figures:
    told = counts or _NOBODY
    found: Figures = {f"{gender}s": told.visitors}
    breakdowns: tuple[Figures, ...] = (
        {f"{name}_{gender}s": getattr(told, name) for name in ("new", "returning")},
        {f"age_{gender}_{age}": getattr(told.ages, f"age_{age}") for age in AGES},
        {f"emotion_{gender}_{name}": getattr(told.emotions, name) for name in EMOTIONS},
    )
    for cells in breakdowns:
        known = sum(count or 0 for count in cells.values())
        doubted = known < told.visitors and (withheld or not known)
        found |= {name: count or None for name, count in cells.items()} if doubted else cells
    return found if counts else dict.fromkeys(found)


def _presence(counted: CrowdCounted) -> Figures:
    peak = counted.peak_occupancy
    found: Figures = {
        "identified": len(counted.identified),
        "peak_occupancy": (peak or None) if counted.suppressed else peak,
        "mean_occupancy": counted.mean_occupancy,
        "mean_dwell_s": counted.mean_dwell_s,
    }
    too_few = counted.suppressed and counted.visitors is None
    return dict.fromkeys(found) if too_few else found
