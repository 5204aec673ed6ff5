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

    Where counts were withheld a zero may be one of them, so it becomes null, if it is not of all
    people of a gender: those are withheld as null.
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
    parts: Figures = {f"{name}_{gender}s": getattr(told, name) for name in ("new", "returning")}
    parts |= {f"age_{gender}_{age}": getattr(told.ages, f"age_{age}") for age in AGES}
    parts |= {f"emotion_{gender}_{name}": getattr(told.emotions, name) for name in EMOTIONS}
    if withheld:
        parts = {name: count or None for name, count in parts.items()}
    found = {f"{gender}s": told.visitors, **parts}
    return found if counts else dict.fromkeys(found)


def _presence(counted: CrowdCounted) -> Figures:
    found: Figures = {
        "identified": len(counted.identified),
        "peak_occupancy": counted.peak_occupancy,
        "mean_occupancy": counted.mean_occupancy,
        "mean_dwell_s": counted.mean_dwell_s,
    }
    too_few = counted.suppressed and counted.visitors is None
    return dict.fromkeys(found) if too_few else found
