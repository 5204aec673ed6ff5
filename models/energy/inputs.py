"""What models may ask of a set: values by name, from enriched readings, a whole batch at once.

The first five are the original's, in its order.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from models.arrays import Bools, Column, Floats, Ints
from models.sites import SiteBook
from schemas.batch import Int64s
from schemas.records import Quality

FIRST = (
    *("ext_humidity", "ext_temperature", "indoor_humidity", "indoor_temperature", "weather_state"),
)
NAMES = (*FIRST, "setpoint", "it_load", "setpoint_age_min", "hour_sin", "hour_cos")
"""°C, % relative humidity, kinds of weather 0 to 9, minutes; it_load is the servers' power by
their rated power. hour_sin and hour_cos are the time of day where the site is."""

OF_WEATHER = frozenset({"ext_humidity", "ext_temperature", "weather_state"})

STALE, SUSPECT = len(NAMES), len(NAMES) + 1
"""Two more columns: 1 if the weather, or the sensor, is not to be trusted, else 0."""

WIDTH = len(NAMES) + 2
PLACE = {name: place for place, name in enumerate(NAMES)}

DAY_H, HOUR_MS, QUARTER_MS = 24, 3_600_000, 900_000


class Inputs:
    """Makes tables of sets, for the rooms of a site book in its order."""

    def __init__(self, book: SiteBook) -> None:
        sites = [(site, room) for site in book.root.values() for room in site.rooms.values()]
        self._rated_kw = np.array([room.rated_it_kw for _, room in sites])
        self._zones = [ZoneInfo(site.time_zone) for site, _ in sites]

    def table(self, rows: pa.RecordBatch, room: Ints) -> Floats:
        """Enriched readings by ``WIDTH`` columns; what is missing is NaN.

        ``room`` is the number of each reading's room.
        """
        hour = self._hour(rows.column("at").to_numpy(), room) * (2 * np.pi / DAY_H)
        columns = {
            "ext_humidity": _floats(rows.column("outdoor_humidity_percent")),
            "ext_temperature": _floats(rows.column("outdoor_temperature_c")),
            "indoor_humidity": _floats(rows.column("indoor_humidity_percent")),
            "indoor_temperature": _floats(rows.column("indoor_temperature_c")),
            "weather_state": rows.column("weather_state").to_numpy(),
            "setpoint": _floats(rows.column("setpoint_c")),
            "it_load": _floats(rows.column("it_power_kw")) / self._rated_kw[room],
            "setpoint_age_min": _floats(rows.column("setpoint_age_s")) / 60,
            "hour_sin": np.sin(hour),
            "hour_cos": np.cos(hour),
        }
        table = np.empty((rows.num_rows, WIDTH))
        for name, place in PLACE.items():
            table[:, place] = columns[name]
        table[:, STALE] = _bools(rows.column("weather_stale"))
        table[:, SUSPECT] = ~(_is(rows, Quality.GOOD) | _is(rows, Quality.MISSING))
        return table

    def _hour(self, at: Int64s, room: Ints) -> Floats:
        """Time of day in each room, in hours. Zones move by quarters of an hour, at such times."""
        quarters = at // QUARTER_MS
        known, place = np.unique(np.stack([room, quarters]), axis=1, return_inverse=True)
        offsets = [
            _offset_ms(self._zones[room], int(quarter) * QUARTER_MS)
            for room, quarter in known.T.tolist()
        ]
        local_ms = at + np.array(offsets, np.int64)[place.reshape(-1)]
        hours: Floats = local_ms % (DAY_H * HOUR_MS) / HOUR_MS
        return hours


def skewed(rows: pa.RecordBatch) -> Bools:
    """Readings whose own clock is wrong, so that their time says nothing."""
    return _is(rows, Quality.CLOCK_SKEW)


def _offset_ms(zone: ZoneInfo, at: int) -> int:
    offset = datetime.fromtimestamp(at / 1000, zone).utcoffset()
    return round(offset.total_seconds() * 1000) if offset else 0


def _is(rows: pa.RecordBatch, quality: Quality) -> Bools:
    return _bools(pc.equal(rows.column("quality"), quality.value))


def _bools(column: Column) -> Bools:
    found: Bools = column.to_numpy(zero_copy_only=False)
    return found


def _floats(column: Column) -> Floats:
    found: Floats = column.to_numpy(zero_copy_only=False)
    return found
