"""What commands print: results to standard output, everything else to standard error."""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from enum import StrEnum
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

Row = Mapping[str, Any]

FILE_COLUMNS = 160
"""Width of tables that go to a file or a pipe."""


class Format(StrEnum):
    """How results are printed."""

    TABLE = "table"
    JSON = "json"


FormatOption = Annotated[
    Format, typer.Option("--format", help="For people, or one JSON document for programs.")
]


def show(rows: Sequence[Row], *, title: str, empty: str = "nothing") -> None:
    """Print rows of one shape as a table; the keys are its headings."""
    if not rows:
        _out().print(Text(f"{title}: {empty}"))
        return
    table = Table(title=title, title_justify="left", title_style="bold", header_style="bold")
    for name, value in rows[0].items():
        number = isinstance(value, int | float) and not isinstance(value, bool)
        table.add_column(name.replace("_", " "), justify="right" if number else "left")
    for row in rows:
        table.add_row(*(Text(cell(value), overflow="fold") for value in row.values()))
    _out().print(table)


def show_json(document: Any) -> None:
    """Print one JSON document."""
    sys.stdout.write(json.dumps(document, indent=2, default=str) + "\n")


def write(text: str) -> None:
    """Print text as it is to standard output."""
    sys.stdout.write(text)


def say(text: str) -> None:
    """Tell whoever watches; nothing that a program would read."""
    _err().print(Text(plain(text, keep="\n")), soft_wrap=True)


def cell(value: Any) -> str:
    """A value as a table shows it."""
    match value:
        case None:
            return "-"
        case bool():
            return "yes" if value else "no"
        case int():
            return f"{value:,}"
        case float():
            return f"{value:,.3f}"
        case _:
            return plain(str(value))


def plain(text: str, *, keep: str = "") -> str:
    """Text from outside without anything that a terminal would obey."""
    return "".join(c if c.isprintable() or c in keep else f"\\x{ord(c):02x}" for c in text)


@contextmanager
def progress(what: str, total: int | None) -> Iterator[Progress]:
    """Show a bar on a terminal while work goes on; its one task is advanced with ``advance``."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    console = _err()
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as bar:
        bar.add_task(what, total=total)
        yield bar


def advance(bar: Progress, count: int) -> None:
    """Move the bar on."""
    bar.advance(bar.task_ids[0], count)


def _out() -> Console:
    console = Console(highlight=False)
    return console if console.is_terminal else Console(width=FILE_COLUMNS, highlight=False)


def _err() -> Console:
    return Console(stderr=True, highlight=False)
