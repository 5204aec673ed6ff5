"""Errors that are not bugs: a sentence and an exit code, no traceback."""

from typing import Any

import typer
from pydantic import ValidationError
from pydantic_settings import BaseSettings, SettingsError
from typer.core import TyperGroup

from compose.errors import ServerError, UnknownServerError
from compose.settings import ServerSettings
from connectors.archive_reader import DamagedError
from connectors.channel import ChannelError
from connectors.message_log import MissingTopicError
from connectors.outcome import RefusedError, UnavailableError
from models.alarms.rules_file import RulesError
from models.crowd.settings import CrowdError
from models.onnx_file import ModelError
from models.profiles import ProfilesError
from models.sites import SitesError
from streams.effective import complaints
from streams.exits import CONFIG, FOUND_WRONG, UNAVAILABLE, USAGE
from streams.output import say
from streams.settings import Settings

SETTINGS: dict[str, type[BaseSettings]] = {
    each.__name__: each for each in (Settings, ServerSettings)
}

EXPECTED: tuple[tuple[type[Exception], int], ...] = (
    (UnavailableError, UNAVAILABLE),
    (UnknownServerError, USAGE),
    (ServerError, FOUND_WRONG),
    (RefusedError, FOUND_WRONG),
    (DamagedError, FOUND_WRONG),
    (MissingTopicError, CONFIG),
    (ProfilesError, CONFIG),
    (RulesError, CONFIG),
    (SitesError, CONFIG),
    (CrowdError, CONFIG),
    (ModelError, CONFIG),
    (ChannelError, CONFIG),
    (SettingsError, CONFIG),
)


class Commands(TyperGroup):
    """The commands, each of which may raise the errors above."""

    def invoke(self, ctx: Any) -> Any:
        """Run a command; an expected error ends it with a sentence and its exit code."""
        try:
            return super().invoke(ctx)
        except ValidationError as error:
            if error.title not in SETTINGS:
                raise
            for each in complaints(error, SETTINGS[error.title]):
                say(f"{each['setting']}: {each['wrong']}")
            raise typer.Exit(CONFIG) from None
        except tuple(kind for kind, _ in EXPECTED) as error:
            say(str(error))
            raise typer.Exit(exit_code(error)) from None


def exit_code(error: Exception) -> int:
    """The exit code that an expected error ends with."""
    return next(code for kind, code in EXPECTED if isinstance(error, kind))
