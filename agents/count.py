"""Count: the faces of frames -> how many people were there, of what kind, and for how long."""

import struct
from collections.abc import Iterable

from models.crowd.census import Census
from models.crowd.concerns import Concerns
from models.crowd.erasing import Place, Wishes
from models.crowd.settings import CrowdRules, CrowdSettings
from models.sites import SiteSettings
from schemas.alarms import AlarmRequest
from schemas.batch import Records
from schemas.crowd import CrowdCounted, VisitEnded
from schemas.erasures import Erasure
from schemas.frames import FrameAnalysed
from schemas.reasons import SetAside

_REACHED = struct.Struct("<qq")


class Count(Census):
    """Counts the people of one partition's sites by the site book, and forgets whom it is told to.

    A wish for erasure is fulfilled when it is learnt, and again after each batch with frames that
    were logged before it: so a replay brings nobody back, not even one from the beginning.
    """

    def __init__(self, settings: CrowdSettings, sites: SiteSettings) -> None:
        super().__init__(CrowdRules.of(settings, sites.book()))
        self._wishes = Wishes()
        self._untold: set[str] = set()
        """Sites of which something was forgotten, and not yet told."""

    def __call__(
        self, batch: Records[FrameAnalysed]
    ) -> Iterable[CrowdCounted | VisitEnded | AlarmRequest | SetAside]:
        """Count a batch, and say what is due by its frames."""
        said = list(super().__call__(batch))
        if batch.origin is None or not batch.rows:
            return said
        wishes = self._wishes.over(int(batch.origin.logged_at.min()))
        if not wishes:
            return said
        gone = [self._erase(each) for each in wishes]
        return [each for each in said if not _is_of(each, gone)]

    def learn(self, news: Records[Erasure]) -> None:
        """Forget what is wished to be forgotten, each wish once."""
        assert news.origin is not None
        for asked in self._wishes.hear(news.origin, list(news.rows)):
            self._erase(asked)

    def has_heard(self, site: str, place: Place) -> bool:
        """Whether it has fulfilled the wish at this place of its log, if it knows the site."""
        return site not in self._sites or self._wishes.reached >= place

    def tick(self, now_ms: int) -> Iterable[CrowdCounted | VisitEnded | AlarmRequest]:
        """Say what is due by the clock, and what is otherwise for something was forgotten."""
        while self._untold:
            yield from self.tell_again(self._untold.pop())
        yield from super().tick(now_ms)

    def save(self) -> bytes:
        """Everything that is remembered."""
        return _REACHED.pack(*self._wishes.reached) + super().save()

    def load(self, data: bytes) -> None:
        """Remember what was saved; of sites that are gone from the settings nothing is.

        Raises:
            ValueError: these bytes were not saved by it, or by another version.

        """
        if len(data) < _REACHED.size:
            raise ValueError(f"no saved count: {len(data)} bytes")
        self._wishes.reached = _REACHED.unpack_from(data)
        super().load(data[_REACHED.size :])

    def _erase(self, asked: Erasure) -> Concerns:
        """Forget; give what has to go from what was just said too."""
        found = self.traces(asked)
        if found.size:
            self.forget(asked.site, person=asked.person, camera=asked.camera, before=asked.before)
            self._untold.add(asked.site)
        return Concerns(asked, found.names)


def _is_of(said: object, gone: Iterable[Concerns]) -> bool:
    """Whether a visit was told that is to be forgotten; counts are told anew."""
    return isinstance(said, VisitEnded) and any(concerns(said) for concerns in gone)
