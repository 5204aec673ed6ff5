"""A face that was found, and the records of it and of its frame."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID, uuid5

import numpy as np
import numpy.typing as npt

from models.faces.embedding import packed
from models.faces.picture import Picture
from models.faces.pose import Pose
from schemas.frames import Emotions, Face, FrameAnalysed, FrameCaptured, Gender

NAMESPACE = UUID("6f3d1c62-5a0e-5d0c-9f0e-0c8f7b1f2a11")
"""Of face ids: one face of one frame has the same id whenever it is analysed."""

MALE = 0.5
"""Probability of male from which a face is called male."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundFace:
    """One face in a picture, in the picture's pixels."""

    box: tuple[float, float, float, float]
    """Left, top, width, height; it may reach beyond the picture."""

    landmarks: npt.NDArray[np.float64]
    """Left eye, right eye, nose, left and right corner of the mouth, [5, 2]."""

    score: float
    pose: Pose
    quality: float
    age: float | None = None
    male_probability: float | None = None
    emotions: Emotions | None = None
    template: npt.NDArray[np.float32] | None = None
    """128 numbers of length 1."""

    template_model: str | None = None


def analysed(
    frame: FrameCaptured,
    picture: Picture,
    faces: Sequence[FoundFace],
    *,
    versions: Mapping[str, str],
    processing_ms: float,
) -> FrameAnalysed:
    """What is told of a frame: its faces, in their order, and who they are taken for."""
    told = tuple(record(face, place, frame, picture) for place, face in enumerate(faces))
    genders = Counter(face.gender for face in told)
    return FrameAnalysed(
        frame_id=frame.frame_id,
        site=frame.site,
        camera=frame.camera,
        at=frame.at,
        width_px=picture.width_px,
        height_px=picture.height_px,
        faces=told,
        males=genders[Gender.MALE],
        females=genders[Gender.FEMALE],
        models=versions,
        processing_ms=processing_ms,
    )


def record(face: FoundFace, place: int, frame: FrameCaptured, picture: Picture) -> Face:
    """A face as it is told; ``place`` is where it stands among the frame's faces."""
    left, top, width, height = face.box
    high, wide = picture.pixels.shape[:2]
    return Face(
        face_id=str(uuid5(NAMESPACE, f"{frame.frame_id}/{place}")),
        left=left / wide,
        top=top / high,
        width=width / wide,
        height=height / high,
        height_px=height / high * picture.height_px,
        score=face.score,
        landmarks=tuple(map(float, (face.landmarks / (wide, high)).reshape(-1))),
        yaw_deg=face.pose.yaw_deg,
        pitch_deg=face.pose.pitch_deg,
        roll_deg=face.pose.roll_deg,
        quality=face.quality,
        age=face.age,
        gender=gender(face.male_probability),
        male_probability=face.male_probability,
        emotions=face.emotions,
        embedding=None if face.template is None else packed(face.template),
        embedding_model=face.template_model,
    )


def gender(male_probability: float | None) -> Gender:
    """The likelier one, or unknown if nobody asked."""
    if male_probability is None:
        return Gender.UNKNOWN
    return Gender.MALE if male_probability >= MALE else Gender.FEMALE
