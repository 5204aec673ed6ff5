"""Scene: frames -> whether their cameras see anything, and the alarm of those that don't."""

from collections.abc import Iterable

from models.faces.picture import PictureError, decode
from models.faces.settings import FaceSettings
from models.frame_settings import SceneSettings
from models.lens import Lens
from models.scene import WIDTH_PX, Sight, sight
from schemas.alarms import AlarmRequest
from schemas.batch import Records
from schemas.frames import FrameCaptured, SceneAnalysed
from schemas.reasons import SetAside

Said = SceneAnalysed | AlarmRequest | SetAside


class Scene:
    """Judges the cameras of one partition by their frames, in the order of its log.

    What is remembered of a camera are its last frames in a row, and that is soon seen anew: after
    a restart, or when the log is read again, it begins without. Then each camera's first lasting
    verdict is told once more, which changes no alarm unless it has changed meanwhile.

    Frames are of known cameras, so that there is a bound to them, and have their picture. Batches
    need an origin; ``ValueError`` if one has none.
    """

    def __init__(self, settings: SceneSettings, pictures: FaceSettings) -> None:
        self._settings = settings
        self._pictures = pictures.model_copy(update={"picture_side_px": WIDTH_PX})
        self._lenses: dict[tuple[str, str], Lens] = {}
        self._last_offset = -1

    @property
    def entries(self) -> int:
        """Cameras remembered."""
        return len(self._lenses)

    def __call__(self, batch: Records[FrameCaptured]) -> Iterable[Said]:
        """What these frames say of their cameras, and a word on each that cannot be looked at."""
        if batch.origin is None:
            raise ValueError("the time at which frames came in is needed")
        if not batch.rows:
            return []
        if int(batch.origin.offsets[0]) <= self._last_offset:
            self._lenses.clear()
        self._last_offset = int(batch.origin.offsets[-1])
        done: list[Said] = []
        times = batch.origin.logged_at.tolist()
        for row, (frame, logged_at) in enumerate(zip(batch.rows, times, strict=True)):
            try:
                seen = sight(decode(frame.image or b"", self._pictures).pixels)
            except PictureError as error:
                done.append(SetAside(row, error.reason, error.detail))
            else:
                done += self._seen(frame, seen, logged_at)
        return done

    def _seen(self, frame: FrameCaptured, seen: Sight, logged_at: int) -> Iterable[Said]:
        yield SceneAnalysed(
            frame_id=frame.frame_id,
            site=frame.site,
            camera=frame.camera,
            at=frame.at,
            brightness=seen.brightness,
            contrast=seen.contrast,
            sharpness=seen.sharpness,
            blocked=seen.blocked(self._settings),
        )
        lens = self._lenses.setdefault((frame.site, frame.camera), Lens())
        if lens.see(seen, frame.at, self._settings):
            yield lens.judgement(frame, seen, self._settings, seen_at=logged_at)
