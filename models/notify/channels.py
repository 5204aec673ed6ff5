"""Channels: rows of the rules file that say where notifications go, and who is told there.

No secret stands in a file: a row names it, and ``ENGAWA_SECRET__<name>`` in the environment has it.
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from schemas.alarms import Level

MAX_CHANNELS = 16
"""Every channel has a partition of notifications.requested.v1 of its own, and there are so many."""

Language = Literal["en", "ja", "ko"]
ChannelName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]*$", max_length=64)]
SecretName = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]*$", max_length=100)]
"""Name of a secret."""

Host = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9.:-]+$", max_length=253)]
Address = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+$", max_length=254),
]


class Tls(StrEnum):
    """How a mail server is spoken to."""

    NONE = "none"
    STARTTLS = "starttls"
    TLS = "tls"


class Row(BaseModel):
    """What every kind of channel has."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    language: Language = "en"
    min_level: Level = Level.INFO
    """Alarms below it are not told here."""

    timeout_s: Annotated[float, Field(ge=1, le=120, allow_inf_nan=False)] = 10
    allow_private: bool = False
    """Whether it may stand in a private, loopback or link-local network, or be plain HTTP."""


class DiscordChannel(Row):
    """A Discord webhook."""

    kind: Literal["discord"]
    url_secret: SecretName

    def secrets(self) -> tuple[str, ...]:
        """Names of its secrets."""
        return (self.url_secret,)


class SlackChannel(Row):
    """A Slack incoming webhook."""

    kind: Literal["slack"]
    url_secret: SecretName

    def secrets(self) -> tuple[str, ...]:
        """Names of its secrets."""
        return (self.url_secret,)


class WebhookChannel(Row):
    """A webhook of your own, signed."""

    kind: Literal["webhook"]
    url_secret: SecretName
    key_secret: SecretName
    """The key of its HMAC-SHA256 signatures."""

    def secrets(self) -> tuple[str, ...]:
        """Names of its secrets."""
        return (self.url_secret, self.key_secret)


class MailChannel(Row):
    """Mail by SMTP."""

    kind: Literal["mail"]
    host: Host
    port: Annotated[int, Field(ge=1, le=65_535)] = 587
    tls: Tls = Tls.STARTTLS
    sender: Address
    to: Annotated[tuple[Address, ...], Field(min_length=1, max_length=50)]
    user_secret: SecretName | None = None
    password_secret: SecretName | None = None

    def secrets(self) -> tuple[str, ...]:
        """Names of its secrets."""
        return tuple(each for each in (self.user_secret, self.password_secret) if each)


Channel = Annotated[
    DiscordChannel | SlackChannel | WebhookChannel | MailChannel, Field(discriminator="kind")
]


def lanes(names: Iterable[str]) -> dict[str, int]:
    """The partition of each channel: its place among the names in order."""
    return {name: lane for lane, name in enumerate(sorted(names))}
