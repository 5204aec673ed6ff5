"""Under which terms the devices of the site book are commanded."""

from dataclasses import dataclass

from models.shadows.settings import LONGEST_HOLD_S, CommandSettings
from models.sites import SetpointLimits, SiteBook

Key = tuple[str, str]
"""Site and device."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What holds for one device."""

    limits: SetpointLimits
    act: bool
    """Whether the device is to obey; else commands are a dry run."""

    ttl_ms: int
    hold_ms: int

    def held_ms(self, hold_s: float | None) -> int:
        """How long a person's wish goes first, if the person asks for so many seconds."""
        return self.hold_ms if hold_s is None else round(min(hold_s, LONGEST_HOLD_S) * 1000)


def terms_of(book: SiteBook, settings: CommandSettings) -> dict[Key, Terms]:
    """The terms of each air conditioner of the book."""
    return {
        (name, room.air_conditioner): Terms(
            limits=room.setpoint,
            act=site.act,
            ttl_ms=round(settings.ttl_s * 1000),
            hold_ms=round(settings.manual_hold_s * 1000),
        )
        for name, site in book.root.items()
        for room in site.rooms.values()
        if room.air_conditioner is not None
    }
