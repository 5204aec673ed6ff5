"""Settings of counting crowds, and what each site allows."""

from collections.abc import Mapping
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator

from models.crowd.privacy import Strict
from models.sites import Id, Site, SiteBook

DAY_S = 86_400


class Matching(Strict):
    """How like each other the templates of one model are, as cosines."""

    same: float = Field(gt=0, lt=1)
    """From here on two templates are the same person's."""

    alike: float = Field(gt=0, lt=1)
    """From here on a template teaches nothing new of its person."""

    sure: float = Field(gt=0, lt=1)
    """From here on a person may be called by a name."""


MATCHING = {
    # on LFW's pairs one stranger in a thousand passes at a cosine of .34 (SFace) or a distance of
    # .566 (dlib, whose templates are 1.34 long, hence .91); among many people that is too many
    "sface": Matching(same=0.45, alike=0.75, sure=0.55),
    "dlib-int8": Matching(same=0.92, alike=0.965, sure=0.94),
}


class CrowdSettings(BaseModel):
    """How crowds are counted, for each partition."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    key: SecretStr | None = None
    """Makes pseudonyms; whoever has it and the frames can tell whose they are."""

    window_s: int = Field(3600, ge=60, le=DAY_S)
    """Length of a window, counted from the site's midnight; the day's last one ends with it."""

    update_s: int = Field(60, ge=1, le=3600)
    """How often, in event time, windows under way are told, and limits looked at."""

    day_update_s: int = Field(900, ge=1, le=DAY_S)
    """The same for days."""

    grace_s: int = Field(30, ge=0, le=3600)
    """How long after its end a window is closed; what comes later is told as a revision."""

    lateness_s: int = Field(DAY_S, ge=0, le=7 * DAY_S)
    """How late, by the site's newest frame, a frame may come and still count."""

    gap_s: int = Field(300, ge=1, le=DAY_S)
    """Whoever is not seen for longer has left; coming back is another visit."""

    min_stay_s: float = Field(0.0, ge=0, le=DAY_S)
    """Shorter visits are not told; their people count all the same."""

    present_s: int = Field(60, ge=1, le=3600)
    """For limits, somebody is present for so long after having been seen."""

    skew_s: float = Field(60.0, ge=0, le=DAY_S)
    """How far ahead of its arrival a frame may be before its clock is doubted."""

    min_quality: float = Field(0.3, ge=0, le=1)
    """A poorer face may be somebody known, but nobody is known by it."""

    max_turn_deg: float = Field(45.0, ge=0, le=90)
    """The same for yaw and pitch."""

    templates_each: int = Field(4, ge=1, le=16)
    """Templates kept of each person."""

    matching: Mapping[str, Matching] = MATCHING
    """By embedding model; faces of other models are unresolved."""

    remembered_faces: int = Field(100_000, ge=100, le=10_000_000)
    """Frames and faces of a site that are kept so that late frames still count; a face with its
    template takes about 300 bytes. Beyond it the oldest are settled: they count as they are, and
    frames as old as these are too late."""

    remembered_people: int = Field(50_000, ge=1, le=1_000_000)
    """People known at a site at most. Beyond it nobody new is, and faces are unresolved."""


class CrowdError(ValueError):
    """Crowds cannot be counted by these settings; the message says why."""


class CrowdRules(CrowdSettings):
    """The same, with what each site allows."""

    sites: dict[Id, Site] = Field(default={}, max_length=10_000)

    @classmethod
    def of(cls, settings: CrowdSettings, book: SiteBook) -> Self:
        """The rules for every site of a book that has cameras.

        Raises:
            CrowdError: there is one, and no key for pseudonyms.

        """
        sites = {name: site for name, site in book.root.items() if site.cameras}
        if sites and not (settings.key and settings.key.get_secret_value()):
            raise CrowdError("ENGAWA_CROWD__KEY is not set: people's pseudonyms need a key")
        own = {name: getattr(settings, name) for name in CrowdSettings.model_fields}
        return cls(**own, sites=sites)

    @model_validator(mode="after")
    def _pseudonyms_have_a_key(self) -> Self:
        if self.sites and not (self.key and self.key.get_secret_value()):
            raise ValueError("key: pseudonyms need one as soon as there is a site")
        return self
