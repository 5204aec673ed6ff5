"""The records of cameras: a picture as it was taken, and what was found in it.

A frame is taken once and has one id; ``at`` is when it was taken, UTC epoch milliseconds.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated


class Gender(StrEnum):
    """As a model guesses it from a face; it says nothing of who somebody is."""

    UNKNOWN = "unknown"
    FEMALE = "female"
    MALE = "male"


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameReference:
    """Where a frame's picture lies in the object store, and how to know that it is the same."""

    bucket: Annotated[str, "Bucket of the object store."]
    key: Annotated[str, "Key of the object."]
    size_bytes: Annotated[int, "Size of the object."]
    sha256: Annotated[str, "SHA-256 of the object, in hexadecimal."]


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameCaptured:
    """A picture that a camera took, inline or by reference, and what is to be found out."""

    frame_id: Annotated[str, "Unique for each frame; a repeated id is the same frame sent again."]
    site: Annotated[str, "Site the camera stands in."]
    camera: Annotated[str, "Camera, unique within its site."]
    at: Annotated[int, "When it was taken, epoch milliseconds UTC."]
    analyses: Annotated[tuple[str, ...], "What is asked for, e.g. faces, scene."]
    media_type: Annotated[str, "What the picture is, e.g. image/jpeg."] = "image/jpeg"
    image: Annotated[bytes | None, "The picture, if it is small; else null."] = None
    reference: Annotated[FrameReference | None, "Where the picture lies, if it is not here."] = None
    tags: Annotated[Mapping[str, str], "Free labels of the sender."]


@dataclass(frozen=True, slots=True, kw_only=True)
class Emotions:
    """How much a face shows of each emotion, 0 to 1; null if no model knows it."""

    anger: Annotated[float | None, "Anger."] = None
    contempt: Annotated[float | None, "Contempt; null until a model has it."] = None
    disgust: Annotated[float | None, "Disgust."] = None
    fear: Annotated[float | None, "Fear."] = None
    happiness: Annotated[float | None, "Happiness."] = None
    neutral: Annotated[float | None, "Nothing in particular."] = None
    sadness: Annotated[float | None, "Sadness."] = None
    surprise: Annotated[float | None, "Surprise."] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """One face in a frame."""

    face_id: Annotated[str, "UUID version 5 of the frame's id and the face's place in it."]
    left: Annotated[float, "Left edge of its box, as a share of the frame's width."]
    top: Annotated[float, "Top edge of its box, as a share of the frame's height."]
    width: Annotated[float, "Width of its box, as a share of the frame's width."]
    height: Annotated[float, "Height of its box, as a share of the frame's height."]
    height_px: Annotated[float, "Height of its box in pixels of the frame."]
    score: Annotated[float, "How sure the detector is that it is a face, 0 to 1."]
    landmarks: Annotated[
        tuple[float, ...],
        "x and y of left eye, right eye, nose, left and right mouth corner, as shares.",
    ]
    yaw_deg: Annotated[float, "Estimated turn of the head, degrees; 0 looks at the camera."]
    pitch_deg: Annotated[float, "Estimated nod, degrees."]
    roll_deg: Annotated[float, "Estimated tilt, degrees."]
    quality: Annotated[float, "How well a model can judge it: size, sharpness and pose, 0 to 1."]
    age: Annotated[float | None, "Guessed age in years; null if the site does not ask."] = None
    gender: Annotated[Gender, "Guessed gender; unknown if the site does not ask."] = Gender.UNKNOWN
    male_probability: Annotated[float | None, "Probability of male, 0 to 1; null likewise."] = None
    emotions: Annotated[Emotions | None, "Emotions shown; null if the site does not ask."] = None
    embedding: Annotated[
        bytes | None, "Template of the face, float16 little endian; null if the site forbids it."
    ] = None
    embedding_model: Annotated[str | None, "Model that made the template."] = None
    person: Annotated[
        str | None, "Who it is within one window of one camera, if that was resolved on the spot."
    ] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameAnalysed:
    """The faces of a frame; a frame without any is said too, for it proves the camera sees."""

    frame_id: Annotated[str, "Id of the frame."]
    site: Annotated[str, "Site the camera stands in."]
    camera: Annotated[str, "Camera, unique within its site."]
    at: Annotated[int, "When it was taken, epoch milliseconds UTC."]
    width_px: Annotated[int, "Width of the frame in pixels, upright."]
    height_px: Annotated[int, "Height of the frame in pixels, upright."]
    faces: Annotated[tuple[Face, ...], "Every face found, the surest first."]
    males: Annotated[int, "How many of them are guessed to be male."]
    females: Annotated[int, "How many of them are guessed to be female."]
    models: Annotated[Mapping[str, str], "Each model that was asked, with its version."]
    processing_ms: Annotated[float, "Time it took, its share of the batch's, milliseconds."]


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameKept:
    """A frame that its site asked to keep, with every face that was found made unknowable."""

    frame_id: Annotated[str, "Id of the frame."]
    site: Annotated[str, "Site the camera stands in."]
    camera: Annotated[str, "Camera, unique within its site."]
    at: Annotated[int, "When it was taken, epoch milliseconds UTC."]
    blurred: Annotated[int, "How many faces were blurred."]
    image: Annotated[bytes, "The picture as JPEG, at the scale at which it was looked at."]


@dataclass(frozen=True, slots=True, kw_only=True)
class SceneAnalysed:
    """What a frame says of its camera: whether it sees at all."""

    frame_id: Annotated[str, "Id of the frame."]
    site: Annotated[str, "Site the camera stands in."]
    camera: Annotated[str, "Camera, unique within its site."]
    at: Annotated[int, "When it was taken, epoch milliseconds UTC."]
    brightness: Annotated[float, "Mean brightness, 0 black to 1 white."]
    contrast: Annotated[float, "Standard deviation of brightness, 0 to 0.5."]
    sharpness: Annotated[float, "Variance of the Laplacian of the picture at 160 pixels width."]
    blocked: Annotated[bool, "Whether something covers the lens, or it is dark."]
