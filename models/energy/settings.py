"""Settings of energy models and of what they recommend."""

from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from models.energy.card import Name

SHIPPED = Path(__file__).with_name("shipped")


class EnergySettings(BaseModel):
    """Which models recommend setpoints, and when their inputs are to be trusted."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    models: list[Name] = Field(["energy-load", "energy"], max_length=16)
    """Names of models, the preferred one first: the first whose inputs are all there decides."""

    models_folder: Path = Path(".engawa/models")
    """Where own versions lie, and which one is in use."""

    shipped_folder: Path = SHIPPED
    """Where the versions lie that came with the program."""

    threads: int = Field(1, ge=1, le=64)
    """Threads that one run of a model may use."""

    providers: tuple[str, ...] = Field(("CPUExecutionProvider",), min_length=1, max_length=8)
    """What runs models, by ONNX Runtime's names, the preferred one first."""

    experience: bool = True
    """Whether what a room has shown of itself corrects what models say of rooms in general."""

    sets: int = Field(6, ge=1, le=64)
    """Sets of inputs that a model looks at."""

    interval_s: float = Field(10.0, gt=0, le=3600)
    """Time between two sets."""

    gap_intervals: float = Field(3.0, ge=1, le=100)
    """How many intervals may lie between two sets of one window."""

    span_intervals: float = Field(9.0, ge=1, le=1000)
    """How many intervals may lie between the first and the last set of a window."""

    lateness_s: float = Field(30.0, ge=0, le=3600)
    """How far behind its device's newest set a set may come and still count."""

    allowed_deviation: float = Field(0.1, ge=0, le=1)
    """How far an input may lie outside its range in training, as a share of that range."""

    @model_validator(mode="after")
    def _window_fits(self) -> Self:
        if self.span_intervals < self.sets - 1:
            raise ValueError("span_intervals: so many sets take longer")
        return self
