"""The street of a demonstration: a recorded video as plain load, of which no truth is known."""

import json
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from connectors.message_log import Logged, MessageLog
from connectors.outcome import RefusedError, UnavailableError
from connectors.pedestrians import pedestrians
from schemas.batch import Records
from schemas.frames import FrameAnalysed
from schemas.topics import FRAMES_ANALYSED, FRAMES_CAPTURED
from streams import audit
from streams.children import command, merged
from streams.demo_plant import DEMO_DIR
from streams.observer import wall_ms
from streams.output import say

SITE, CAMERA = "street", "crossing"
"""In the site book of ``streams.demo_energy``."""

KEY = f"{SITE}/{CAMERA}".encode()
"""Of its messages in frames.captured."""

EVERY = "500ms"
"""Of the recording, which has ten frames a second."""

ENVIRONMENT: Mapping[str, str] = {"ENGAWA_CAMERA__BUFFER_FOLDER": str(DEMO_DIR / "frames")}

Check = tuple[str, int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """What was sent of the video, and since when."""

    sent: int
    since_ms: int
    missing: str = ""
    """Why there was no video; empty if there was."""


def play(environment: Mapping[str, str], place: Path) -> Played:
    """Send the video at ``place`` as ``engawa produce camera`` does, as fast as can be.

    Its last frame is of now. A video that cannot be had is said to be missing, and nothing is sent.

    Raises:
        CalledProcessError: a frame was refused, or the broker is away.

    """
    try:
        video = pedestrians(place, told=say)
    except (UnavailableError, RefusedError) as error:
        return Played(sent=0, since_ms=wall_ms(), missing=str(error))
    since_ms = wall_ms()
    options = {"--site": SITE, "--camera": CAMERA, "--every": EVERY, "--speed": "0"}
    words = [word for option in {**options, "--format": "json"}.items() for word in option]
    done = subprocess.run(  # noqa: S603  # our own command
        command("produce", "camera", str(video), *words),
        env=merged({**environment, **ENVIRONMENT}),
        stdout=subprocess.PIPE,
        check=True,
    )
    return Played(sent=json.loads(done.stdout)["sent"], since_ms=since_ms)


@dataclass(frozen=True, slots=True, kw_only=True)
class StreetFigures:
    """What became of the video's frames."""

    sent: int
    analysed: int
    faces: int
    """Found in all frames together; nobody knows how many there are."""

    ms_per_frame: float
    """Processing time, as frames.analysed says."""

    frames_per_s: float
    """By the broker's clock, from the first one captured to the last one analysed."""

    missing: str

    def checks(self) -> list[Check]:
        """Sums that have to come out: what, expected, found."""
        return [("frames of the street captured = analysed", self.sent, self.analysed)]

    def row(self) -> dict[str, Any]:
        """As a table shows it."""
        return {
            "frames sent": self.sent,
            "analysed": self.analysed,
            "faces found": self.faces,
            "ms a frame": self.ms_per_frame,
            "frames/s, captured to analysed": self.frames_per_s,
        }

    def document(self) -> dict[str, Any]:
        """As ``build/demo.json`` holds them."""
        return asdict(self)


def street_figures(log: MessageLog, played: Played) -> StreetFigures:
    """Count everything where it lies."""
    captured = log.read(log.span(FRAMES_CAPTURED.name, since_ms=played.since_ms))
    analysed = [
        (frame, logged_at)
        for batch in audit.batches(log, FRAMES_ANALYSED, Records)
        for frame, logged_at in zip(batch.rows, batch.origin.logged_at.tolist(), strict=True)
    ]
    return added_up(analysed, played, began_ms=began(captured))


def began(captured: Iterable[Logged]) -> int:
    """When the street's first frame was logged, by the broker's clock; 0 if none was."""
    return min((each.logged_at for each in captured if each.key == KEY), default=0)


def added_up(
    analysed: Iterable[tuple[FrameAnalysed, int]], played: Played, *, began_ms: int
) -> StreetFigures:
    """The figures of the street's frames among these, each with when it was logged."""
    # what is written again after a crash is the same again, so each counts once
    found = {frame.frame_id: (frame, at) for frame, at in analysed if frame.site == SITE}
    frames = [frame for frame, _ in found.values()]
    took_ms = max((at for _, at in found.values()), default=began_ms) - began_ms
    return StreetFigures(
        sent=played.sent,
        analysed=len(frames),
        faces=sum(len(frame.faces) for frame in frames),
        ms_per_frame=round(sum(f.processing_ms for f in frames) / max(1, len(frames)), 1),
        frames_per_s=round(1000 * len(frames) / max(1, took_ms), 1),
        missing=played.missing,
    )
