"""Detect: frames -> the faces in them, as far as their sites allow."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from time import perf_counter
from zoneinfo import ZoneInfo

import simplejpeg

from models.crowd.passing import Passing
from models.crowd.privacy import Mode
from models.crowd.settings import CrowdSettings
from models.crowd.windows import Calendar
from models.faces import demographics, emotion
from models.faces.blur import blurred
from models.faces.found import FoundFace, analysed
from models.faces.picture import Picture, PictureError, decode
from models.faces.pipeline import FacePipeline, Wish
from models.faces.settings import FaceSettings
from models.faces.templates import Shot, Templates
from models.faces.tracks import TrackSettings
from models.sites import SiteSettings
from schemas.batch import Records
from schemas.frames import FrameAnalysed, FrameCaptured, FrameKept
from schemas.reasons import SetAside

BYTES_AT_ONCE = 128 * 1024 * 1024
"""Decoded pictures that are in memory together; a batch of more is taken part by part."""

KEY_BYTES = 32
KEPT_QUALITY = 80
"""JPEG's quality of frames that are kept."""


@lru_cache(maxsize=1)
def opened(settings: FaceSettings) -> FacePipeline:
    """The models, opened once for all partitions of a worker, which take turns.

    Raises:
        ModelError: one is missing, or is not what its card says.

    """
    return FacePipeline(settings)


@dataclass(frozen=True, slots=True)
class _Allowed:
    """What is allowed at a site, and its windows."""

    wish: Wish
    strict: bool
    calendar: Calendar


class Detect:
    """Finds the faces in the frames of one partition, in the order of its log.

    Where a site's privacy is ``strict`` no template is told: people have tokens for one window of
    their camera instead, see ``models.crowd.passing``. Elsewhere a face has its template, or, byte
    by byte, the one that was made of the same face a moment earlier, see ``models.faces.tracks``;
    all else that is told of a face is of that very frame.

    How batches are cut changes nothing but the time it took and an age's sixth digit. Nothing is
    kept over a restart, or when another worker takes over, for templates must not leave the worker:
    then tokens change, and so may, for a moment, the templates of frames that are read again.

    Frames are of known sites and cameras, so that there is a bound to them. Batches need an origin;
    ``ValueError`` if one has none. The models are opened for the first frame that can be decoded;
    ``ModelError`` if they cannot be, for then no frame can be looked at.
    """

    def __init__(
        self,
        tracks: TrackSettings,
        faces: FaceSettings,
        crowd: CrowdSettings,
        sites: SiteSettings,
        *,
        clock: Callable[[], float] = perf_counter,
        bytes_at_once: int = BYTES_AT_ONCE,
    ) -> None:
        self._faces, self._crowd = faces, crowd
        self._book, self._clock = sites.book().root, clock
        key = crowd.key.get_secret_value().encode() if crowd.key else os.urandom(KEY_BYTES)
        self._passing = Passing(crowd, key)
        self._templates = Templates(tracks)
        self._sites: dict[str, _Allowed] = {}
        self._bytes_at_once = bytes_at_once
        self._last_offset = -1

    @property
    def entries(self) -> int:
        """Faces and templates remembered."""
        return len(self._templates) + len(self._passing)

    def __call__(
        self, batch: Records[FrameCaptured]
    ) -> Iterable[FrameAnalysed | FrameKept | SetAside]:
        """The faces of each of these frames, and a word on each that cannot be looked at."""
        if batch.origin is None:
            raise ValueError("the place of frames in their log is needed")
        if not batch.rows:
            return []
        if int(batch.origin.offsets[0]) <= self._last_offset:
            self._templates.forget()
        self._last_offset = int(batch.origin.offsets[-1])
        return list(self._done(batch.rows))

    def _done(
        self, frames: Sequence[FrameCaptured]
    ) -> Iterator[FrameAnalysed | FrameKept | SetAside]:
        begun, shots, size = self._clock(), list[Shot](), 0
        for row, frame in enumerate(frames):
            try:
                picture = decode(frame.image or b"", self._faces)
            except PictureError as error:
                yield SetAside(row, error.reason, error.detail)
                continue
            shots.append((frame, picture))
            size += picture.pixels.nbytes
            if size >= self._bytes_at_once:
                yield from self._analysed(shots, begun)
                begun, shots, size = self._clock(), [], 0
        if shots:
            yield from self._analysed(shots, begun)

    def _analysed(self, shots: Sequence[Shot], begun: float) -> Iterator[FrameAnalysed | FrameKept]:
        """What is told of frames that have been worked on since ``begun``."""
        pipeline = opened(self._faces)
        found = self._found(pipeline, shots)
        if self._faces.embedding:
            found = self._templates.give(pipeline, shots, found)
        share_ms = (self._clock() - begun) * 1000 / len(shots)
        for (frame, picture), faces in zip(shots, found, strict=True):
            site = self._site(frame.site)
            versions = _asked(pipeline.versions, site.wish)
            told = analysed(frame, picture, faces, versions=versions, processing_ms=share_ms)
            if site.strict:
                told = self._passing.tell(told, site.calendar.window_of(frame.at))
            yield told
            camera = self._book[frame.site].cameras.get(frame.camera)
            if camera and camera.keep_frames:
                yield _kept(told, picture)

    def _found(self, pipeline: FacePipeline, shots: Sequence[Shot]) -> list[list[FoundFace]]:
        """The faces of each frame, without templates; frames of one wish are taken together."""
        places: dict[Wish, list[int]] = {}
        for place, (frame, _) in enumerate(shots):
            places.setdefault(self._site(frame.site).wish, []).append(place)
        found: dict[int, list[FoundFace]] = {}
        for wish, mine in places.items():
            pictures = [shots[place][1].pixels for place in mine]
            found.update(zip(mine, pipeline.analyse(pictures, wish), strict=True))
        return [found[place] for place in range(len(shots))]

    def _site(self, name: str) -> _Allowed:
        if name not in self._sites:
            privacy, zone = self._book[name].privacy, ZoneInfo(self._book[name].time_zone)
            self._sites[name] = _Allowed(
                Wish(age_gender=privacy.demographics, emotion=privacy.emotions),
                privacy.mode is Mode.STRICT,
                Calendar(zone, window_s=self._crowd.window_s, gap_s=self._crowd.gap_s),
            )
        return self._sites[name]


def _kept(told: FrameAnalysed, picture: Picture) -> FrameKept:
    """A frame as it may be kept."""
    pixels = blurred(picture.pixels, told.faces)
    return FrameKept(
        frame_id=told.frame_id,
        site=told.site,
        camera=told.camera,
        at=told.at,
        blurred=len(told.faces),
        image=simplejpeg.encode_jpeg(pixels, quality=KEPT_QUALITY, colorspace="BGR"),
    )


def _asked(versions: Mapping[str, str], wish: Wish) -> dict[str, str]:
    """The models that were asked, of all that are open."""
    idle = set() if wish.age_gender else set(demographics.MODELS)
    idle |= set() if wish.emotion else {*emotion.MODELS, emotion.THIRD_MODEL}
    return {name: version for name, version in versions.items() if name not in idle}
