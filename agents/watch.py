"""Watch: accepted telemetry -> what the alarm rules make of it."""

from collections.abc import Iterable

from models.alarms.settings import AlarmSettings
from models.watch.vigil import Vigil
from schemas.alarms import AlarmRequest
from schemas.batch import Columns
from schemas.records import AcceptedTelemetry


class Watch(Vigil):
    """Judges the telemetry of one partition, batch by batch, in the order of its offsets.

    However the log is cut into batches, and wherever ``save`` and ``load`` stand between them,
    the judgements are the same, with the same numbers. Batches need an origin; ``ValueError`` if
    one has none.
    """

    def __init__(self, settings: AlarmSettings) -> None:
        super().__init__(
            settings.rules().rules,
            settings.profiles(),
            skew_ms=round(settings.skew_s * 1000),
            limit=settings.remembered_conditions,
        )

    def __call__(self, batch: Columns[AcceptedTelemetry]) -> Iterable[AlarmRequest]:
        """Judge a batch."""
        return self.judge(batch)
