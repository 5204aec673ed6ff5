"""``engawa check``: the settings as they are, and what is wrong before anything starts."""

from collections.abc import Sequence
from typing import Annotated

import typer
from pydantic import ValidationError

from compose.settings import ServerSettings
from connectors.channel import ChannelError
from connectors.posters import posters
from schemas.topics import CATALOGUE
from streams.effective import complaints as of_settings
from streams.effective import effective, unknown
from streams.exits import CONFIG, FOUND_WRONG, UNAVAILABLE
from streams.output import Format, FormatOption, Row, say, show, show_json
from streams.reach import reach
from streams.settings import Settings
from streams.soundness import complaints as of_topology
from streams.topology import FLOWS


def check(
    *,
    servers: Annotated[
        bool, typer.Option("--servers", help="Ask the servers too, and look for the topics.")
    ] = False,
    form: FormatOption = Format.TABLE,
) -> None:
    """Print the effective settings, secrets masked, and say what is wrong with them.

    Device profiles, alarm rules, channels and the topology are checked too. Exits 78 if a setting
    is wrong, 1 if the topology is or topics are missing, 69 if a server is away.

    Example: [bold]engawa check --servers --format json[/bold]
    """
    try:
        settings = Settings()
    except ValidationError as error:
        _report([], of_settings(error, Settings), [], [], form)
        raise typer.Exit(CONFIG) from None
    if unready := _channels(settings):
        _report(effective(settings), [unready], [], [], form)
        raise typer.Exit(CONFIG)
    wrong = of_topology(FLOWS, catalogue=CATALOGUE)
    found = reach(settings) if servers else []
    _report(effective(settings), [], wrong, found, form)
    if any(not each["answers"] for each in found):
        raise typer.Exit(UNAVAILABLE)
    if wrong or any(each["wrong"] for each in found):
        raise typer.Exit(FOUND_WRONG)


def _channels(settings: Settings) -> Row | None:
    """What is wrong with the first channel that cannot work, if one cannot."""
    try:
        posters(settings.alarms.rules().channels, settings.secret)
    except ChannelError as error:
        return {"setting": "ENGAWA_ALARMS__RULES_FILE", "wrong": str(error)}
    return None


def _report(
    rows: Sequence[Row],
    wrong: Sequence[Row],
    topology: Sequence[str],
    servers: Sequence[Row],
    form: Format,
) -> None:
    unread = unknown(Settings, ServerSettings)
    for name in unread:
        say(f"{name} is set, but no setting of a worker or a local server is called so")
    if form is Format.JSON:
        show_json(
            {
                "settings": rows,
                "wrong_settings": wrong,
                "wrong_topology": topology,
                "servers": servers,
                "unread_variables": unread,
                "ok": not (wrong or topology or any(each["wrong"] for each in servers)),
            }
        )
        return
    if rows:
        show(rows, title="Settings")
    if wrong:
        show(wrong, title="Wrong settings")
    if topology:
        show([{"wrong": each} for each in topology], title="Topology")
    if servers:
        show(servers, title="Servers")
    if rows and not topology and not wrong:
        say("settings, device profiles, alarm rules and topology are sound")
