"""``engawa up | down | status``: the local servers, real ones without Docker."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer
from rich.console import Console
from rich.status import Status as Spinner

from compose import local
from compose.progress import Progress, Report
from compose.settings import ServerSettings
from compose.status import Status
from compose.status import status as look
from streams.exits import UNAVAILABLE
from streams.output import Format, FormatOption, Row, say, show, show_json

Names = Annotated[
    list[str] | None,
    typer.Argument(help="kafka, influxdb, mongodb, s3; all of them if none is named."),
]


def up(names: Names = None, form: FormatOption = Format.TABLE) -> None:
    """Start local servers, and return when each has proven that it serves.

    What is missing is downloaded or built first, once for all checkouts. A server that already
    runs is left alone. Their state and logs are under .engawa/, their ports are settings
    (ENGAWA_KAFKA_PORT and so on).

    Example: [bold]engawa up kafka s3[/bold]
    """
    settings = ServerSettings()
    with watched() as report:
        local.up(names or (), settings=settings, report=report)
    _show(look(names or (), settings=settings), form)


def down(names: Names = None) -> None:
    """Stop local servers; what they have stored stays.

    Example: [bold]engawa down[/bold]
    """
    with watched() as report:
        local.down(names or (), settings=ServerSettings(), report=report)


def status(names: Names = None, form: FormatOption = Format.TABLE) -> None:
    """Show the local servers: whether each serves, where, since when. Exits 69 if one does not.

    Example: [bold]engawa status --format json[/bold]
    """
    found = look(names or (), settings=ServerSettings())
    _show(found, form)
    if any(each.state != "ready" for each in found):
        raise typer.Exit(UNAVAILABLE)


def _show(found: list[Status], form: Format) -> None:
    if form is Format.JSON:
        show_json([{**_row(each), "ports": dict(each.ports), "note": each.note} for each in found])
        return
    show([_row(each) for each in found], title="Local servers")
    for note in filter(None, (each.note for each in found)):
        say(note)


def _row(found: Status) -> Row:
    return {
        "name": found.name,
        "state": found.state,
        "where": found.url,
        "version": found.version,
        "since": found.since.isoformat(timespec="seconds") if found.since else None,
        "pid": str(found.pid) if found.pid else None,
        "log": str(found.log),
    }


@contextmanager
def watched() -> Iterator[Report]:
    """A spinner that says what goes on, above it what is done; without a terminal, lines only."""
    console = Console(stderr=True, highlight=False)

    def told(progress: Progress) -> None:
        line = f"{progress.name}: {progress.stage} {progress.detail}".rstrip()
        if progress.stage in ("ready", "stopped") or not console.is_terminal:
            say(line)
        spinner.update(line, spinner="dots")

    spinner = Spinner("", console=console)
    if not console.is_terminal:
        yield told
        return
    with spinner:
        yield told
