"""Command: wishes for setpoints and devices' reports -> commands, and alarms about them."""

from collections.abc import Iterable

from models.shadows.book import ShadowBook
from models.shadows.settings import CommandSettings
from models.shadows.terms import terms_of
from models.sites import SiteSettings
from schemas.alarms import AlarmRequest
from schemas.batch import Records
from schemas.reasons import DETAIL_LIMIT, SetAside
from schemas.shadows import DeviceCommand, ShadowUpdate

GRACE_MS = 5_000
"""How long after its time something is done because the log has gone on; what happened before
may be on its way till then. The clock waits as long again, so that the log comes first."""

QUIET_MS = 5_000
"""After so long without an update the log counts as read to its end, and the clock goes on from
there; until then a log that is read late must not be taken for silence."""


class Command:
    """Keeps the shadows of one partition's devices: folds wishes and reports into commands.

    The same log gives the same commands, with gapless versions for each device, wherever batches
    are cut. What cannot be is set aside; what came before changes nothing. Devices are to obey
    only at sites that act; elsewhere commands are proposed, and nobody is alarmed.

    Batches need an origin; ``ValueError`` if one has none.
    """

    def __init__(self, settings: CommandSettings, sites: SiteSettings) -> None:
        terms = terms_of(sites.book(), settings)
        self._book = ShadowBook(terms, remembered_updates=settings.remembered_updates)
        self._heard = True
        self._quiet_since_ms = 0

    @property
    def entries(self) -> int:
        """Devices and updates remembered."""
        return len(self._book)

    def __call__(
        self, batch: Records[ShadowUpdate]
    ) -> Iterable[DeviceCommand | AlarmRequest | SetAside]:
        """What comes of these updates, and a word on each that cannot be."""
        if batch.origin is None:
            raise ValueError("the time at which updates came in is needed")
        self._heard = True
        done: list[DeviceCommand | AlarmRequest | SetAside] = []
        times = batch.origin.logged_at.tolist()
        for row, (update, logged_at) in enumerate(zip(batch.rows, times, strict=True)):
            done += self._book.expire(logged_at - GRACE_MS)
            told, refused = self._book.take(update, logged_at=logged_at)
            done += told
            if refused:
                reason, detail = refused
                done.append(SetAside(row, reason, detail[:DETAIL_LIMIT]))
        return done

    def tick(self, now_ms: int) -> Iterable[DeviceCommand | AlarmRequest]:
        """Once the log is quiet: what is due because time has passed."""
        if self._heard:
            self._heard, self._quiet_since_ms = False, now_ms
        if now_ms - self._quiet_since_ms < QUIET_MS:
            return []
        return self._book.expire(now_ms - 2 * GRACE_MS)

    def save(self) -> bytes:
        """Everything that is remembered."""
        return self._book.save()

    def load(self, data: bytes) -> None:
        """Remember what was saved, in place of everything else.

        Raises:
            UndecodableError: these bytes were not saved by it.

        """
        self._book.load(data)
