"""Frames of cameras as tests need them."""

from collections.abc import Sequence
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import numpy as np
import numpy.typing as npt

from models.crowd.settings import CrowdRules, Matching
from schemas.batch import Origin, Records
from schemas.frames import Emotions, Face, FrameAnalysed, Gender

MODEL = "test"
NINE = 1_780_300_800_000
"""2026-06-01 08:00 UTC, which is 17:00 in Seoul."""


def settings(site: dict[str, Any] | None = None, **more: Any) -> CrowdRules:
    """Counting at ``hall``, in Seoul, with cameras ``a``, ``b`` and ``c``."""
    seoul = {"latitude": 37.6, "longitude": 127.0, "time_zone": "Asia/Seoul"}
    hall = {**seoul, "cameras": {"a": {}, "b": {}, "c": {}}, **(site or {})}
    given: dict[str, Any] = {
        "sites": {"hall": hall},
        "key": "a key",
        "matching": {MODEL: Matching(same=0.9, alike=0.97, sure=0.95)},
    }
    return CrowdRules.model_validate(given | more)


def somebody(number: int, turn: float = 0.0, size: int = 32) -> npt.NDArray[np.float64]:
    """A template of person ``number``; ``turn`` is how far it is from their usual one, radians."""
    usual, other = np.random.default_rng(number).normal(size=(2, size))
    usual /= np.linalg.norm(usual)
    other -= usual * (usual @ other)
    found: npt.NDArray[np.float64] = usual * np.cos(turn) + other / np.linalg.norm(other) * np.sin(
        turn
    )
    return found


def face(template: Any = None, *, quality: float = 0.9, **more: Any) -> Face:
    """A face; give a template, or a person's number."""
    if isinstance(template, int):
        template = somebody(template)
    given: dict[str, Any] = {
        "face_id": "",
        "left": 0.1,
        "top": 0.1,
        "width": 0.1,
        "height": 0.1,
        "height_px": 60.0,
        "score": 0.9,
        "landmarks": (0.1,) * 10,
        "yaw_deg": 0.0,
        "pitch_deg": 0.0,
        "roll_deg": 0.0,
        "quality": quality,
        "embedding": None if template is None else np.asarray(template, "<f2").tobytes(),
        "embedding_model": None if template is None else MODEL,
    }
    return Face(**given | more)


def frame(
    at: int, *faces: Face, camera: str = "a", name: str = "", site: str = "hall"
) -> FrameAnalysed:
    """A frame of a camera."""
    return FrameAnalysed(
        frame_id=name or str(uuid5(NAMESPACE_URL, f"{site}/{camera}/{at}")),
        site=site,
        camera=camera,
        at=at,
        width_px=640,
        height_px=480,
        faces=faces,
        males=0,
        females=0,
        models={},
        processing_ms=1.0,
    )


def batch(
    frames: Sequence[FrameAnalysed], logged_at: Sequence[int] | int, offset: int = 0
) -> Records[FrameAnalysed]:
    """A batch as it comes from the log."""
    times = np.full(len(frames), logged_at) if isinstance(logged_at, int) else np.array(logged_at)
    origin = Origin(
        topic="frames.analysed.v1",
        partition=0,
        offsets=np.arange(offset, offset + len(frames), dtype=np.int64),
        logged_at=times.astype(np.int64),
    )
    return Records(record=FrameAnalysed, rows=frames, origin=origin)


def told(**more: Any) -> dict[str, Any]:
    """What a face says of a person."""
    return {
        "age": 34.0,
        "gender": Gender.FEMALE,
        "male_probability": 0.1,
        "emotions": Emotions(
            anger=0.0, disgust=0.0, fear=0.0, happiness=0.7, neutral=0.3, sadness=0.0, surprise=0.0
        ),
    } | more
