"""One site's crowd: the frames that still count, and who was seen when, as they have it.

Kept are the frames, as a set. What follows from them is found out piece by piece in the order of
time, and if a frame comes late, anew from its piece on. So it is the same for any order of frames,
however often they come.

Beyond the lateness allowed a piece is settled: its frames go, what followed from them stays till
its day is over.
"""

from collections.abc import Iterator
from zoneinfo import ZoneInfo

import numpy as np

from models.arrays import Ints
from models.crowd.cell import Cell
from models.crowd.enrolled import enrolled
from models.crowd.gallery import Gallery, Moment
from models.crowd.groups import Marks
from models.crowd.growing import Growing, Rows
from models.crowd.identity import Meeting
from models.crowd.pieces import Counts, Piece, bound, counts_of, stays_of
from models.crowd.privacy import Mode
from models.crowd.settings import CrowdRules
from models.crowd.sightings import Sightings
from models.crowd.stays import NEVER, STAY, begun
from models.crowd.windows import Calendar, Span
from models.sites import Site

DAY_MS = 86_400_000


class SiteCrowd:
    """The crowd of one site."""

    def __init__(self, name: str, site: Site, settings: CrowdRules) -> None:
        self.name, self.site, self.settings = name, site, settings
        self.calendar = Calendar(
            ZoneInfo(site.time_zone), window_s=settings.window_s, gap_s=settings.gap_s
        )
        self._marks = Marks.of(settings.matching.values())
        self.gallery = Gallery(
            self._marks, most=settings.templates_each, most_people=settings.remembered_people
        )
        self.cameras: list[str] = []
        """By number, in the order in which they were heard of."""

        self.pieces: dict[int, Piece] = {}
        self.days: dict[int, Growing] = {}
        """Stays by the start of the day."""

        self.settled = NEVER
        """Pieces that start before it are settled."""

        self.dropped = NEVER
        """Days that ended by then are forgotten."""

        self.last_heard: dict[int, int] = {}
        """The last piece forgotten in which each camera was heard."""

        self.dirty: set[int] = set()
        """Pieces with frames that nothing followed from yet."""

        self.names: list[str] = []
        """Who may be called by name, by number."""

        self.enrol()

    def enrol(self) -> None:
        """Know those who consented."""
        self.names += [name for name in self.site.consents if name not in self.names]
        self._enrolled = enrolled(self.names, self.site, list(self.settings.matching))

    def consented(self, number_: int, at: int) -> str | None:
        """The name with a number, if whoever has it consented to be called so at a time."""
        if number_ < 0 or self.site.privacy.mode is not Mode.IDENTIFIED:
            return None
        consent = self.site.consents.get(self.names[number_])
        return self.names[number_] if consent and consent.holds(at) else None

    def tells_apart(self, span: Span, *, whole_site: bool) -> bool:
        """Whether people can be told apart over a whole span.

        Without templates they cannot by more than one camera, nor beyond one window.
        """
        many = whole_site and len(self.site.cameras) > 1
        return self.knows_again or not (span.day or many)

    @property
    def knows_again(self) -> bool:
        """Whether anybody is known beyond a window."""
        return self.site.privacy.mode is not Mode.STRICT

    @property
    def kept(self) -> int:
        """Frames and faces that are kept."""
        return sum(
            each.frames + each.faces
            for piece in self.pieces.values()
            if piece.cells
            for each in piece.counts.values()
        )

    def camera(self, name: str) -> int:
        """A camera's number."""
        if name not in self.cameras:
            self.cameras.append(name)
        return self.cameras.index(name)

    def add(self, camera: int, start: int, seen: Sightings) -> Ints:
        """Take in frames of a piece; places of those that are here with other content."""
        piece = self.pieces.setdefault(start, Piece(start))
        cell = piece.cells.get(camera)
        if cell is None:
            cell = piece.cells[camera] = Cell(self._marks, self.settings.templates_each)
        privacy = self.site.privacy
        seen = seen.without(
            demographics=privacy.demographics,
            emotions=privacy.emotions,
            templates=self.knows_again,
        )
        before = len(cell.keys)
        odd = cell.add(seen)
        if len(cell.keys) > before or odd.size:
            self.dirty.add(start)
        return odd

    def stays(self, span: Span) -> Rows:
        """Who was seen when in a stretch of a day."""
        day = self.days.get(self.calendar.day_of(span.start).start)
        rows = day.rows if day else np.zeros(0, STAY)
        low, high = np.searchsorted(rows["piece"], [span.start, span.end])
        return rows[low:high]

    def refold(self) -> list[Piece]:
        """Find out what follows from new frames; give the pieces that were looked at."""
        if not self.dirty:
            return []
        start = min(self.dirty)
        todo = [self.pieces[each] for each in sorted(self.pieces) if each >= start]
        sizes = [piece.size for piece in todo if piece.size is not None]
        if sizes:
            self.gallery.cut(sizes[0])
        for day, stays in self.days.items():
            if self.calendar.day_of(day).end > start:
                stays.cut(int(np.searchsorted(stays.rows["piece"], start)))
        for piece in todo:
            piece.size = self.gallery.size
            self._fold(piece)
        self.dirty.clear()
        return todo

    def _fold(self, piece: Piece) -> None:
        moment, window = self.moment(piece.start), self.calendar.window_of(piece.start)
        day = self.days.setdefault(
            self.calendar.day_of(piece.start).start, Growing(np.zeros(0, STAY))
        )
        low, soon = np.searchsorted(
            day.rows["piece"],
            [window.start, piece.start - self.settings.gap_s * 1000 - self.calendar.piece_ms],
        )
        earlier = day.rows[low:]
        parts = []
        for camera in sorted(piece.cells, key=self.cameras.__getitem__):
            cell = piece.cells[camera]
            people = cell.people()
            known = bound(earlier[earlier["camera"] == camera]) if people.token.any() else {}
            who = Meeting(self.gallery, people, camera, moment, self._enrolled, known).resolve()
            piece.who[camera] = who
            part = stays_of(piece.start, camera, people, who)
            piece.counts[camera] = counts_of(cell, resolved=int(part["sightings"].sum()))
            parts.append(part)
        day.add(begun(day.rows[soon:], np.concatenate(parts), gap_ms=self.settings.gap_s * 1000))

    def moment(self, at: int) -> Moment:
        """A time as the gallery sees it."""
        privacy = self.site.privacy
        period = self.calendar.ordinal(at) // privacy.period_days
        return Moment(at, period, at - privacy.template_days * DAY_MS)

    def heard(self, camera: str) -> list[int]:
        """Starts of the pieces in which a camera was heard, or any by the name of all: ascending.

        Of what is forgotten only the last is among them.
        """
        mine = {self.cameras.index(camera)} if camera in self.cameras else {*self.last_heard}
        last = [at for number, at in self.last_heard.items() if number in mine]
        every = camera not in self.cameras
        starts = [at for at, piece in self.pieces.items() if every or mine & piece.counts.keys()]
        return sorted([*last, *starts])

    def counts(self, span: Span, camera: int | None) -> Iterator[Counts]:
        """What a camera, or every one, saw in a stretch of time, piece by piece."""
        for start, piece in self.pieces.items():
            if span.start <= start < span.end:
                for number_, counts in piece.counts.items():
                    if camera in (None, number_):
                        yield counts
