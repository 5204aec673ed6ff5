"""Settings of what is done with frames, apart from the code that needs OpenCV."""

from pydantic import BaseModel, ConfigDict, Field


class RouteSettings(BaseModel):
    """Which frames are looked at, for each partition."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    skew_s: float = Field(60.0, ge=0, le=86_400)
    """How far ahead of its arrival a frame may be before it counts as one from the future."""

    remembered_frames: int = Field(20_000, ge=1, le=1_000_000)
    """Frames whose ids are remembered at least, to find what is sent again; at most twice as many
    are. Each takes about 100 bytes."""


class SceneSettings(BaseModel):
    """When a camera counts as blocked."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    dark_brightness: float = Field(0.06, ge=0, le=1)
    """A darker picture shows nothing."""

    flat_contrast: float = Field(0.04, ge=0, le=0.5)
    """A picture of less contrast, that is not sharp either, shows what lies on the lens."""

    flat_sharpness: float = Field(15.0, ge=0)
    """Variance of the Laplacian below which it is not sharp."""

    blocked_frames: int = Field(10, ge=1, le=100_000)
    """So many frames in a row tell whether it is blocked, or free again …"""

    blocked_s: float = Field(30.0, gt=0, le=86_400)
    """… or as many as come in so many seconds, by their own time, if there are two at least."""
