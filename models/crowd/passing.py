"""Passers-by: people told apart for one window of one camera, and never beyond it.

This is what the privacy mode ``strict`` tells instead of templates. A face gets the token of its
person: a hash, under a key, of the camera, the window and the face by which that person was first
known. Each window of each camera begins without knowing anybody, so nothing links tokens of two,
not even for who has the key; who has not cannot find the first face either. The same frames in the
same order give the same tokens.

Templates are kept nowhere but here, and until their camera has begun two later windows. So after a
restart, or where another worker takes over, nobody is known: whoever is seen before it and after it
has two tokens in that window, and counts twice there.
"""

from dataclasses import dataclass, field, replace

import numpy as np

from models.crowd.groups import NOBODY, Groups, Marks
from models.crowd.pseudonyms import Pseudonyms
from models.crowd.settings import CrowdSettings
from models.crowd.sightings import FACE, FRAME, Eye, Sightings, joined
from models.crowd.windows import Span
from schemas.frames import Face, FrameAnalysed

KEPT_WINDOWS = 2
"""Windows of each camera in which people are known: late frames may be of the one before."""

MOST_PEOPLE = 2000
"""People who are known in one window of one camera; beyond it nobody new is. Each takes up to a
kilobyte."""


@dataclass(slots=True)
class _Window:
    """Who was seen by one camera in one window."""

    tokens: list[str] = field(default_factory=list)
    owner: list[int] = field(default_factory=list)
    """Whose each template is."""

    held: Sightings = field(
        default_factory=lambda: Sightings(
            np.zeros(1, FRAME), np.zeros(0, FACE), np.zeros((0, 0), np.int16)
        )
    )
    """The faces whose templates are known, as if they were of one frame."""

    def recognise(self, seen: Sightings, marks: Marks, most: int) -> list[int]:
        """The number of the person each face of a frame is of, as ``models.crowd.groups`` says."""
        if len(self.tokens) >= MOST_PEOPLE:
            seen.faces["clear"] = False
        known = len(self.held.faces)
        groups = Groups(
            marks,
            most,
            owner=self.owner,
            source=list(range(known)),
            whose=np.full(known, NOBODY),
            founder=[NOBODY] * len(self.tokens),
        )
        every = joined([self.held, seen])
        groups.extend(every)
        if len(groups.source) > known:
            frame = np.zeros(1, FRAME)
            frame["faces"] = len(groups.source)
            self.held = Sightings(frame, every.faces[groups.source], every.templates[groups.source])
        return [int(each) for each in groups.whose[known:]]


class Passing:
    """The people whom the cameras of one partition have seen just now."""

    def __init__(self, settings: CrowdSettings, key: bytes) -> None:
        self._key = key
        self._eye = Eye(
            spaces=list(settings.matching),
            min_quality=settings.min_quality,
            max_turn_deg=settings.max_turn_deg,
        )
        self._marks = Marks.of(settings.matching.values())
        self._most = settings.templates_each
        self._cameras: dict[tuple[str, str], dict[int, _Window]] = {}

    def __len__(self) -> int:
        """Count the templates remembered."""
        windows = [each for camera in self._cameras.values() for each in camera.values()]
        return sum(len(window.owner) for window in windows)

    def tell(self, frame: FrameAnalysed, span: Span) -> FrameAnalysed:
        """The same frame with tokens for templates; ``span`` is the window it is in.

        A face has no token if it is too poor, or has no template that can be compared, or if its
        window is over: those are unresolved.
        """
        window = self._window((frame.site, frame.camera), span.start) if frame.faces else None
        if window is None:
            return replace(frame, faces=tuple(_told(face, None) for face in frame.faces))
        whose = window.recognise(self._eye([frame]), self._marks, self._most)
        maker = Pseudonyms(self._key, f"{frame.site}|{frame.camera}")
        tokens = window.tokens
        for face, who in sorted(zip(frame.faces, whose, strict=True), key=lambda pair: pair[1]):
            if who == len(tokens):
                tokens.append(maker.of(span.start, f"{face.face_id}|{who}"))
        named = [tokens[who] if who != NOBODY else None for who in whose]
        return replace(frame, faces=tuple(map(_told, frame.faces, named)))

    def _window(self, camera: tuple[str, str], start: int) -> _Window | None:
        """A camera's window, or None if it is older than those that are kept."""
        windows = self._cameras.setdefault(camera, {})
        if start not in windows:
            windows[start] = _Window()
            if len(windows) > KEPT_WINDOWS:
                del windows[min(windows)]
        return windows.get(start)


def _told(face: Face, token: str | None) -> Face:
    """A face as it may leave the worker."""
    return replace(face, person=token, embedding=None, embedding_model=None)
