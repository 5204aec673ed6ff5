"""What accepted telemetry says of a room's air and its servers' power, as arrays."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from models.arrays import Column, Floats, Ints, where
from models.arrivals import plain
from models.rules import DOUBLE
from models.units import UNITS, conversion
from schemas.records import Quality

TEMPERATURE, HUMIDITY, IT_POWER = range(3)
MEASURED: Final = {"temperature": "Cel", "humidity": "%", "it_power": "kW"}
"""The resources of a room, in the order of the numbers above, and the unit of each."""

BY_HARM: Final = (
    Quality.GOOD, Quality.CLOCK_SKEW, Quality.SUSPECT, Quality.STUCK, Quality.SPIKE,
    Quality.OUT_OF_RANGE, Quality.MISSING,
)  # fmt: skip
"""Qualities from best to worst."""

GOOD, MISSING = BY_HARM.index(Quality.GOOD), BY_HARM.index(Quality.MISSING)

QUALITIES: Column = pa.array([quality.value for quality in BY_HARM])
_RESOURCES: Column = pa.array(list(MEASURED))
_SPELLINGS: Column = pa.array([*UNITS, None], pa.string())


@dataclass(frozen=True, slots=True)
class Air:
    """What was measured in rooms: a row for each of ``MEASURED``, a column for each event."""

    value: Floats
    """In the units of ``MEASURED``; NaN if there is none."""

    harm: Ints
    """Its quality, as a place in ``BY_HARM``."""


def air(readings: Column) -> Air:
    """Lay open the readings of accepted telemetry; the column is no slice."""
    each = readings.values
    event = np.repeat(np.arange(len(readings)), np.diff(readings.offsets.to_numpy()))
    resource = _places(each.field("resource"), _RESOURCES)
    numbers = each.field("value").type_codes.to_numpy() == DOUBLE
    taken = where((resource >= 0) & numbers)
    cell = resource[taken], event[taken]
    value = np.full((len(MEASURED), len(readings)), np.nan)
    number = plain(each.field("value").field(DOUBLE), np.float64)[taken]
    value[cell] = _converted(
        number, resource[taken], _places(each.field("unit"), _SPELLINGS)[taken]
    )
    value[~np.isfinite(value)] = np.nan
    harm = np.full(value.shape, MISSING, np.intp)
    harm[cell] = _places(each.field("quality"), QUALITIES)[taken]
    harm[np.isnan(value)] = MISSING
    return Air(value, harm)


def _places(words: Column, among: Column) -> Ints:
    """Where each word stands among some; -1 if it does not."""
    places: Ints = pc.index_in(words, value_set=among).fill_null(-1).to_numpy().astype(np.intp)
    return places


def _converted(number: Floats, resource: Ints, unit: Ints) -> Floats:
    """Numbers in the units of ``MEASURED``; NaN if their own measures something else."""
    scale, shift = _CONVERSION[:, resource, unit]
    with np.errstate(over="ignore", invalid="ignore"):
        converted: Floats = (number + shift) * scale
    return converted


def _conversions() -> npt.NDArray[np.float64]:
    """Scale and shift by resource and spelling; no unit, the last spelling, is the right one."""
    table = np.full((2, len(MEASURED), len(_SPELLINGS)), np.nan)
    for resource, wanted in enumerate(MEASURED.values()):
        for place, spelling in enumerate(UNITS):
            if found := conversion(spelling, wanted):
                table[:, resource, place] = found.scale, found.shift
    table[:, :, -1] = [[1.0], [0.0]]
    return table


_CONVERSION: Final = _conversions()
