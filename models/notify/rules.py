"""How often somebody is told: the ``notify`` section of the rules file."""

from collections.abc import Iterator
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from models.notify.channels import ChannelName

Minutes = Annotated[int, Field(ge=1, le=7 * 1440)]


class Strict(BaseModel):
    """Every field is known and stays as it is."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Escalation(Strict):
    """Who else is told of an alarm that nobody has acknowledged."""

    after_min: Minutes
    channels: Annotated[tuple[ChannelName, ...], Field(min_length=1, max_length=16)]


class Digest(Strict):
    """Above so many ``alarms`` in ``window_min`` a channel gets the rest as one message.

    Ten in ten minutes is where EEMUA 191 sees a flood: nobody can follow more.
    """

    alarms: Annotated[int, Field(ge=1, le=10_000)] = 10
    window_min: Annotated[int, Field(ge=1, le=1440)] = 10


class NotifyRules(Strict):
    """How often somebody is told."""

    channels: Annotated[tuple[ChannelName, ...], Field(max_length=16)] = ()
    """Channels of the rules that name none, and of alarms that no rule raised: those of devices
    that do not follow their commands."""

    reminders_min: Annotated[tuple[Minutes, ...], Field(max_length=20)] = (15, 30, 60)
    """When after the first message to remind of an alarm that is neither acknowledged nor cleared;
    beyond the last one, again and again at its distance. None: no reminders."""

    escalation: Annotated[tuple[Escalation, ...], Field(max_length=20)] = ()
    digest: Digest = Digest()
    lowered: bool = False
    """Whether to tell that an alarm has become less bad."""

    @model_validator(mode="after")
    def _times_ascend(self) -> Self:
        if list(self.reminders_min) != sorted(set(self.reminders_min)):
            raise ValueError("reminders_min: each has to be later than the one before")
        steps = [step.after_min for step in self.escalation]
        if steps != sorted(set(steps)):
            raise ValueError("escalation: each after_min has to be later than the one before")
        return self

    def names(self) -> Iterator[str]:
        """Every channel that is named here."""
        yield from self.channels
        for step in self.escalation:
            yield from step.channels
