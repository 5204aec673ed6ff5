"""Counting one site: frames in, in the order of their log, and at certain times what follows.

The site's clock is its newest frame. Things are told when it passes a multiple of ``update_s``,
or, if nothing but late frames come, when as much has passed twice by the broker's clock. So what is
said follows from the log alone, wherever batches are cut.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from models.arrays import Bools, Ints
from models.crowd.forgetting import forget_before, forget_camera, forget_person
from models.crowd.leaving import Leaving
from models.crowd.letting_go import drop, settle
from models.crowd.limits import Limits
from models.crowd.pseudonyms import Pseudonyms
from models.crowd.settings import CrowdRules
from models.crowd.sightings import Sightings
from models.crowd.site import SiteCrowd
from models.crowd.stays import EVER, NEVER
from models.crowd.telling import Telling
from models.crowd.traces import Traces, traces
from models.sites import Site
from schemas.alarms import AlarmRequest
from schemas.batch import Int64s
from schemas.crowd import CrowdCounted, VisitEnded
from schemas.erasures import Erasure
from schemas.reasons import Reason

Said = CrowdCounted | VisitEnded | AlarmRequest
Aside = tuple[int, Reason, str]
"""A place among the frames, and why that one is set aside."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frames:
    """Frames of one site in the order of their log."""

    cameras: Sequence[str]
    logged_at: Int64s
    seen: Sightings


class Counting:
    """The count of one site."""

    def __init__(self, name: str, site: Site, settings: CrowdRules) -> None:
        assert settings.key is not None
        self.crowd = SiteCrowd(name, site, settings)
        self.telling = Telling(self.crowd)
        key = settings.key.get_secret_value().encode()
        self.leaving = Leaving(self.crowd, Pseudonyms(key, name))
        self.limits = Limits(self.crowd)
        self.clock = self.logged = NEVER
        """Event time of the newest frame, and the broker's newest time."""

        self.told_to = self.told_at = NEVER
        """When things were told last, by the site's clock and by the broker's."""

        self.changed = EVER
        """Start of the first piece of which things may be otherwise than told."""

        self._settings, self._every = settings, settings.update_s * 1000

    def take(self, frames: Frames) -> Iterator[Said | Aside]:
        """Count frames; whatever is due in between is told in between."""
        at = frames.seen.frames["at"]
        clock = np.maximum.accumulate(np.maximum(at, self.clock))
        before = np.concatenate([[self.clock], clock[:-1]])
        logged = np.maximum.accumulate(np.maximum(frames.logged_at, self.logged))
        logged_before = np.concatenate([[self.logged], logged[:-1]])
        turns = (clock // self._every > before // self._every) | (
            logged // self._every > logged_before // self._every
        )
        pieces = self.crowd.calendar.pieces(at)
        late = pieces < before - self._kept_ms + 1
        done = 0
        for row in [*turns.nonzero()[0].tolist(), len(at)]:
            yield from self._add(frames, np.arange(done, row), pieces, late)
            if row < len(at):
                self.clock, self.logged = int(before[row]), int(logged_before[row])
                yield from self._turn(int(clock[row]), int(logged[row]))
            done = row
        self.clock, self.logged = int(clock[-1]), int(logged[-1])

    def pass_time(self, now_ms: int) -> Iterator[Said]:
        """Tell what is due if it is ``now_ms`` by the broker's clock and nothing has come since."""
        if self.crowd.pieces or self.changed < EVER:
            clock = self.clock + max(0, now_ms - self.logged)
            yield from self._turn(clock, now_ms)

    def tell(self, clock: int) -> Iterator[Said]:
        """Tell everything that is due when it is ``clock``."""
        self._refold()
        if self.crowd.pieces or self.changed < EVER:
            yield from self.limits.judge(clock, self.logged)
            yield from self.leaving.ended(clock, self.changed)
            yield from self.telling.tell(clock)
            self.changed = EVER
        self._forget(clock)

    def forget(
        self, *, person: str | None = None, camera: str | None = None, before: int | None = None
    ) -> int:
        """Forget a person, a camera, or everything before a time; give how much was found."""
        self._refold()
        found = 0
        if person is not None:
            found += forget_person(self.crowd, self.leaving, person)
        if camera is not None:
            found += forget_camera(self.crowd, camera)
        if before is not None:
            found += forget_before(self.crowd, before)
        self.changed = min(self.changed, *self.crowd.days) if self.crowd.days else self.changed
        return found

    def traces(self, asked: Erasure) -> Traces:
        """What is still known of what is to be erased."""
        self._refold()
        return traces(self.crowd, self.leaving, asked)

    def tell_again(self) -> Iterator[Said]:
        """Tell what is otherwise than it was told, no later than told before."""
        if self.told_to > NEVER:
            yield from self.tell(self.told_to)

    def _refold(self) -> None:
        pieces = self.crowd.refold()
        self.telling.note(pieces)
        self.changed = min(self.changed, *(piece.start for piece in pieces), EVER)

    @property
    def _kept_ms(self) -> int:
        """How long after its start a piece can be changed."""
        return self._settings.lateness_s * 1000 + self.crowd.calendar.piece_ms

    def _turn(self, clock: int, logged: int) -> Iterator[Said]:
        due = clock // self._every * self._every
        waits = bool(self.crowd.dirty or self.telling.changed or self.changed < EVER)
        if due > self.told_to or (waits and logged - self.told_at >= 2 * self._every):
            self.told_to, self.told_at = max(due, self.told_to), logged
            yield from self.tell(self.told_to)

    def _add(self, frames: Frames, rows: Ints, pieces: Int64s, late: Bools) -> Iterator[Aside]:
        old = late[rows] | (pieces[rows] < self.crowd.settled)
        for row in rows[old].tolist():
            detail = f"at: over {self._settings.lateness_s} s behind, or of what is settled already"
            yield row, Reason.TOO_LATE, detail
        groups: dict[tuple[str, int], list[int]] = {}
        for row in rows[~old].tolist():
            groups.setdefault((frames.cameras[row], int(pieces[row])), []).append(row)
        for (camera, piece), mine in groups.items():
            number = self.crowd.camera(camera)
            for place in self.crowd.add(number, piece, frames.seen.of(np.array(mine))).tolist():
                detail = "frame_id: came before with other content; what sorts first counts"
                yield mine[place], Reason.DUPLICATE, detail

    def _forget(self, clock: int) -> None:
        """Let go of what is too old, and of the oldest if there is too much."""
        crowd, settings = self.crowd, self._settings
        settle(crowd, self.clock - self._kept_ms + 1)
        kept = sorted(start for start, piece in crowd.pieces.items() if piece.cells)
        while len(kept) > 1 and crowd.kept > settings.remembered_faces:
            del kept[0]
            settle(crowd, kept[0])
        told = clock - (settings.grace_s + settings.gap_s) * 1000
        day = crowd.calendar.day_of(max(0, min(self.clock - self._kept_ms, told))).start
        if any(start < day for start in crowd.days):
            drop(crowd, day)
            self.telling.drop(day)
            self.leaving.drop(day)
