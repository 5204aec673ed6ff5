"""Settings of commands to devices."""

from pydantic import BaseModel, ConfigDict, Field

LONGEST_HOLD_S = 7 * 86_400
"""A person's setpoint goes before the model's no longer than a week: what is to stay for ever
belongs into the site book."""


class CommandSettings(BaseModel):
    """How long commands and wishes hold, and how much is remembered, for each partition."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    ttl_s: float = Field(300.0, ge=10, le=3600)
    """How long a device may take to acknowledge a command, and how old a wish may be."""

    manual_hold_s: float = Field(7200.0, gt=0, le=LONGEST_HOLD_S)
    """How long a person's setpoint goes before the model's, where the person does not say."""

    remembered_updates: int = Field(10_000, ge=0, le=1_000_000)
    """Updates whose ids are remembered, to pass over what is sent again."""
