"""Alarm rules: rows of a YAML file that say what is wrong when, how badly, and who hears of it."""

from enum import StrEnum
from typing import Annotated, Literal, Self, get_args

from pydantic import (
    AfterValidator,
    Field,
    StringConstraints,
    ValidationInfo,
    field_validator,
    model_validator,
)

from models.notify.channels import MAX_CHANNELS, Channel, ChannelName, Language
from models.notify.message_fields import template_error
from models.notify.rules import NotifyRules, Strict
from models.profiles import Name
from models.units import UNITS
from schemas.alarms import Level


def _is_raised(level: Level) -> Level:
    if level is Level.OK:
        raise ValueError("ok is what holds when no other level does; it has no limits of its own")
    return level


def _is_template(text: str) -> str:
    error = template_error(text)
    if error:
        raise ValueError(error)
    return text


Seconds = Annotated[float, Field(strict=True, ge=0, le=7 * 86_400, allow_inf_nan=False)]
Limit = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Raised = Annotated[Level, AfterValidator(_is_raised)]
"""Any level but ``ok``."""

Pattern = Annotated[str, StringConstraints(min_length=1, max_length=128)]
"""A name, with ``*`` and ``?`` as in file names."""

RuleName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]*$", max_length=64)]
Template = Annotated[
    str, StringConstraints(min_length=1, max_length=500), AfterValidator(_is_template)
]
"""A message, with the fields of ``models.notify.message_fields`` in braces."""

Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Clock = Annotated[str, StringConstraints(pattern=r"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$")]
Link = Annotated[str, StringConstraints(pattern=r"^https?://[!-~]+$", max_length=500)]


class Suspects(StrEnum):
    """What a suspect reading does."""

    TROUBLE = "trouble"
    """It raises sensor trouble and is not judged by its value."""

    JUDGE = "judge"
    """It is judged like a good one."""


class Selector(Strict):
    """Which devices a rule watches; what is not named is not asked for."""

    site: Pattern = "*"
    profile: Pattern = "*"
    device: Pattern = "*"
    tags: dict[str, Pattern] = Field({}, max_length=32)


class Bound(Strict):
    """When a level holds: beyond ``above`` or below ``below``; one of them, or both."""

    above: Limit | None = None
    below: Limit | None = None
    inclusive: bool = False
    """Whether the limit itself is beyond it already."""

    reset_above: Limit | None = None
    """What a value that was below ``below`` has to pass for the level to end; null: ``below``."""

    reset_below: Limit | None = None
    """What a value that was above ``above`` has to come under; null: ``above``."""

    @field_validator("below")
    @classmethod
    def _sides_are_apart(cls, below: float | None, told: ValidationInfo) -> float | None:
        above = told.data.get("above")
        if below is not None and above is not None and below >= above:
            raise ValueError(f"overlaps above: {above:g}")
        return below

    @field_validator("reset_above")
    @classmethod
    def _reset_is_over_below(cls, reset: float | None, told: ValidationInfo) -> float | None:
        below = told.data.get("below", reset)
        if reset is not None and (below is None or reset < below):
            raise ValueError("needs a below that is not higher")
        return reset

    @field_validator("reset_below")
    @classmethod
    def _reset_is_under_above(cls, reset: float | None, told: ValidationInfo) -> float | None:
        above = told.data.get("above", reset)
        if reset is not None and (above is None or reset > above):
            raise ValueError("needs an above that is not lower")
        return reset

    @model_validator(mode="after")
    def _has_a_limit(self) -> Self:
        if self.above is None and self.below is None:
            raise ValueError("has neither above nor below")
        return self


class Silence(Strict):
    """When no event of a device counts as silence (a deadman)."""

    intervals: float = Field(3.0, strict=True, ge=1, le=1000)
    """So many of the profile's expected intervals, but never less than 30 s."""

    level: Raised = Level.WARNING


class Schedule(Strict):
    """When a rule pages; outside it alarms are kept as suppressed and judged again at its start.

    A ``start`` later than ``end`` is a night: it belongs to the day on which it starts.
    """

    timezone: str = "UTC"
    days: tuple[Day, ...] = Field(get_args(Day), min_length=1, max_length=7)
    start: Clock = "00:00"
    end: Clock = "24:00"

    @model_validator(mode="after")
    def _lasts(self) -> Self:
        if self.start in (self.end, "24:00"):
            raise ValueError(f"start: {self.start} to {self.end} is no time at all")
        return self


class Rule(Strict):
    """One thing that can be wrong with a resource of some devices."""

    select: Selector = Selector()
    resource: Name
    unit: str | None = None
    """Unit of all limits; null: the profile's. Rates are in it per minute."""

    levels: dict[Raised, Bound] = Field({})
    """Of values."""

    rates: dict[Raised, Bound] = Field({})
    """Of the change per minute between one reading and the next."""

    silence: Silence | None = None
    suspects: Suspects = Suspects.TROUBLE
    on_delay_s: Seconds = 0
    """How long, in event time, a level has to hold before it is raised."""

    off_delay_s: Seconds = 0
    """How long, in event time, its reset has to hold before it is lowered."""

    deadband: Annotated[Limit, Field(ge=0)] = 0
    """How far inside a limit a value has to be for its level to end, where no reset is given."""

    latch: bool = False
    """Whether an alarm stands until somebody has acknowledged it."""

    schedule: Schedule | None = None
    messages: dict[Language, Template] = Field({})
    channels: tuple[ChannelName, ...] = Field((), max_length=MAX_CHANNELS)
    runbook: Link | None = None

    @field_validator("unit")
    @classmethod
    def _unit_is_known(cls, unit: str | None) -> str | None:
        if unit is not None and unit not in UNITS:
            raise ValueError("unknown unit")
        return unit

    @model_validator(mode="after")
    def _judges_something(self) -> Self:
        if not (self.levels or self.rates or self.silence):
            raise ValueError("judges nothing: there are no levels, no rates and no silence")
        return self


class RulesFile(Strict):
    """Everything that a rules file says."""

    rules: dict[RuleName, Rule] = Field(max_length=500)
    channels: dict[ChannelName, Channel] = Field({}, max_length=MAX_CHANNELS)
    notify: NotifyRules = NotifyRules()
