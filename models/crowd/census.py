"""A census: how many people were there, of what kind and for how long, by the faces in frames."""

from collections.abc import Iterable

from models.arrivals import EARLIEST_MS
from models.crowd.counting import Counting, Frames, Said
from models.crowd.saved import restored, saved
from models.crowd.settings import CrowdRules
from models.crowd.sightings import Eye
from models.crowd.traces import Traces
from models.names import NAME_LIMIT, fault
from schemas.alarms import AlarmRequest
from schemas.batch import Records
from schemas.crowd import CrowdCounted, VisitEnded
from schemas.erasures import Erasure
from schemas.frames import FrameAnalysed
from schemas.reasons import Reason, SetAside

GRACE_MS = 5_000
"""How long nothing must have come before the clock on the wall counts: see ``agents.alarm``."""


class Census:
    """Counts the people of one partition's sites; a person once in each window and day.

    Whatever order frames come in, however often, and wherever batches are cut: once all have come,
    what was said last of each window and visit is the same. A site's frames must all come in one
    partition, else its people are told apart for each camera only.

    Batches need an origin; ``ValueError`` if one has none.
    """

    def __init__(self, settings: CrowdRules) -> None:
        self._settings = settings
        self._eye = Eye(
            spaces=list(settings.matching),
            min_quality=settings.min_quality,
            max_turn_deg=settings.max_turn_deg,
        )
        self._sites: dict[str, Counting] = {}
        self._logged = 0
        """The broker's newest time."""

    @property
    def entries(self) -> int:
        """Frames, faces and templates remembered."""
        crowds = [each.crowd for each in self._sites.values()]
        return sum(crowd.kept + len(crowd.gallery.templates) for crowd in crowds)

    def __call__(
        self, batch: Records[FrameAnalysed]
    ) -> Iterable[CrowdCounted | VisitEnded | AlarmRequest | SetAside]:
        """Count a batch, and say what is due by its frames."""
        if batch.origin is None:
            raise ValueError("the time at which frames came in is needed")
        done: list[Said | SetAside] = []
        rows: dict[str, list[int]] = {}
        times = batch.origin.logged_at.tolist()
        for row, (frame, logged_at) in enumerate(zip(batch.rows, times, strict=True)):
            if wrong := self._refusal(frame, logged_at):
                done.append(SetAside(row, *wrong))
            else:
                rows.setdefault(frame.site, []).append(row)
        for site, mine in rows.items():
            frames = Frames(
                cameras=[batch.rows[row].camera for row in mine],
                logged_at=batch.origin.logged_at[mine],
                seen=self._eye([batch.rows[row] for row in mine]),
            )
            done += [
                SetAside(mine[said[0]], *said[1:]) if isinstance(said, tuple) else said
                for said in self._counting(site).take(frames)
            ]
        self._logged = max([self._logged, *times])
        return done

    def tick(self, now_ms: int) -> Iterable[CrowdCounted | VisitEnded | AlarmRequest]:
        """Say what is due by the clock, as far as the partition is silent."""
        for counting in self._sites.values():
            yield from counting.pass_time(max(self._logged, now_ms - GRACE_MS))

    def forget(
        self,
        site: str,
        *,
        person: str | None = None,
        camera: str | None = None,
        before: int | None = None,
    ) -> int:
        """Forget a person (by name or pseudonym), a camera, or all before a time; say how much.

        What follows is told when things are told next.
        """
        counting = self._sites.get(site)
        return counting.forget(person=person, camera=camera, before=before) if counting else 0

    def traces(self, asked: Erasure) -> Traces:
        """What is still known of what is to be erased."""
        counting = self._sites.get(asked.site)
        return counting.traces(asked) if counting else Traces()

    def tell_again(self, site: str) -> Iterable[CrowdCounted | VisitEnded | AlarmRequest]:
        """Say what is otherwise than it was said, for something was forgotten."""
        if counting := self._sites.get(site):
            yield from counting.tell_again()

    def save(self) -> bytes:
        """Everything that is remembered."""
        return saved(self._sites, self._logged)

    def load(self, data: bytes) -> None:
        """Remember what was saved; of sites that are gone from the settings nothing is.

        Raises:
            ValueError: these bytes were not saved by it, or by another version.

        """
        self._sites, self._logged = restored(data, self._settings)

    def _counting(self, site: str) -> Counting:
        if site not in self._sites:
            self._sites[site] = Counting(site, self._settings.sites[site], self._settings)
        return self._sites[site]

    def _refusal(self, frame: FrameAnalysed, logged_at: int) -> tuple[Reason, str] | None:
        """Why a frame cannot be counted, or None."""
        if wrong := fault(frame.frame_id, NAME_LIMIT):
            return wrong, f"frame_id: {frame.frame_id[:100]!r}"
        if frame.at < EARLIEST_MS:
            return Reason.TIME_TOO_EARLY, f"at: {frame.at} ms is before 2000"
        if frame.at - logged_at > self._settings.skew_s * 1000:
            return Reason.TIME_IN_FUTURE, f"at: {frame.at - logged_at} ms after it came in"
        return self._unknown(frame.site, frame.camera)

    def _unknown(self, site: str, camera: str) -> tuple[Reason, str] | None:
        known = self._settings.sites.get(site)
        if known is None:
            return Reason.UNKNOWN_SITE, f"site: {site[:100]!r} is not in the site book"
        if camera not in known.cameras:
            return Reason.UNKNOWN_CAMERA, f"camera: {camera[:100]!r} is not known at {site}"
        return None
