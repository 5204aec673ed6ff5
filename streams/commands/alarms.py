"""``engawa alarms …``: see alarms; beside ``alarm_actions``, which act on them."""

import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Annotated

import typer
from rich.console import Console
from rich.live import Live
from rich.table import Table

from connectors.alarms_reader import Standing, reading
from connectors.message_log import MessageLog
from connectors.record_log import RecordLog
from models.alarms.order import newest, standing
from schemas.alarms import AlarmChange, Level
from schemas.codec import to_data
from schemas.topics import ALARMS_CHANGED
from streams.alarm_lines import board, event, line
from streams.commands.alarm_actions import ACTIONS, Key
from streams.commands.alarms_try import try_rules
from streams.exits import FOUND_WRONG
from streams.output import FILE_COLUMNS, Format, FormatOption, say, show, show_json
from streams.registered import known_writers
from streams.settings import Settings

LOOK_EVERY_S = 0.5

SiteOption = Annotated[str | None, typer.Option("--site", help="Only this site.")]
LevelOption = Annotated[Level | None, typer.Option("--level", help="This level or a worse one.")]
LimitOption = Annotated[int, typer.Option(min=1, max=100_000, help="So many at most.")]


def cli() -> typer.Typer:
    """All commands about alarms."""
    app = typer.Typer(
        help="See alarms, acknowledge them, shelve them, switch them off and on.",
        no_args_is_help=True,
        rich_markup_mode="rich",
    )
    app.command("list")(listed)
    app.command("try")(try_rules)
    for command in (watch, history, *ACTIONS):
        app.command()(command)
    return app


def listed(
    *,
    site: SiteOption = None,
    level: LevelOption = None,
    which: Annotated[Standing, typer.Option("--state", help="How they stand.")] = Standing.ACTIVE,
    limit: LimitOption = 100,
    form: FormatOption = Format.TABLE,
) -> None:
    """List alarms as they are, the last changed first.

    Example: [bold]engawa alarms list --level warning --state unacknowledged[/bold]
    """
    with reading(Settings().mongo) as reader:
        found = reader.current(site=site, level=level, standing=which, limit=limit)
    if form is Format.JSON:
        show_json([to_data(each) for each in found])
    else:
        show([line(each) for each in found], title=f"Alarms, {which}", empty="none")


def history(key: Key, *, limit: LimitOption = 100, form: FormatOption = Format.TABLE) -> None:
    """Show what became of an alarm.

    Example: [bold]engawa alarms history house/room-1/temperature/too-warm[/bold]
    """
    with reading(Settings().mongo) as reader:
        found = reader.history(key, limit=limit)
    if not found:
        say(f"no alarm {key}")
        raise typer.Exit(FOUND_WRONG)
    if form is Format.JSON:
        show_json([to_data(each) for each in found])
    else:
        show([event(each) for each in found], title=f"Its newest {len(found)} changes")


def watch(
    *,
    site: SiteOption = None,
    once: Annotated[bool, typer.Option("--once", help="Print the table once.")] = False,
) -> None:
    """Watch the alarms that stand, the last raised first, until Ctrl-C.

    Example: [bold]engawa alarms watch --site house[/bold]
    """
    settings = Settings()
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(width=FILE_COLUMNS, highlight=False)
    with MessageLog(settings.kafka) as messages:
        known = known_writers(settings.registry)
        log = RecordLog(messages, known, ALARMS_CHANGED, from_beginning=True)

        def read_on(alarms: Sequence[AlarmChange]) -> list[AlarmChange]:
            found = (each for each in log.read() if site in (None, each.site))
            return newest([*alarms, *found])

        alarms = read_on(())
        if once:
            console.print(_board(alarms))
            return
        with suppress(KeyboardInterrupt), Live(_board(alarms), console=console) as live:
            while True:
                time.sleep(LOOK_EVERY_S)
                alarms = read_on(alarms)
                live.update(_board(alarms))


def _board(alarms: Sequence[AlarmChange]) -> Table:
    stand = standing(alarms)
    unseen = sum(not each.acknowledged for each in stand)
    return board(stand, title=f"{len(stand)} alarms stand, {unseen} unseen")
