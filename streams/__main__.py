"""The command line: ``engawa …``, which is the same as ``python -m streams …``."""

from importlib.metadata import PackageNotFoundError, version
from typing import Annotated

import typer

from streams.commands import (
    alarms,
    chart,
    check,
    contracts,
    dead_letters,
    demo,
    produce,
    query,
    replay,
    servers,
    topics,
    worker,
)
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


def cli() -> typer.Typer:
    """All commands, by what they are for."""
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
    for command in (servers.up, servers.down, servers.status):
        app.command(rich_help_panel="Local servers")(command)
    app.command(rich_help_panel="Run")(demo.demo)
    app.command(rich_help_panel="Run")(worker.worker)
    app.command(rich_help_panel="Run")(produce.produce)
    app.command(rich_help_panel="Look after")(topics.topics)
    app.command(rich_help_panel="Look after")(check.check)
    app.command(rich_help_panel="Look after")(replay.replay)
    app.command(rich_help_panel="Look after")(query.query)
    app.add_typer(alarms.cli(), name="alarms", rich_help_panel="Look after")
    app.add_typer(dead_letters.cli(), name="dead-letters", rich_help_panel="Look after")
    app.command(rich_help_panel="Develop")(chart.chart)
    app.command(rich_help_panel="Develop")(contracts.contracts)
    return app


def main() -> None:
    """Run the command line."""
    cli()(prog_name="engawa")


def _version(wanted: bool) -> None:  # noqa: FBT001  # typer hands the flag over
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
