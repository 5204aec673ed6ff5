"""Alarm: what rules find and people ask -> what becomes of each alarm."""

from collections.abc import Iterable

from models.alarms.book import AlarmBook
from models.alarms.settings import AlarmSettings
from schemas.alarms import AlarmChange, AlarmRequest
from schemas.batch import Records
from schemas.reasons import DETAIL_LIMIT, SetAside

GRACE_MS = 5_000
"""How long after its end the clock ends a shelving, if no request comes after it.

A request that Kafka logged before that end, and that is still on its way, should come first: then
a replay, where no clock ticks in between, gives the same changes in the same order.
"""


class Alarm:
    """Keeps the alarms of one partition: folds requests into changes, in the order of its log.

    The same log gives the same changes, with gapless sequence numbers for each alarm, wherever
    batches are cut. What cannot be done is set aside; what is so already changes nothing.

    Batches need an origin; ``ValueError`` if one has none.
    """

    def __init__(self, settings: AlarmSettings) -> None:
        latched = {name for name, rule in settings.rules().rules.items() if rule.latch}
        self._book = AlarmBook(
            latched=latched.__contains__,
            remembered_alarms=settings.remembered_alarms,
            remembered_requests=settings.remembered_requests,
        )

    @property
    def entries(self) -> int:
        """Alarms and requests remembered."""
        return len(self._book)

    def __call__(self, batch: Records[AlarmRequest]) -> Iterable[AlarmChange | SetAside]:
        """What becomes of alarms by these requests, and a word on each that cannot be done."""
        if batch.origin is None:
            raise ValueError("the time at which requests came in is needed")
        done: list[AlarmChange | SetAside] = []
        times = batch.origin.logged_at.tolist()
        for row, (request, logged_at) in enumerate(zip(batch.rows, times, strict=True)):
            done += self._book.expire(logged_at)
            taken = self._book.take(request, logged_at=logged_at)
            if isinstance(taken, list):
                done += taken
            else:
                reason, detail = taken
                done.append(SetAside(row, reason, detail[:DETAIL_LIMIT]))
        return done

    def tick(self, now_ms: int) -> Iterable[AlarmChange]:
        """End the shelvings whose time has been over for ``GRACE_MS``."""
        return self._book.expire(now_ms - GRACE_MS)

    def save(self) -> bytes:
        """Everything that is remembered."""
        return self._book.save()

    def load(self, data: bytes) -> None:
        """Remember what was saved, in place of everything else.

        Raises:
            UndecodableError: these bytes were not saved by it.

        """
        self._book.load(data)
