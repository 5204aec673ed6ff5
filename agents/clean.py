"""Clean: telemetry as it came -> telemetry that keeps its contract, every reading judged."""

from collections.abc import Sequence

import numpy as np

from models.accepted import accepted
from models.arrivals import Arrivals, arrivals
from models.profiles import Profiles
from models.quality import verdicts
from models.refusals import refusals, shown
from models.rules import Rules
from models.seen import Seen
from models.series import Series
from schemas.batch import Columns
from schemas.columns import arrow_schema
from schemas.reasons import Reason, SetAside
from schemas.records import AcceptedTelemetry, Telemetry


class Clean:
    """Cleans the telemetry of one partition, batch by batch, in the order of its offsets.

    What breaks the contract and what came before is set aside; suspect values are marked, never
    dropped. The same batch may come again: no event is its own duplicate, and if it was the last
    one its verdicts are the same. A fresh instance loses nothing either: until it has seen enough
    it accepts repeated events, which stores write over, and trusts what it cannot compare.

    ``skew_ms`` is how far ahead of its arrival an event may be before its clock is doubted.
    At least ``remembered_ids`` event ids are remembered, at most twice as many, and at most
    ``remembered_series`` series, of all devices together.
    """

    def __init__(
        self,
        profiles: Profiles,
        *,
        skew_ms: int = 60_000,
        remembered_ids: int = 50_000,
        remembered_series: int = 100_000,
    ) -> None:
        self._rules = Rules(profiles)
        self._layout = arrow_schema(AcceptedTelemetry)
        self._skew_ms = skew_ms
        self._seen = Seen(remembered_ids)
        self._series = Series(remembered_series, self._rules.width)

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
        ids, offsets = arrived.rows.column("event_id").to_pylist(), arrived.offsets.tolist()
        rows: Sequence[int] = range(len(ids))
        if refused:
            rows = [row for row in rows if row not in refused]
            ids, offsets = [ids[row] for row in rows], [offsets[row] for row in rows]
        for place, first in self._seen.duplicates(ids, offsets).items():
            detail = f"event_id: {shown(ids[place])} came at offset {first}"
            refused[rows[place]] = SetAside(rows[place], Reason.DUPLICATE, detail)
        return refused
