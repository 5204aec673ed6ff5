"""``engawa topics``: create what is missing, raise what is too low."""

from dataclasses import asdict
from typing import Annotated

import typer

from connectors.topic_admin import TopicAdmin
from streams import topology
from streams.exits import FOUND_WRONG
from streams.output import Format, FormatOption, show, show_json
from streams.settings import Settings


def topics(
    *,
    partitions: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=1000,
            help="Partitions of each topic instead of the catalogue's number. More than a topic "
            "has moves keys to other partitions.",
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only look; exit 1 if anything would be done.")
    ] = False,
    form: FormatOption = Format.TABLE,
) -> None:
    """Create the topics of the catalogue that are missing; never lower anything.

    A topic that is there keeps its messages: only a retention or size limit below the
    catalogue's is raised.

    Example: [bold]engawa topics --partitions 8[/bold]
    """
    admin = TopicAdmin(Settings().kafka)
    done = [
        asdict(each)
        for each in admin.ensure(topology.topics(), partitions=partitions, dry_run=dry_run)
    ]
    if form is Format.JSON:
        show_json(done)
    else:
        show(done, title="Topics")
    if any(each["action"] in ("missing", "low") for each in done):
        raise typer.Exit(FOUND_WRONG)
