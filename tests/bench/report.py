"""Figures: medians over rounds, tables, the JSON file."""

import json
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table

from tests.bench.stretch import Stretch
from tests.bench.targets import Row

SHOWN = {
    True: "[green]met[/green]",
    False: "[red]not met[/red]",
    None: "[yellow]too few cores to tell[/yellow]",
}


def summed_up(work: str, subject: str, rounds: Sequence[Stretch]) -> Row:
    """The median of each figure over the rounds, with the lowest and the highest."""
    row: Row = {"work": work, "subject": subject}
    for figure in ("cpu_us", "wall_us"):
        values = [getattr(each, figure) for each in rounds]
        row |= {
            figure: round(median(values), 2),
            f"{figure}_min": round(min(values), 2),
            f"{figure}_max": round(max(values), 2),
        }
    for figure in ("broker_cores", "influx_cores", "idle_cores"):
        row[figure] = round(median(getattr(each, figure) for each in rounds), 2)
    return row | {"events": rounds[0].events, "rounds": len(rounds)}


def show(console: Console, rows: Sequence[Row], targets: Sequence[Row]) -> None:
    """Print a table for each work, and one of the targets."""
    for work in dict.fromkeys(row["work"] for row in rows):
        _show_work(console, work, [row for row in rows if row["work"] == work])
    table = Table("target", "wanted", "reached", "possible", "", title="targets")
    for row in targets:
        cells = (str(row.get(name, "")) for name in ("subject", "wanted", "reached", "possible"))
        table.add_row(*cells, SHOWN[row["met"]])
    console.print(table)


def write(path: Path, rows: Sequence[Row]) -> None:
    """Write every row as JSON."""
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(list(rows), indent=1) + "\n")


def _show_work(console: Console, work: str, rows: Sequence[Row]) -> None:
    """Figures beside each other, lowest and highest behind the median."""
    names = list(dict.fromkeys(name for row in rows for name in row if name != "work"))
    names = [name for name in names if not name.endswith(("_min", "_max"))]
    base = next((row.get("cpu_us") for row in rows if row["subject"] == "engawa"), None)
    table = Table(*names, title=work)
    if base:
        table.add_column("CPU, engawa = 1")
    for row in rows:
        ratio = [f"{row['cpu_us'] / base:.2f}"] if base else []
        table.add_row(*(_cell(row, name) for name in names), *ratio)
    console.print(table)


def _cell(row: Row, name: str) -> str:
    lowest, highest = row.get(f"{name}_min"), row.get(f"{name}_max")
    bounds = f" ({lowest:g}-{highest:g})" if lowest is not None and lowest != highest else ""
    return f"{row.get(name, '')}{bounds}"
