"""The command line: ``engawa …``, which is the same as ``python -m streams …``."""

import sys
from collections.abc import Mapping
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from typing import Annotated

import typer

from streams.failures import Commands

HELP = """
Edge-to-insight stream processing: devices to Kafka to decisions, fast and without loss.

First steps: [bold]engawa up[/bold], [bold]engawa topics[/bold],
[bold]engawa worker telemetry alarms notify store[/bold], and in another terminal
[bold]engawa produce farm[/bold].

Every setting is an environment variable, or a line of a .env file;
[bold]engawa check[/bold] lists them all.

Exit codes: 0 fine, 1 something was found wrong or failed, 2 wrong usage, 69 a server is away,
70 a bug stopped a worker, 78 the settings are wrong.
"""


LOCAL, RUN, LOOK_AFTER, DEVELOP = "Local servers", "Run", "Look after", "Develop"

COMMANDS: Mapping[str, tuple[str, str]] = {
    # command: its panel, and the module in streams.commands that has it
    "up": (LOCAL, "servers"),
    "down": (LOCAL, "servers"),
    "status": (LOCAL, "servers"),
    "demo": (RUN, "demo"),
    "worker": (RUN, "worker"),
    "serve": (RUN, "serve"),
    "produce": (RUN, "produce"),
    "simulate": (RUN, "simulate"),
    "topics": (LOOK_AFTER, "topics"),
    "check": (LOOK_AFTER, "check"),
    "replay": (LOOK_AFTER, "replay"),
    "query": (LOOK_AFTER, "query"),
    "alarms": (LOOK_AFTER, "alarms"),
    "setpoint": (LOOK_AFTER, "setpoint"),
    "models": (LOOK_AFTER, "models"),
    "erase": (LOOK_AFTER, "erase"),
    "dead-letters": (LOOK_AFTER, "dead_letters"),
    "chart": (DEVELOP, "chart"),
    "contracts": (DEVELOP, "contracts"),
}


def cli(only: str | None = None) -> typer.Typer:
    """All commands, by what they are for; or one alone, which saves importing the others."""
    app = typer.Typer(
        name="engawa",
        cls=Commands,
        help=HELP,
        no_args_is_help=True,
        rich_markup_mode="rich",
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_options)
    for name in [only] if only and only in COMMANDS else COMMANDS:
        panel, module = COMMANDS[name]
        found = import_module(f"streams.commands.{module}")
        if hasattr(found, "cli"):
            app.add_typer(found.cli(), name=name, rich_help_panel=panel)
        else:
            app.command(name, rich_help_panel=panel)(getattr(found, name))
    return app


def main() -> None:
    """Run the command line."""
    cli(next(iter(sys.argv[1:]), None))(prog_name="engawa")


def _version(*, wanted: bool) -> None:
    if wanted:
        typer.echo(_installed())
        raise typer.Exit


def _installed() -> str:
    try:
        return version("engawa")
    except PackageNotFoundError:
        return "not installed; run in place"


def _options(
    *,
    _: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Print the version."),
    ] = False,
) -> None:
    """Options of all commands."""


if __name__ == "__main__":
    main()
