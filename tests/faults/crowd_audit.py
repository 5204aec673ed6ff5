"""What became of the frames of a crowd, held against a count by brute force."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import TypeVar

from models.crowd.settings import CrowdRules
from schemas.codec import decode, schema_of
from schemas.crowd import CrowdCounted, VisitEnded
from schemas.frames import FrameAnalysed
from schemas.topic import Topic
from schemas.topics import CROWD_COUNTED, FRAMES_REJECTED, VISITS_ENDED
from tests.faults.audit import Verdict
from tests.faults.rig import Rig
from tests.faults.topics import Reader
from tests.models.crowd_crossings import last_said, truth

R = TypeVar("R")


class CrowdAudit:
    """Reads what lies behind the marks that it takes when it is made."""

    def __init__(self, rig: Rig, counting: CrowdRules) -> None:
        self._rig, self._counting = rig, counting
        with closing(Reader(rig.kafka)) as reader:
            topics = (CROWD_COUNTED, VISITS_ENDED, FRAMES_REJECTED)
            self._before = {topic.name: reader.marks(topic) for topic in topics}

    def verdict(self, frames: Sequence[FrameAnalysed]) -> Verdict:
        """Compare."""
        verdict = Verdict(len(frames))
        said: list[CrowdCounted | VisitEnded] = [
            *self._since(CROWD_COUNTED),
            *self._since(VISITS_ENDED),
        ]
        for site in self._counting.sites:
            self._compare(site, frames, [each for each in said if each.site == site], verdict)
        revisions = Counter(
            (each.window_id, each.revision) for each in said if isinstance(each, CrowdCounted)
        )
        verdict.repeated = revisions.total() - len(revisions)
        for letter in self._since(FRAMES_REJECTED):
            verdict.wonder(f"dead letter: {letter.reason} of {letter.topic}", 1)
        return verdict

    def _compare(
        self,
        site: str,
        frames: Sequence[FrameAnalysed],
        said: Sequence[CrowdCounted | VisitEnded],
        verdict: Verdict,
    ) -> None:
        windows, visits = truth(frames, self._counting, site)
        if not visits:
            raise AssertionError("nobody came, so nothing is proven")
        told_windows, told_visits = last_said(said)
        verdict.miss("windows", len(windows.keys() - told_windows.keys()))
        both = windows.keys() & told_windows.keys()
        wrong = sum(windows[name] != told_windows[name] for name in both)
        verdict.wonder("windows of other figures", wrong)
        meant, found = Counter(visits), Counter(told_visits)
        verdict.miss("visits", (meant - found).total())
        verdict.double("visits", (found - meant).total())

    def _since(self, topic: Topic[R]) -> Iterator[R]:
        """Of each partition in order, which is the order of what is said of a site."""
        header = len(schema_of(topic.record).header)
        with closing(Reader(self._rig.kafka)) as reader:
            for each in reader.read(topic, self._before[topic.name], reader.marks(topic)):
                yield decode((each.value() or b"")[header:], topic.record)
