"""Settings of what is looked for in faces, and how closely."""

from enum import StrEnum
from pathlib import Path

from platformdirs import user_cache_path
from pydantic import BaseModel, ConfigDict, Field


class Embedding(StrEnum):
    """A network that makes templates of faces; each value is the name of its model."""

    DLIB = "dlib-int8"
    SFACE = "sface"


def built_models() -> Path:
    """Where models lie that were built on this machine, for this user."""
    return user_cache_path("engawa") / "models"


class FaceSettings(BaseModel):
    """What is looked for in faces, and how closely."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    models_folder: Path = Field(default_factory=built_models)
    """Where ``engawa models build`` put the models."""

    detector_side_px: int = Field(640, ge=160, le=4096)
    """Longer side of a picture as the detector sees it. A face must be 24 px high in it; half the
    side takes a quarter of the time."""

    picture_side_px: int = Field(960, ge=160, le=16_384)
    """A picture is decoded at a half, quarter or eighth if its longer side keeps so many pixels,
    and as many as the detector sees."""

    score: float = Field(0.6, ge=0.1, le=0.99)
    """How sure the detector must be of a face."""

    most_faces: int = Field(100, ge=1, le=1000)
    """Faces of one picture that are looked at, the surest ones."""

    age_gender: bool = True
    """Whether age and gender are guessed."""

    emotion: bool = True
    """Whether emotions are guessed."""

    third_emotion_model: bool = False
    """Whether a third network is asked for emotions: 3 points more often right, 2 ms a face."""

    embedding: Embedding | None = Embedding.DLIB
    """Which network makes templates; none: faces are never compared."""

    threads: int = Field(1, ge=1, le=64)
    """Threads that one run of a model may use."""

    providers: tuple[str, ...] = Field(("CPUExecutionProvider",), min_length=1, max_length=8)
    """What runs models, by ONNX Runtime's names, the preferred one first."""

    most_bytes: int = Field(20 * 1024 * 1024, ge=1024)
    """Size of a picture's file at most."""

    most_pixels: int = Field(50_000_000, ge=10_000)
    """Width times height of a picture at most, as its header says."""
