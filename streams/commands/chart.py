"""``engawa chart``: the topology as a picture."""

from pathlib import Path
from typing import Annotated

import typer

from streams.chart import chart as drawn
from streams.chart import in_page
from streams.exits import FOUND_WRONG
from streams.output import say, write
from streams.topology import FLOWS

README = Path(__file__).parents[2] / "README.md"


def chart(
    *,
    save: Annotated[
        bool, typer.Option("--write", help="Put it into README.md, between its chart markers.")
    ] = False,
) -> None:
    """Draw the topology as a Mermaid flowchart, from the topology page itself.

    Example: [bold]engawa chart --write[/bold]
    """
    if not save:
        write(drawn(FLOWS))
        return
    try:
        page = in_page(README.read_text("utf-8"), drawn(FLOWS))
    except (OSError, ValueError) as error:
        say(f"{README.name}: {error}")
        raise typer.Exit(FOUND_WRONG) from None
    README.write_text(page, "utf-8")
    say(f"{README.name} shows the topology as it is")
