"""What became of frames with faces, held against one who looked at them undisturbed."""

from collections import defaultdict
from collections.abc import Sequence
from contextlib import closing

from agents.detect import Detect
from models.crowd.settings import CrowdRules, CrowdSettings
from models.faces.settings import FaceSettings
from models.faces.tracks import TrackSettings
from models.sites import SiteSettings
from schemas.codec import decode, schema_of
from schemas.frames import FrameAnalysed, FrameCaptured
from schemas.topics import FRAMES_ANALYSED
from tests.faults.audit import Verdict
from tests.faults.crowd_audit import CrowdAudit
from tests.faults.rig import Rig
from tests.faults.topics import Reader
from tests.models.camera_frames import logged

HEADER_BYTES = len(schema_of(FrameAnalysed).header)


class FacesAudit:
    """Reads what lies behind the marks that it takes when it is made."""

    def __init__(self, rig: Rig, crowd: CrowdSettings, sites: SiteSettings) -> None:
        self._rig, self._crowd, self._sites = rig, crowd, sites
        self._people = CrowdAudit(rig, CrowdRules.of(crowd, sites.book()))
        with closing(Reader(rig.kafka)) as reader:
            self._before = reader.marks(FRAMES_ANALYSED)
        self._told: dict[str, list[FrameAnalysed]] = defaultdict(list)

    def verdict(self, frames: Sequence[FrameCaptured]) -> Verdict:
        """Compare: frames, then windows and visits with a count by brute force.

        A frame that was looked at again may have other templates, and no other faces.
        """
        with closing(Reader(self._rig.kafka)) as reader:
            until = reader.marks(FRAMES_ANALYSED)
            for each in reader.read(FRAMES_ANALYSED, self._before, until):
                frame = _frame(each.value())
                self._told[frame.frame_id].append(frame)
        meant = self._undisturbed(frames)
        verdict = self._people.verdict(meant)
        ids = {each.frame_id for each in meant}
        verdict.miss("frames", len(ids - self._told.keys()))
        verdict.wonder("frames that nobody sent", len(self._told.keys() - ids))
        verdict.wonder("frames with other faces", sum(map(self._has_other_faces, meant)))
        again = sum(map(len, self._told.values())) - len(self._told)
        if not again:
            raise AssertionError("no frame was looked at again, so nothing is proven")
        verdict.repeated += again
        return verdict

    def _undisturbed(self, frames: Sequence[FrameCaptured]) -> list[FrameAnalysed]:
        detect = Detect(TrackSettings(), FaceSettings(), self._crowd, self._sites)
        return [each for each in detect(logged(frames)) if isinstance(each, FrameAnalysed)]

    def _has_other_faces(self, meant: FrameAnalysed) -> bool:
        return any(_boxes(each) != _boxes(meant) for each in self._told.get(meant.frame_id, ()))


def _frame(value: bytes | None) -> FrameAnalysed:
    return decode((value or b"")[HEADER_BYTES:], FrameAnalysed)


def _boxes(frame: FrameAnalysed) -> list[tuple[float, ...]]:
    return [(face.left, face.top, face.width, face.height) for face in frame.faces]
