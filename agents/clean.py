"""Clean: telemetry as it came -> telemetry that keeps its contract, every reading judged."""

from typing import Self

import numpy as np
import pyarrow as pa
from pydantic import BaseModel, ConfigDict, Field, FilePath, model_validator

from models.accepted import accepted
from models.arrivals import Arrivals, arrivals
from models.profiles import SHIPPED, load
from models.quality import verdicts
from models.refusals import refusals, shown
from models.rules import Rules
from models.seen import Seen
from models.series import Series
from schemas.batch import Columns
from schemas.columns import arrow_schema
from schemas.reasons import Reason, SetAside
from schemas.records import AcceptedTelemetry, Telemetry


class CleanSettings(BaseModel):
    """How telemetry is judged, and how much of it is remembered, for each partition."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    profiles_file: FilePath = SHIPPED
    """Device profiles, as YAML: what each kind of device measures, and within which bounds."""

    skew_s: float = Field(60.0, ge=0, le=86_400)
    """How far ahead of its arrival an event may be before its clock is doubted."""

    remembered_ids: int = Field(50_000, ge=1, le=1_000_000)
    """Events whose ids are remembered at least, to find what is sent again; at most twice as many
    are. Each takes about 100 bytes."""

    remembered_series: int = Field(100_000, ge=1, le=10_000_000)
    """Series remembered at most, of all devices together, to find spikes and stuck values. Each
    takes 40 bytes, and each device about 300."""

    @model_validator(mode="after")
    def _profiles_are_sound(self) -> Self:
        load(self.profiles_file)
        return self


class Clean:
    """Cleans the telemetry of one partition, batch by batch, in the order of its offsets.

    What breaks the contract and what came before is set aside; suspect values are marked, never
    dropped. The same batch may come again: no event is its own duplicate, and if it was the last
    one its verdicts are the same. A fresh instance loses nothing either: until it has seen enough
    it accepts repeated events, which stores write over, and trusts what it cannot compare.

    Batches need an origin; ``ValueError`` if one has none.
    """

    def __init__(self, settings: CleanSettings) -> None:
        self._rules = Rules(load(settings.profiles_file))
        self._layout = arrow_schema(AcceptedTelemetry)
        self._skew_ms = round(settings.skew_s * 1000)
        self._seen = Seen(settings.remembered_ids)
        self._series = Series(settings.remembered_series, self._rules.width)

    @property
    def entries(self) -> int:
        """Event ids and devices remembered."""
        return len(self._seen) + len(self._series)

    def __call__(self, batch: Columns[Telemetry]) -> list[Columns[AcceptedTelemetry] | SetAside]:
        """Judge a batch: its accepted events as columns, and a word on every other row."""
        if not batch.rows.num_rows:
            return []
        arrived = arrivals(batch, self._rules, skew_ms=self._skew_ms)
        refused = self._refused(arrived)
        aside = [refused[row] for row in sorted(refused)]
        kept = np.ones(batch.rows.num_rows, bool)
        kept[list(refused)] = False
        self._series.begin(int(arrived.offsets[0]), int(arrived.offsets[-1]))
        verdict = verdicts(arrived, self._rules, self._series, kept, skew_ms=self._skew_ms)
        if not kept.any():
            return [*aside]
        rows = accepted(arrived, self._rules, verdict, kept, self._layout)
        return [Columns(record=AcceptedTelemetry, rows=rows), *aside]

    def _refused(self, arrived: Arrivals) -> dict[int, SetAside]:
        """Rows that break the contract, and rows that came before.

        Only what keeps the contract is remembered, so an event may be mended and sent again.
        """
        refused = refusals(arrived, self._rules)
        ids = arrived.rows.column("event_id")
        rows, sound, offsets = np.arange(len(ids)), ids, arrived.offsets
        if refused:
            rows = np.delete(rows, list(refused))
            sound, offsets = ids.take(pa.array(rows)), offsets[rows]
        for place, first in self._seen.duplicates(sound, offsets).items():
            row = int(rows[place])
            detail = f"event_id: {shown(ids[row].as_py())} came at offset {first}"
            refused[row] = SetAside(row, Reason.DUPLICATE, detail)
        return refused
