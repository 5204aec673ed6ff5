"""The limits of a rule in the unit of a device's profile."""

from collections.abc import Mapping
from dataclasses import dataclass

from models.alarms.rules import Bound, Rule
from models.units import Conversion, conversion
from schemas.alarms import Level


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """All bounds of a rule in one unit, the mildest first; a deadband has become resets."""

    levels: Mapping[Level, Bound]
    """Of values."""

    rates: Mapping[Level, Bound]
    """Of the change per minute. A deadband is for values, so it gives no resets here."""


def limits_for(rule: Rule, profile_unit: str | None) -> Limits:
    """The limits of ``rule`` for values in ``profile_unit``, the unit that readings carry.

    A reset that the rule gives stays; with a deadband, a missing one is so far inside its limit;
    without, it stays null, and the level ends where it began. Rates only scale: 18 [degF] a
    minute is 10 Cel a minute.

    Raises:
        ValueError: the rule's unit cannot be converted to the profile's.

    """
    convert = _conversion(rule.unit, profile_unit)
    rates = Conversion(scale=convert.scale, shift=0)
    levels = {level: _with_resets(bound, rule.deadband) for level, bound in rule.levels.items()}
    return Limits(levels=_converted(levels, convert), rates=_converted(rule.rates, rates))


def _conversion(given: str | None, wanted: str | None) -> Conversion:
    if given is None:
        return Conversion(scale=1, shift=0)
    found = conversion(given, wanted) if wanted is not None else None
    if found is None:
        raise ValueError(f"{given} cannot be converted to {wanted or 'no unit'}")
    return found


def _with_resets(bound: Bound, deadband: float) -> Bound:
    changes: dict[str, float] = {}
    if deadband and bound.above is not None and bound.reset_below is None:
        changes["reset_below"] = bound.above - deadband
    if deadband and bound.below is not None and bound.reset_above is None:
        changes["reset_above"] = bound.below + deadband
    return bound.model_copy(update=changes)


def _converted(bounds: Mapping[Level, Bound], convert: Conversion) -> dict[Level, Bound]:
    return {level: _in_unit(bounds[level], convert) for level in Level if level in bounds}


def _in_unit(bound: Bound, convert: Conversion) -> Bound:
    limits = {
        name: (value + convert.shift) * convert.scale
        for name, value in bound
        if name != "inclusive" and value is not None
    }
    return bound.model_copy(update=limits)
