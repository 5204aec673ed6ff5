"""Templates of the faces of frames: each is made once, and carried on where that may be done."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import islice

import numpy as np

from models.faces.align import Pixels
from models.faces.found import FoundFace
from models.faces.picture import Picture
from models.faces.pipeline import FacePipeline
from models.faces.tracks import Look, Tracks, TrackSettings
from schemas.frames import FrameCaptured

Shot = tuple[FrameCaptured, Picture]
"""A frame, and its picture decoded."""


class Templates:
    """Makes the templates of faces, camera by camera, in the order of their frames."""

    def __init__(self, settings: TrackSettings) -> None:
        self._settings = settings
        self._tracks: dict[tuple[str, str], Tracks] = {}

    def __len__(self) -> int:
        """Count the faces remembered."""
        return sum(map(len, self._tracks.values()))

    def forget(self) -> None:
        """Carry nothing on from the frames so far."""
        self._tracks.clear()

    def give(
        self, pipeline: FacePipeline, shots: Sequence[Shot], found: Sequence[Sequence[FoundFace]]
    ) -> list[list[FoundFace]]:
        """The faces of each frame with their templates; the network is asked once for all.

        Raises:
            ModelError: the model failed.
            ValueError: the settings forbid templates.

        """
        looks: list[Look] = []
        wanted: dict[Look, tuple[Pixels, FoundFace]] = {}
        for shot, faces in zip(shots, found, strict=True):
            for look, face in zip(self._looks(shot, faces), faces, strict=True):
                looks.append(look)
                if look.template is None:
                    wanted.setdefault(look, (shot[1].pixels, face))
        made = pipeline.embedded(
            [image for image, _ in wanted.values()], [face for _, face in wanted.values()]
        )
        for look, face in zip(wanted, made, strict=True):
            look.template, look.model = face.template, face.template_model
        rest = iter(looks)
        return [list(map(_carried, faces, islice(rest, len(faces)))) for faces in found]

    def _looks(self, shot: Shot, faces: Sequence[FoundFace]) -> list[Look]:
        """The look that goes for each face of a frame."""
        frame, picture = shot
        high, wide = picture.pixels.shape[:2]
        boxes = np.array([face.box for face in faces]).reshape(-1, 4) / (wide, high, wide, high)
        tracks = self._tracks.setdefault((frame.site, frame.camera), Tracks(self._settings))
        return tracks.follow(frame.at, boxes, [face.quality for face in faces])


def _carried(face: FoundFace, look: Look) -> FoundFace:
    return replace(face, template=look.template, template_model=look.model)
