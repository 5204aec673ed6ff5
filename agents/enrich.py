"""Enrich: readings of server rooms -> the same with the weather and the setpoint of their time."""

from collections import Counter

import numpy as np
import pyarrow as pa
from pydantic import BaseModel, ConfigDict, Field

from models.arrays import Column, Floats, Ints
from models.arrivals import LATEST_MS
from models.as_of import AsOf
from models.believable import believable_setpoint, believable_weather
from models.psychrometrics import dew_point_c
from models.room_air import GOOD, HUMIDITY, IT_POWER, QUALITIES, TEMPERATURE, air
from models.rooms import Rooms
from models.sites import SiteSettings
from schemas.batch import REACH_MS, Columns, Int64s, Origin, Records
from schemas.columns import arrow_schema
from schemas.energy import EnrichedReading
from schemas.records import AcceptedTelemetry
from schemas.shadows import DeviceReport
from schemas.weather import WeatherObserved

FORGET_EVERY_MS = 600_000
"""How often what is too old is dropped, and how much older than need be it may get."""


class EnrichSettings(BaseModel):
    """What is known beside the readings of server rooms, for each partition."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    weather_stale_after_s: float = Field(1800.0, gt=0, le=86_400)
    """How old the weather may be before it is not to be trusted."""

    remembered_per_source: int = Field(100_000, ge=100, le=10_000_000)
    """Observations of a site, and reports of an air conditioner, that are remembered at most; none
    for more than a day. Each takes at most 100 bytes."""


class Enrich:
    """Joins readings of server rooms with what was known at their time, see ``models.as_of``.

    All others are passed over. The same readings give the same result, wherever batches are cut,
    and however much that was logged later has been learnt already.

    Batches and news need an origin; ``ValueError`` if one has none.
    """

    def __init__(self, sites: SiteSettings, settings: EnrichSettings) -> None:
        self._rooms = Rooms(sites.book())
        self._stale_after_s = settings.weather_stale_after_s
        most = settings.remembered_per_source
        self._weather = AsOf(width=3, most=most)
        self._setpoint = AsOf(width=1, most=most)
        self._layout = arrow_schema(EnrichedReading)
        self._forgotten_ms = 0
        self.ignored: Counter[str] = Counter()
        """How many news were of an unknown ``site`` or ``device``, or had an absurd ``value``."""

    @property
    def entries(self) -> int:
        """Observations and reports remembered."""
        return len(self._weather) + len(self._setpoint)

    def learn(self, news: Records[WeatherObserved] | Records[DeviceReport]) -> None:
        """Take in what was observed or reported; what cannot be true is counted and ignored."""
        origin = _origin(news.origin)
        times, offsets = _times(origin).tolist(), origin.offsets.tolist()
        for said, logged_at, offset in zip(news.rows, times, offsets, strict=True):
            if isinstance(said, WeatherObserved):
                self._observed(said, logged_at, offset)
            elif isinstance(said, DeviceReport):
                self._reported(said, logged_at, offset)

    def __call__(self, batch: Columns[AcceptedTelemetry]) -> list[Columns[EnrichedReading]]:
        """The readings of server rooms among these, enriched, in the same order."""
        logged_at = _times(_origin(batch.origin))
        if not logged_at.size:
            return []
        self._forget(int(logged_at.min()) - REACH_MS)
        rows, room = self._rooms.find(batch.rows.column("site"), batch.rows.column("device"))
        if not rows.size:
            return []
        made = self._enriched(batch.rows, rows, room, logged_at[rows])
        columns = [made[name] for name in self._layout.names]
        enriched = pa.RecordBatch.from_arrays(columns, schema=self._layout)
        return [Columns(record=EnrichedReading, rows=enriched)]

    def _enriched(
        self, given: pa.RecordBatch, rows: Ints, room: Ints, logged_at: Int64s
    ) -> dict[str, Column]:
        places = pa.array(rows)
        same = {name: given.column(name).take(places) for name in ("event_id", "site", "device")}
        at = given.column("at").to_numpy()[rows]
        inside = air(given.column("readings").take(places))
        temperature, humidity, power = inside.value
        harm = np.maximum(inside.harm[TEMPERATURE], inside.harm[HUMIDITY])
        seen_at, *outside = self._weather.look_up(self._rooms.site[room], at, logged_at)
        age_s = (at - seen_at) / 1000
        said_at, setpoint = self._setpoint.look_up(room, at, logged_at)
        too_old = at - said_at > REACH_MS
        return same | {
            "room": self._rooms.names.take(pa.array(room)),
            "at": pa.array(at),
            "indoor_temperature_c": _known(temperature),
            "indoor_humidity_percent": _known(humidity),
            "it_power_kw": _known(np.where(inside.harm[IT_POWER] == GOOD, power, np.nan)),
            "quality": QUALITIES.take(pa.array(harm)),
            "dew_point_c": _known(dew_point_c(temperature, humidity)),
            "outdoor_temperature_c": _known(outside[0]),
            "outdoor_humidity_percent": _known(outside[1]),
            "weather_state": pa.array(np.nan_to_num(outside[2]).astype(np.int64)),
            "weather_age_s": _known(age_s),
            "weather_stale": pa.array(~(age_s <= self._stale_after_s)),
            "setpoint_c": _known(np.where(too_old, np.nan, setpoint)),
            "setpoint_age_s": _known(np.where(too_old, np.nan, (at - said_at) / 1000)),
        }

    def _observed(self, said: WeatherObserved, logged_at: int, offset: int) -> None:
        site = self._rooms.sites.get(said.site)
        if site is None or not believable_weather(said):
            self.ignored["site" if site is None else "value"] += 1
            return
        values = (said.temperature_c, said.humidity_percent, float(said.weather_state))
        self._weather.add(site, at=said.at, logged_at=logged_at, offset=offset, values=values)

    def _reported(self, said: DeviceReport, logged_at: int, offset: int) -> None:
        room = self._rooms.air_conditioners.get((said.site, said.device))
        if room is None or not believable_setpoint(said):
            self.ignored["device" if room is None else "value"] += 1
        elif said.setpoint_c is not None:
            values = (said.setpoint_c,)
            self._setpoint.add(room, at=said.at, logged_at=logged_at, offset=offset, values=values)

    def _forget(self, before_ms: int) -> None:
        if before_ms > self._forgotten_ms + 2 * FORGET_EVERY_MS:
            self._forgotten_ms = before_ms - FORGET_EVERY_MS
            self._weather.forget(self._forgotten_ms)
            self._setpoint.forget(self._forgotten_ms)


def _origin(origin: Origin | None) -> Origin:
    if origin is None:
        raise ValueError("what is joined as of its time needs an origin")
    return origin


def _times(origin: Origin) -> Int64s:
    return np.minimum(origin.logged_at, LATEST_MS)


def _known(values: Floats) -> Column:
    return pa.array(values, from_pandas=True)
