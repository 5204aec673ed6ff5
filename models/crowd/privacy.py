"""What a site allows its cameras to know of people, and how many people it allows."""

from datetime import UTC
from enum import StrEnum
from typing import Annotated

from pydantic import (
    AwareDatetime,
    Base64Bytes,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
)

Id = Annotated[str, StringConstraints(min_length=1, max_length=128)]


class Strict(BaseModel):
    """No field may be misspelt."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Mode(StrEnum):
    """How much a site lets its cameras know of people."""

    STRICT = "strict"
    """No template leaves the worker that sees the picture; nobody is known beyond a window."""

    STANDARD = "standard"
    """People are known again while their templates live, by pseudonyms."""

    IDENTIFIED = "identified"
    """As standard; those who consented are called by name."""


class Privacy(Strict):
    """What a site allows."""

    mode: Mode = Mode.STANDARD
    template_days: int = Field(30, ge=1, le=400)
    """How long a template may live; nobody is known again by an older one."""

    period_days: int = Field(30, ge=1, le=400)
    """How long one key makes the pseudonyms. What happens in two periods cannot be linked."""

    smallest: int = Field(1, ge=1, le=1000)
    """Counts of people from 1 up to below this are withheld; above 1 no visits are told either."""

    demographics: bool = True
    """Whether age and gender may be counted."""

    emotions: bool = True


class Consent(Strict):
    """Somebody agreed to be known by name."""

    granted: AwareDatetime
    until: AwareDatetime | None = None
    model: Id
    """Embedding model of the templates."""

    templates: list[Base64Bytes] = Field(min_length=1, max_length=16)
    """float16, little endian."""

    def holds(self, at_ms: int) -> bool:
        """Whether it covers a time, epoch milliseconds UTC."""
        begins = self.granted.astimezone(UTC).timestamp() * 1000
        ends = self.until.astimezone(UTC).timestamp() * 1000 if self.until else float("inf")
        return begins <= at_ms < ends


class Limit(Strict):
    """How many people may be present at once."""

    most: int = Field(ge=1, le=1_000_000)
    reset: int | None = Field(None, ge=0, le=1_000_000)
    """At so many all is well again; by default at ``most``."""

    @property
    def well(self) -> int:
        """At so many, or fewer, all is well again."""
        return self.most if self.reset is None else min(self.reset, self.most)
