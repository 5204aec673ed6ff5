"""Notify: the changes of alarms -> who is told, on which channel, and in which words."""

import json

from models.alarms.settings import AlarmSettings
from models.notify.teller import Teller
from schemas.alarms import AlarmChange
from schemas.batch import Records
from schemas.notifications import Notification

VERSION = 1
"""Of what ``save`` gives."""


class Notify:
    """Tells people of the alarms of one partition.

    The same changes in the same order give the same notifications with the same ids, however they
    are cut into batches. A change that came before says nothing again.

    Batches need an origin; ``ValueError`` if one has none.
    """

    def __init__(self, settings: AlarmSettings) -> None:
        file = settings.rules()
        self._teller = Teller(file.rules, file.channels, file.notify)

    @property
    def entries(self) -> int:
        """Alarms remembered, open or ended, and messages held back for a digest."""
        return len(self._teller)

    def __call__(self, batch: Records[AlarmChange]) -> list[Notification]:
        """What is to be said of a batch of changes."""
        if batch.origin is None:
            raise ValueError("a batch needs its origin: Kafka's timestamps are the clock")
        logged_at: list[int] = batch.origin.logged_at.tolist()
        return list(self._teller.take(zip(batch.rows, logged_at, strict=True)))

    def tick(self, now_ms: int) -> list[Notification]:
        """What is to be said because time has passed: reminders, escalations, digests."""
        return list(self._teller.tick(now_ms))

    def save(self) -> bytes:
        """Everything it knows, as JSON."""
        return json.dumps({"version": VERSION, **self._teller.save()}).encode()

    def load(self, data: bytes) -> None:
        """Know what an agent knew when it gave this.

        Raises:
            ValueError: another version gave it.

        """
        state = json.loads(data)
        if state["version"] != VERSION:
            raise ValueError(f"a snapshot of version {state['version']}, not {VERSION}")
        self._teller.load(state)
