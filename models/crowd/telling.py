"""What is told of a site's windows, and when.

While a window is under way it is told now and then as updated; after its end it is closed, also if
nobody was there; if late frames change it afterwards, it is closed again. Each time its revision is
one more.
"""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, replace
from hashlib import blake2b

import numpy as np

from models.crowd.growing import Rows
from models.crowd.pieces import Piece
from models.crowd.site import SiteCrowd
from models.crowd.stays import EVER
from models.crowd.suppression import withheld
from models.crowd.tally import View, tally
from models.crowd.windows import Span
from schemas.codec import encode
from schemas.crowd import CrowdCounted, WindowState

ALL = "*"
"""The camera in the id of a whole site's window."""

QUIET_MS = 7 * 86_400_000
"""How long after its last frame a camera's empty windows are told, until it is heard again. Else a
clock that once said 2000 would bring a quarter of a million of them."""

Key = tuple[str, Span]
"""A camera, or ``ALL``, and a window or day."""


@dataclass(frozen=True, slots=True)
class Told:
    """What was said of a window last."""

    revision: int
    digest: int
    closed: bool


class Telling:
    """Tells the windows and days of one site, of every camera and all together."""

    def __init__(self, crowd: SiteCrowd) -> None:
        self._crowd = crowd
        self.told: dict[Key, Told] = {}
        self.changed: set[Key] = set()
        """Windows of which there may be news."""

        self.since: dict[str, int] = {}
        """From when on each camera is known, and the site: the start of its first window."""

        self.closed_until: dict[tuple[str, bool], int] = {}
        """Up to when windows, or days, of a camera are closed."""

        self.days_told = 0

    def note(self, pieces: list[Piece]) -> None:
        """Take note that frames have come in these pieces, or changed what follows from them."""
        calendar, cameras = self._crowd.calendar, self._crowd.cameras
        for piece in pieces:
            spans = calendar.window_of(piece.start), calendar.day_of(piece.start)
            for camera in (ALL, *(cameras[each] for each in piece.cells)):
                self.changed |= {(camera, span) for span in spans}
                if piece.start < self.since.get(camera, EVER):
                    self.since[camera] = spans[0].start
                    for span in spans:
                        self.closed_until[camera, span.day] = span.start

    def tell(self, clock: int) -> Iterator[CrowdCounted]:
        """Everything that is due when it is ``clock``."""
        over = clock - self._crowd.settings.grace_s * 1000
        day = clock // (self._crowd.settings.day_update_s * 1000)
        for key in sorted(self.changed):
            if key[1].end <= over:
                yield from self._said(key, WindowState.CLOSED, clock)
            elif not key[1].day or day > self.days_told:
                yield from self._said(key, WindowState.UPDATED, clock)
            else:
                continue
            self.changed.discard(key)
        self.days_told = max(day, self.days_told)
        for camera in sorted(self.since):
            if camera == ALL or camera in self._crowd.site.cameras:
                yield from self._closed(camera, over, clock)

    def drop(self, before: int) -> None:
        """Forget what was said of windows that ended by the start of a day."""
        self.told = {key: told for key, told in self.told.items() if key[1].end > before}

    def _closed(self, camera: str, over: int, clock: int) -> Iterator[CrowdCounted]:
        calendar = self._crowd.calendar
        for day, find in ((False, calendar.window_of), (True, calendar.day_of)):
            span = find(self.closed_until[camera, day])
            heard = self._crowd.heard(camera)
            while span.end <= over:
                later = bisect_left(heard, span.start)
                if later and span.start > heard[later - 1] + QUIET_MS:
                    if later == len(heard):
                        break
                    if heard[later] >= span.end:
                        span = find(heard[later])
                        continue
                told = self.told.get((camera, span))
                if (told is None or not told.closed) and span.start >= self._crowd.dropped:
                    yield from self._said((camera, span), WindowState.CLOSED, clock)
                span = find(span.end)
            self.closed_until[camera, day] = span.start

    def _said(self, key: Key, state: WindowState, clock: int) -> Iterator[CrowdCounted]:
        counted = self.figures(key, state, clock)
        digest = _digest(counted)
        told = self.told.get(key, Told(0, 0, closed=False))
        if digest != told.digest or (state is WindowState.CLOSED and not told.closed):
            closed = state is WindowState.CLOSED
            self.told[key] = Told(told.revision + 1, digest, closed)
            yield replace(counted, revision=told.revision + 1)

    def figures(self, key: Key, state: WindowState, clock: int) -> CrowdCounted:
        """A window's figures, as what may be said of them; the revision is left at 0."""
        crowd, (camera, span) = self._crowd, key
        place = None if camera == ALL else crowd.camera(camera)
        stays = crowd.stays(span)
        if place is not None:
            stays = stays[stays["camera"] == place]
        counts = [*crowd.counts(span, place)]
        view = View(
            span=span,
            day_start=crowd.calendar.day_of(span.start).start,
            piece_ms=crowd.calendar.piece_ms,
            until=span.end if state is WindowState.CLOSED else min(clock, span.end),
            whole_site=place is None,
            gendered=crowd.site.privacy.demographics,
            knows_again=crowd.knows_again,
        )
        people = tally(stays, crowd.gallery.people.rows["piece"], view)
        if not crowd.tells_apart(span, whole_site=place is None):
            people |= dict.fromkeys(("visitors", "males", "females", "ungendered"))
        counted = CrowdCounted(
            window_id=f"{crowd.name}|{camera}|{span.start}|{span.end}",
            site=crowd.name,
            camera=None if place is None else camera,
            window_start=span.start,
            window_end=span.end,
            window_s=86_400 if span.day else crowd.settings.window_s,
            state=state,
            revision=0,
            at=max((each.newest for each in counts), default=span.start),
            unresolved=sum(each.unresolved for each in counts),
            identified=self._identified(stays),
            frames=sum(each.frames for each in counts),
            faces=sum(each.faces for each in counts),
            suppressed=False,
            **people,
        )
        return withheld(counted, crowd.site.privacy.smallest)

    def _identified(self, stays: Rows) -> tuple[str, ...]:
        crowd = self._crowd
        number = crowd.gallery.people.rows["name"][stays["person"]]
        named = (number >= 0).nonzero()[0]
        pairs = np.unique(np.stack([number[named], stays["first"][named]]), axis=1).T.tolist()
        names = {crowd.consented(name, at) for name, at in pairs}
        return tuple(sorted(name for name in names if name))


def _digest(counted: CrowdCounted) -> int:
    plain = replace(counted, state=WindowState.CLOSED)
    return int.from_bytes(blake2b(encode(plain), digest_size=8).digest(), "big")
