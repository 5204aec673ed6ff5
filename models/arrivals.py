"""A batch of telemetry as flat arrays: one entry per event, or one per reading."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from models.arrays import Column, Floats, Ints
from models.rules import DOUBLE, FIRST_CONVERSION, Rules
from models.words import Words
from schemas.batch import Columns, Int64s
from schemas.records import Quality, Telemetry

EARLIEST_MS = 946_684_800_000
"""2000-01-01 UTC. No device of ours is older; clocks that were never set say 1970."""

LATEST_MS = 4_102_444_800_000
"""2100-01-01 UTC: a broker's time beyond it is not believed, so that sums cannot overflow."""

QUALITIES = pa.array([quality.value for quality in Quality])


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrivals:
    """What came in, with specs looked up and values in their profiles' units."""

    rows: pa.RecordBatch
    offsets: Int64s
    logged_at: Int64s

    # per event
    site: Words
    device: Words
    profile: Ints
    at: Int64s
    received_at: Int64s
    """As given if it can be true, else ``logged_at``."""

    readings: npt.NDArray[np.int32]
    """How many it has."""

    # per reading
    event: Ints
    spec: Ints
    conversion: Ints
    kind: npt.NDArray[np.int8]
    """Type code of the value."""

    value: Floats
    """Number in the profile's unit; of no meaning where ``kind`` is not DOUBLE."""

    told: npt.NDArray[np.uint8]
    """The device's own verdict, as a place in ``QUALITIES``; good if it has none."""


def arrivals(batch: Columns[Telemetry], rules: Rules, *, skew_ms: int) -> Arrivals:
    """Lay a batch open. A gateway's clock may be ahead of the broker's by ``skew_ms``.

    Raises:
        ValueError: the batch does not say where it came from.

    """
    origin = batch.origin
    if origin is None:
        raise ValueError("telemetry to be cleaned needs an origin")
    rows = _unsliced(batch.rows)
    logged_at = np.minimum(origin.logged_at, LATEST_MS)
    first = rows.column("readings").offsets.to_numpy()
    event = np.repeat(np.arange(rows.num_rows), first[1:] - first[:-1])
    readings = rows.column("readings").values
    profile = rules.profile(rows.column("profile"))
    spec = rules.spec(profile[event], readings.field("resource"))
    conversion = rules.conversion(spec, readings.field("unit"))
    return Arrivals(
        rows=rows,
        offsets=origin.offsets,
        logged_at=logged_at,
        site=rules.site(rows.column("site")),
        device=rules.device(rows.column("device")),
        profile=profile,
        at=rows.column("at").to_numpy(),
        received_at=_received_at(rows.column("received_at"), logged_at, skew_ms),
        readings=first[1:] - first[:-1],
        event=event,
        spec=spec,
        conversion=conversion,
        kind=readings.field("value").type_codes.to_numpy(),
        value=_converted(readings.field("value"), conversion, rules),
        told=_told(readings.field("quality")),
    )


def plain(column: Column, dtype: npt.DTypeLike) -> npt.NDArray[Any]:
    """The values of a primitive column; where it is null, whatever stands there."""
    return np.frombuffer(column.buffers()[1], dtype, len(column), column.offset * 8)


def _unsliced(rows: pa.RecordBatch) -> pa.RecordBatch:
    """The same rows without offsets into larger buffers: type codes of a union ignore them."""
    sliced = rows.column("readings").offset or rows.column("tags").offset
    return rows.take(pa.array(np.arange(rows.num_rows))) if sliced else rows


def _received_at(given: Column, logged_at: Int64s, skew_ms: int) -> Int64s:
    if given.null_count == len(given):
        return logged_at
    when = plain(given, np.int64)
    believable = (when >= EARLIEST_MS) & (when <= logged_at + skew_ms)
    if given.null_count:
        believable &= given.is_valid().to_numpy(zero_copy_only=False)
    return np.where(believable, when, logged_at)


def _converted(values: Column, conversion: Ints, rules: Rules) -> Floats:
    """The numbers, in their profiles' units; bits stay as they are where the unit is the same."""
    value: Floats = plain(values.field(DOUBLE), np.float64)
    [foreign] = np.nonzero(conversion >= FIRST_CONVERSION)
    if foreign.size:
        how = conversion[foreign]
        value = value.copy()
        with np.errstate(over="ignore", invalid="ignore"):
            value[foreign] = (value[foreign] + rules.shift[how]) * rules.scale[how]
    return value


def _told(given: Column) -> npt.NDArray[np.uint8]:
    if given.null_count == len(given):
        return np.zeros(len(given), np.uint8)
    places = pc.index_in(given, value_set=QUALITIES).fill_null(0)
    told: npt.NDArray[np.uint8] = places.to_numpy().astype(np.uint8)
    return told
