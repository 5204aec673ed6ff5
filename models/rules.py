"""Profiles as arrays: looked up for all readings of a batch at once."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from models.arrays import Column, Floats, Ints
from models.profiles import Kind, Profiles, Resource
from models.units import UNITS, conversion
from models.words import Vocabulary

NULL, DOUBLE, TEXT, BOOLEAN = range(4)
"""Type codes of a reading's value: the branches of its union, as the contract lists them."""

UNKNOWN_PROFILE, UNKNOWN_RESOURCE, FIRST_SPEC = range(3)
"""A *spec* is a resource of a profile; the first two numbers say that there is none."""

UNKNOWN_UNIT, SAME, RENAMED, FIRST_CONVERSION = range(4)
"""What to do about a unit: nothing, write the profile's spelling, or convert as well."""

_CODE_OF = {Kind.NUMBER: DOUBLE, Kind.TEXT: TEXT, Kind.BOOLEAN: BOOLEAN}
_SPELLINGS: Final = (None, "", *UNITS)
"""No unit and an empty one both mean the profile's."""


@dataclass(frozen=True, slots=True)
class Specs:
    """What a profile says of a resource; entry ``i`` of each array is spec ``i``."""

    kind: npt.NDArray[np.int8]
    low: Floats
    high: Floats
    rate_per_min: Floats
    stuck_after_ms: Floats
    column: Ints
    """Place of the resource in its profile."""

    unit: Column


class Rules:
    """Numbers for names: which spec a reading has, and what its unit asks for."""

    def __init__(self, profiles: Profiles) -> None:
        specs = profiles.specs()
        resources = list(dict.fromkeys(resource for _, resource, _ in specs))
        self.profiles = len(profiles.root)
        self.width = max(len(profile.resources) for profile in profiles.root.values())
        self.specs = _specs(profiles)
        self._spec = _spec_table(list(profiles.root), resources, specs)
        self._conversion, self.scale, self.shift = _conversion_table([s for *_, s in specs])
        self._profile = Vocabulary(pa.array(list(profiles.root)))
        self._resource = Vocabulary(pa.array(resources))
        self.site, self.device = Vocabulary(), Vocabulary()
        self._unit = Vocabulary(pa.array(_SPELLINGS, pa.string()))

    def profile(self, names: Column) -> Ints:
        """The number of each profile; ``profiles`` if unknown."""
        return self._profile(names).codes

    def spec(self, profile: Ints, resources: Column) -> Ints:
        """The spec of each resource, in the profile of that number."""
        words = self._resource(resources)
        spec: Ints = self._spec[profile * (len(words.distinct) + 1) + words.codes]
        return spec

    def conversion(self, spec: Ints, units: Column) -> Ints:
        """What each unit asks for, from UNKNOWN_UNIT on; an index of ``scale`` and ``shift``."""
        words = self._unit(units)
        found: Ints = self._conversion[spec * (len(words.distinct) + 1) + words.codes]
        return found


def _specs(profiles: Profiles) -> Specs:
    each = [resource for *_, resource in profiles.specs()]
    columns = [i for profile in profiles.root.values() for i in range(len(profile.resources))]
    infinite = (-np.inf, np.inf)
    none: list[float] = [0.0] * FIRST_SPEC
    return Specs(
        kind=np.array(none + [_CODE_OF[r.type] for r in each], np.int8),
        low=np.array(none + [(r.range or infinite)[0] for r in each]),
        high=np.array(none + [(r.range or infinite)[1] for r in each]),
        rate_per_min=np.array(none + [r.max_rate_per_min or np.inf for r in each]),
        stuck_after_ms=np.array(none + [(r.stuck_after_s or np.inf) * 1000 for r in each]),
        column=np.array(none + columns, np.intp),
        unit=pa.array([None] * FIRST_SPEC + [r.unit for r in each], pa.string()),
    )


def _spec_table(
    profiles: list[str], resources: list[str], specs: list[tuple[str, str, Resource]]
) -> Ints:
    """Spec by profile and resource, flat; one more row and column for the unknown."""
    table = np.full((len(profiles) + 1, len(resources) + 1), UNKNOWN_RESOURCE, np.intp)
    table[-1] = UNKNOWN_PROFILE
    for spec, (profile, resource, _) in enumerate(specs, FIRST_SPEC):
        table[profiles.index(profile), resources.index(resource)] = spec
    return table.ravel()


def _conversion_table(resources: list[Resource]) -> tuple[Ints, Floats, Floats]:
    """Conversion by spec and spelling, flat; then scale and shift by conversion."""
    table = np.full((FIRST_SPEC + len(resources), len(_SPELLINGS) + 1), UNKNOWN_UNIT, np.intp)
    known = {(1.0, 0.0): RENAMED}
    for spec, resource in enumerate(resources, FIRST_SPEC):
        for place, spelling in enumerate(_SPELLINGS):
            table[spec, place] = _asked(spelling, resource.unit, known)
    scale, shift = zip(*[(1.0, 0.0)] * RENAMED, *known, strict=True)
    return table.ravel(), np.array(scale), np.array(shift)


def _asked(given: str | None, wanted: str | None, known: dict[tuple[float, float], int]) -> int:
    if given == wanted:
        return SAME
    if not given:
        return RENAMED
    found = conversion(given, wanted) if wanted else None
    if not found:
        return UNKNOWN_UNIT
    return known.setdefault((found.scale, found.shift), RENAMED + len(known))
