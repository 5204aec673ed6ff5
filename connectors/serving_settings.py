"""Settings of the server that answers as TensorFlow Serving does."""

from pydantic import BaseModel, ConfigDict, Field

from models.energy.card import Name

MEBIBYTE = 1024 * 1024


class ServingSettings(BaseModel):
    """Where models are served, and under which name."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    host: str = "127.0.0.1"
    port: int = Field(8501, ge=0, le=65535)
    """TensorFlow Serving's own for REST; 0 takes a free one, which is said at start."""

    service: Name = "service"
    """The name by which the original's clients know the model."""

    model: Name = "energy"
    """The model they mean, with the original's five inputs."""

    body_bytes: int = Field(MEBIBYTE, ge=1024, le=64 * MEBIBYTE)
    """Size of a request at most."""
