"""Route: frames -> what each of the analyses they ask for finds in them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from agents.detect import Detect
from agents.scene import Scene
from models.crowd.settings import CrowdSettings
from models.faces.settings import FaceSettings
from models.faces.tracks import TrackSettings
from models.frame_refusals import FrameRefusals
from models.frame_settings import RouteSettings, SceneSettings
from models.sites import SiteSettings
from schemas.alarms import AlarmRequest
from schemas.batch import Records
from schemas.frames import FrameAnalysed, FrameCaptured, FrameKept, SceneAnalysed
from schemas.reasons import DETAIL_LIMIT, Reason, SetAside

Analysis = Callable[[Records[FrameCaptured]], Iterable[Any]]
"""An agent that takes the frames that ask for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """The settings that an analysis may ask for."""

    sites: SiteSettings
    scene: SceneSettings
    faces: FaceSettings
    tracks: TrackSettings
    crowd: CrowdSettings


ANALYSES: Mapping[str, Callable[[Given], Analysis]] = {
    # what a frame asks for, and the agent that does it
    "scene": lambda given: Scene(given.scene, given.faces),
    "faces": lambda given: Detect(given.tracks, given.faces, given.crowd, given.sites),
}


class Route:
    """Hands each frame of one partition to the analyses it asks for, in the order of its log.

    What nobody does is set aside with what was asked; the frame's other analyses are done all the
    same. Frames that must not be looked at reach none, see ``models.frame_refusals``.

    Batches need an origin; ``ValueError`` if one has none.
    """

    def __init__(  # noqa: PLR0917  # found by their types, not by their places
        self,
        settings: RouteSettings,
        sites: SiteSettings,
        scene: SceneSettings,
        faces: FaceSettings,
        tracks: TrackSettings,
        crowd: CrowdSettings,
        *,
        analyses: Mapping[str, Callable[[Given], Analysis]] = ANALYSES,
    ) -> None:
        given = Given(sites=sites, scene=scene, faces=faces, tracks=tracks, crowd=crowd)
        self._agents = {name: make(given) for name, make in analyses.items()}
        self._refusals = FrameRefusals(
            sites.book(),
            skew_ms=round(settings.skew_s * 1000),
            remembered=settings.remembered_frames,
        )

    @property
    def entries(self) -> int:
        """Frames remembered, and what the analyses remember."""
        return len(self._refusals) + sum(
            int(getattr(agent, "entries", 0)) for agent in self._agents.values()
        )

    def __call__(
        self, batch: Records[FrameCaptured]
    ) -> Iterable[FrameAnalysed | FrameKept | SceneAnalysed | AlarmRequest | SetAside]:
        """What is found in these frames, and one word on each that has to be set aside."""
        refused = self._refusals.find(batch)
        aside, done = dict(refused), []
        for name, agent in self._agents.items():
            rows = [
                row
                for row, frame in enumerate(batch.rows)
                if name in frame.analyses and row not in refused
            ]
            for said in agent(_picked(batch, rows)) if rows else ():
                if isinstance(said, SetAside):
                    row = rows[said.row]
                    aside.setdefault(row, SetAside(row, said.reason, said.detail))
                else:
                    done.append(said)
        for row, frame in enumerate(batch.rows):
            if unknown := [name for name in frame.analyses if name not in self._agents]:
                detail = f"analyses: nobody does {', '.join(unknown)}"[:DETAIL_LIMIT]
                aside.setdefault(row, SetAside(row, Reason.UNKNOWN_ANALYSIS, detail))
        return [*done, *(aside[row] for row in sorted(aside))]


def _picked(batch: Records[FrameCaptured], rows: Sequence[int]) -> Records[FrameCaptured]:
    """These rows of a batch."""
    assert batch.origin is not None
    picked = [batch.rows[row] for row in rows]
    return Records(record=batch.record, rows=picked, origin=batch.origin.pick(rows))
