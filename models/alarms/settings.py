"""Settings of everything that has to do with alarms: one rules file for all of it."""

from typing import Self

from pydantic import BaseModel, ConfigDict, Field, FilePath, model_validator

from models.alarms.rules import RulesFile
from models.alarms.rules_file import SHIPPED, load_rules
from models.profiles import SHIPPED as SHIPPED_PROFILES
from models.profiles import Profiles, load


class AlarmSettings(BaseModel):
    """By which rules alarms are raised, and how much is remembered, for each partition."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    rules_file: FilePath = SHIPPED
    """Alarm rules, channels and how often to notify, as YAML."""

    profiles_file: FilePath = SHIPPED_PROFILES
    """Device profiles, as YAML: the same as for cleaning."""

    skew_s: float = Field(60.0, ge=0, le=86_400)
    """How far ahead of its arrival an event may be before its clock is doubted: as for cleaning."""

    remembered_conditions: int = Field(1_000_000, ge=100, le=20_000_000)
    """Conditions watched at most, of all devices together; a rule makes two to four of a device.
    Each takes 32 bytes, about 400 more once it was wrong, and each device about 200."""

    remembered_alarms: int = Field(100_000, ge=1, le=10_000_000)
    """Alarms remembered; beyond it those that nobody needs are forgotten. Each takes about 2 kB."""

    remembered_requests: int = Field(10_000, ge=0, le=1_000_000)
    """Requests of people whose ids are remembered, to pass over what is sent again."""

    remembered_notifications: int = Field(100_000, ge=1000, le=10_000_000)
    """Notifications remembered as delivered. Each takes about 150 bytes."""

    @model_validator(mode="after")
    def _rules_are_sound(self) -> Self:
        self.rules()
        return self

    def rules(self) -> RulesFile:
        """The rules file.

        Raises:
            RulesError: it makes no sense.

        """
        return load_rules(self.rules_file, self.profiles())

    def profiles(self) -> Profiles:
        """The device profiles.

        Raises:
            ProfilesError: they make no sense.

        """
        return load(self.profiles_file)
