"""Which frames are set aside before anything looks at them, and why."""

import pyarrow as pa

from models.arrivals import EARLIEST_MS
from models.names import NAME_LIMIT, fault
from models.seen import Seen
from models.sites import Camera, SiteBook
from schemas.batch import Records
from schemas.frames import FrameCaptured
from schemas.reasons import Reason, SetAside

REMEMBERED_SLOTS = 256
"""Parts of a second of each camera in which a frame is known to have come; frames that come later
than so many others are looked at, however many there are."""

Refusal = tuple[Reason, str]


class FrameRefusals:
    """Judges the frames of one partition, in the order of its log.

    The same batch may come again: no frame is its own duplicate, nor too often by itself. Only
    what keeps its contract is remembered, so a frame may be mended and sent again.
    """

    def __init__(self, book: SiteBook, *, skew_ms: int, remembered: int) -> None:
        self._book = book.root
        self._skew_ms = skew_ms
        self._seen = Seen(remembered)
        self._slots: dict[tuple[str, str], dict[int, int]] = {}
        """By camera: the offset of the first frame in each part of a second."""

    def __len__(self) -> int:
        """Count the frames remembered."""
        return len(self._seen)

    def find(self, batch: Records[FrameCaptured]) -> dict[int, SetAside]:
        """What is to be set aside of a batch, by its rows; ``ValueError`` without an origin."""
        if batch.origin is None:
            raise ValueError("the time at which frames came in is needed")
        found: dict[int, Refusal] = {}
        times, offsets = batch.origin.logged_at.tolist(), batch.origin.offsets
        for row, (frame, logged_at) in enumerate(zip(batch.rows, times, strict=True)):
            wrong = _form(frame) or self._place(frame) or self._time(frame, logged_at=logged_at)
            if wrong:
                found[row] = wrong
        sound = [row for row in range(len(times)) if row not in found]
        ids = pa.array([batch.rows[row].frame_id for row in sound], pa.string())
        for place, first in self._seen.duplicates(ids, offsets[sound]).items():
            detail = f"frame_id: {ids[place].as_py()!r} came at offset {first}"
            found[sound[place]] = Reason.DUPLICATE, detail
        for row in sound:
            if row not in found and (wrong := self._pace(batch.rows[row], int(offsets[row]))):
                found[row] = wrong
        return {row: SetAside(row, *wrong) for row, wrong in sorted(found.items())}

    def _place(self, frame: FrameCaptured) -> Refusal | None:
        site = self._book.get(frame.site)
        if site is None:
            return Reason.UNKNOWN_SITE, f"site: {frame.site[:100]!r} is not in the site book"
        camera = site.cameras.get(frame.camera)
        if camera is None:
            detail = f"camera: {frame.camera[:100]!r} is not known at {frame.site}"
            return Reason.UNKNOWN_CAMERA, detail
        if not camera.enabled:
            return Reason.CAMERA_OFF, f"camera: {frame.camera} is switched off in the site book"
        return None

    def _time(self, frame: FrameCaptured, *, logged_at: int) -> Refusal | None:
        if frame.at < EARLIEST_MS:
            return Reason.TIME_TOO_EARLY, f"at: {frame.at} ms is before 2000"
        if frame.at > logged_at + self._skew_ms:
            return Reason.TIME_IN_FUTURE, f"at: {frame.at} ms, but it came in at {logged_at} ms"
        return None

    def _pace(self, frame: FrameCaptured, offset: int) -> Refusal | None:
        most = self._camera(frame).max_frames_per_s
        slots = self._slots.setdefault((frame.site, frame.camera), {})
        slot = int(frame.at * most / 1000)
        first = min(offset, slots.pop(slot, offset))
        slots[slot] = first
        if len(slots) > REMEMBERED_SLOTS:
            del slots[next(iter(slots))]
        if first < offset:
            return Reason.TOO_OFTEN, f"at: {frame.camera} may send {most:g} frames in a second"
        return None

    def _camera(self, frame: FrameCaptured) -> Camera:
        return self._book[frame.site].cameras[frame.camera]


def _form(frame: FrameCaptured) -> Refusal | None:
    if wrong := fault(frame.frame_id, NAME_LIMIT):
        return wrong, f"frame_id: {frame.frame_id[:100]!r}"
    if not frame.analyses:
        return Reason.NO_ANALYSIS, "analyses: it asks for nothing"
    if frame.image is None:
        return Reason.NO_PICTURE, "image: there is none, nor a reference to one"
    return None
