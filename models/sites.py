"""The site book: where sites are, what stands in their rooms, and what may be done there."""

from pathlib import Path
from typing import Annotated, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    FilePath,
    RootModel,
    ValidationError,
    field_validator,
    model_validator,
)

from models.crowd.privacy import Consent, Limit, Privacy
from models.names import NAME_LIMIT, fault
from models.yaml_faults import complaint, misfits
from models.yaml_tree import YamlError, read

SHIPPED = Path(__file__).with_name("sites.yaml")


def _name(name: str) -> str:
    if found := fault(name, NAME_LIMIT):
        raise ValueError(found.value)
    return name


Id = Annotated[str, AfterValidator(_name)]
"""A name that devices may send too."""


class SitesError(ValueError):
    """The site book makes no sense; each line of the message is ``file:line: field: reason``."""


class Strict(BaseModel):
    """No field may be misspelt."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class SetpointLimits(Strict):
    """What a room's air conditioner may be set to, whoever wishes it."""

    min_c: float = Field(18.0, ge=5, le=40)
    max_c: float = Field(27.0, ge=5, le=40)
    inlet_c: float = Field(27.0, ge=10, le=45)
    """How warm the servers' air inlet may become; ASHRAE recommends 18 to 27 °C."""

    fallback_c: float = Field(22.0, ge=5, le=40)
    """The best setpoint of those that never move: taken whenever the model cannot be trusted."""

    step_c: float = Field(0.5, gt=0, le=2)
    rise_c: float = Field(1.0, gt=0, le=20)
    """How far it may rise in ``rise_s``; down it may go at once."""

    rise_s: float = Field(900.0, gt=0, le=86_400)
    hold_s: float = Field(600.0, ge=0, le=86_400)
    """How long it stays before it may rise again, so that compressors do not hunt."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not self.min_c <= self.fallback_c <= self.max_c:
            raise ValueError("min_c, fallback_c and max_c must not descend")
        return self


class Room(Strict):
    """A server room: what measures it and what cools it."""

    sensor: Id
    """Device that measures it, with a profile that has temperature and humidity."""

    air_conditioner: Id | None = None
    """Device that is set; without one there are recommendations, and nothing to command."""

    rated_it_kw: float = Field(gt=0, le=100_000)
    """Electric power of its servers at full load."""

    setpoint: SetpointLimits = SetpointLimits()


class Camera(Strict):
    """A camera whose frames may be looked at."""

    enabled: bool = True
    """Whether they are looked at; else they are set aside."""

    max_frames_per_s: float = Field(30.0, gt=0, le=1000)
    """Of more only so many are looked at: the first one in each such part of a second."""

    position: str = Field("", max_length=200)
    """Where it hangs, in words."""

    limit: Limit | None = None
    """How many people it may see at once."""

    keep_frames: bool = False
    """Whether frames that were looked at for faces are kept for some days, the faces blurred."""


class Site(Strict):
    """One place on the earth."""

    latitude: float = Field(ge=-90, le=90)
    longitude: float = Field(ge=-180, le=180)
    time_zone: str
    act: bool = False
    """Whether commands are for its devices to obey; else they are a dry run, for people to see."""

    rooms: dict[Id, Room] = Field(default={}, max_length=10_000)
    cameras: dict[Id, Camera] = Field(default={}, max_length=1000)
    limit: Limit | None = None
    """How many people may be on the whole site at once."""

    privacy: Privacy = Privacy()
    """What its cameras may know of people."""

    consents: dict[Id, Consent] = Field(default={}, max_length=1000)
    """Who may be called by name, in the mode ``identified``."""

    @field_validator("cameras")
    @classmethod
    def _none_is_all(cls, cameras: dict[str, Camera]) -> dict[str, Camera]:
        if "*" in cameras:
            raise ValueError("no camera can be called *, which stands for the whole site")
        return cameras

    @field_validator("time_zone")
    @classmethod
    def _zone_exists(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise ValueError(f"no time zone is called {name!r}") from error
        return name

    @model_validator(mode="after")
    def _devices_serve_one_room(self) -> Self:
        for kind in ("sensor", "air_conditioner"):
            seen: dict[str, str] = {}
            for name, room in self.rooms.items():
                device = getattr(room, kind)
                if device is not None and (other := seen.setdefault(device, name)) != name:
                    raise ValueError(f"rooms.{name}.{kind}: {device} is {other}'s already")
        return self


class SiteBook(RootModel[dict[Id, Site]]):
    """All sites by name."""

    model_config = ConfigDict(frozen=True)

    root: dict[Id, Site] = Field(max_length=10_000)


class SiteSettings(BaseModel):
    """Which sites there are."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    sites_file: FilePath = SHIPPED
    """The site book, as YAML."""

    @model_validator(mode="after")
    def _book_is_sound(self) -> Self:
        self.book()
        return self

    def book(self) -> SiteBook:
        """The site book.

        Raises:
            SitesError: it makes no sense.

        """
        return load_sites(self.sites_file)


def load_sites(path: Path = SHIPPED) -> SiteBook:
    """Read a site book from a YAML file.

    Raises:
        SitesError: it is no such file.

    """
    try:
        tree = read(path)
        return SiteBook.model_validate(tree.value)
    # the causes would show the file's text, and text may hold what is nobody's business
    except YamlError as error:
        raise SitesError(f"{path}:{error}") from None
    except ValidationError as error:
        raise SitesError(complaint(path, tree, misfits(error))) from None
