"""Device profiles: what a kind of device measures, in which units and within which limits."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Self

import yaml
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    RootModel,
    StringConstraints,
    ValidationError,
    field_validator,
    model_validator,
)

from models.units import UNITS

SHIPPED = Path(__file__).with_name("profiles.yaml")

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_.]*$", max_length=64)]
"""Profile and resource names end up in queries and field names, so they are plain."""

Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Finite = Annotated[float, Field(allow_inf_nan=False)]


class ProfilesError(ValueError):
    """The profiles make no sense; each line of the message names a field and what is wrong."""


class Kind(StrEnum):
    """What values of a resource are."""

    NUMBER = "number"
    TEXT = "text"
    BOOLEAN = "boolean"


class Resource(BaseModel):
    """One quantity of a profile. The limits are for numbers only; none means never suspect."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    type: Kind
    unit: str | None = None
    """Any spelling in ``models.units``; accepted readings carry it as it is written here."""

    range: tuple[Finite, Finite] | None = None
    """Lowest and highest value the sensor can measure, in ``unit``; both are good."""

    max_rate_per_min: Positive | None = None
    """By how much a good value may move in a minute, or at once within one; more is a spike."""

    stuck_after_s: Positive | None = None
    """How long a value may stay the same to the bit."""

    @field_validator("unit")
    @classmethod
    def _unit_is_known(cls, unit: str | None) -> str | None:
        if unit is not None and unit not in UNITS:
            raise ValueError(f"unknown unit {unit!r}")
        return unit

    @field_validator("range")
    @classmethod
    def _range_ascends(cls, bounds: tuple[float, float] | None) -> tuple[float, float] | None:
        if bounds and bounds[0] >= bounds[1]:
            raise ValueError("the lowest value must come first and be below the highest")
        return bounds

    @model_validator(mode="after")
    def _limits_need_numbers(self) -> Self:
        limits = (self.unit, self.range, self.max_rate_per_min, self.stuck_after_s)
        if self.type is not Kind.NUMBER and any(limit is not None for limit in limits):
            raise ValueError("unit, range, max_rate_per_min and stuck_after_s are for numbers only")
        return self


class Profile(BaseModel):
    """One kind of device."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    expected_interval_s: Positive
    """How often such a device usually sends."""

    # no event has more readings than this, see models.refusals
    resources: dict[Name, Resource] = Field(min_length=1, max_length=64)


class Profiles(RootModel[dict[Name, Profile]]):
    """All profiles by name. A resource has the same type in all of them, as stores demand."""

    model_config = ConfigDict(frozen=True)

    root: dict[Name, Profile] = Field(min_length=1, max_length=256)

    @model_validator(mode="after")
    def _one_type_per_resource(self) -> Self:
        kinds: dict[str, Kind] = {}
        for profile, name, resource in self.specs():
            if kinds.setdefault(name, resource.type) is not resource.type:
                raise ValueError(
                    f"{profile}.resources.{name}.type: {resource.type} here, "
                    f"but {kinds[name]} in another profile"
                )
        return self

    def specs(self) -> list[tuple[str, str, Resource]]:
        """Every (profile name, resource name, resource), in order."""
        return [
            (profile, name, resource)
            for profile, each in self.root.items()
            for name, resource in each.resources.items()
        ]


def load(path: Path = SHIPPED) -> Profiles:
    """Read profiles from a YAML file.

    Raises:
        ProfilesError: it is no such file.

    """
    try:
        return Profiles.model_validate(yaml.safe_load(path.read_text("utf-8")))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ProfilesError(f"{path}: {error}") from error
    except ValidationError as error:
        faults = [
            f"{'.'.join(map(str, fault['loc'])) or 'profiles'}: {fault['msg']}"
            for fault in error.errors()
        ]
        raise ProfilesError("\n".join([f"{path}:", *faults])) from error
