"""What a channel is: it posts one notification, and says in short what was answered."""

from typing import Protocol

from pydantic import ConfigDict, RootModel, SecretStr

from schemas.notifications import Notification

VARIABLE = "ENGAWA_SECRET__"
"""What the environment variable of a secret begins with."""


class Secrets(RootModel[dict[str, SecretStr]]):
    """What channels must not have in their file, by name in small letters."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    root: dict[str, SecretStr] = {}


class ChannelError(ValueError):
    """A channel cannot work as it is set up; the message names it and its variable, no secret."""


class Poster(Protocol):
    """A channel that is ready to post."""

    async def post(self, notification: Notification) -> str:
        """Post it; gives the answer in short.

        Raises:
            UnavailableError: the channel is away, or asks to wait.
            RefusedError: it will never take this.

        """
        ...

    async def close(self) -> None:
        """Let its connections go."""
        ...


def secret(secrets: Secrets, channel: str, name: str) -> SecretStr:
    """A secret that a channel names.

    Raises:
        ChannelError: it is not set.

    """
    value = secrets.root.get(name.lower())
    if value is None or not value.get_secret_value():
        raise ChannelError(f"channel {channel}: {VARIABLE}{name} is not set in the environment")
    return value
