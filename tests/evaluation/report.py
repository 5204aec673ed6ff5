"""Figures: tables, the JSON file, and in words what was reached."""

import json
from collections.abc import Sequence
from pathlib import Path
from statistics import fmean

from rich.console import Console
from rich.table import Table

from tests.evaluation.cases import BEST, ENGAWA, NO_STRESS, RECOMMENDERS
from tests.evaluation.job import Row
from tests.evaluation.targets import Judged, interval, judged, saving, verdicts

WORDS = {True: "[green]met[/green]", False: "[red]missed[/red]", None: "[yellow]beyond[/yellow]"}


def write(path: Path, rows: Sequence[Row]) -> None:
    """Write the rows as JSON, one a line."""
    lines = ",\n".join(json.dumps(row) for row in rows)
    path.write_text(f"[\n{lines}\n]\n", encoding="utf-8")


def show(console: Console, rows: Sequence[Row]) -> None:
    """Print everything: simulated figures, all of them."""
    found = judged(rows)
    calm = [each for each in found if each.place[2] == NO_STRESS]
    _show_calm(console, calm)
    _show_policies(console, [row for row in rows if row["stress"] == NO_STRESS])
    _show_stress(console, rows)
    for policy in RECOMMENDERS:
        _say(console, policy, judged(rows, policy))


def _show_calm(console: Console, found: Sequence[Judged]) -> None:
    table = Table("climate", "load", "best °C")
    table.title = "engawa, simulated: HVAC kWh a day, % saved; planner, and without foresight"
    for name in ("18 °C", "best", "engawa", "% on 18", "% on best", "planner", "w/o f."):
        table.add_column(name, justify="right")
    for name in ("min > 27", "no worse", "3 % better"):
        table.add_column(name)
    for each in found:
        table.add_row(*_calm(each))
    console.print(table)


def _calm(each: Judged) -> list[str]:
    seed = each.seed or each.best
    return [
        *each.place[:2],
        f"{each.best['setpoint_c']:g}",
        *(f"{row['hvac_kwh_day']:.0f}" for row in (seed, each.best, each.row)),
        f"{saving(each.row, seed):.1f}",
        f"{each.saving:.1f}",
        *("-" if bound is None else f"{bound:.1f}" for bound in (each.possible, each.foreseeable)),
        f"{each.row['violation_min']} (best {each.best['violation_min']})",
        WORDS[each.no_worse],
        WORDS[each.better],
    ]


def _show_policies(console: Console, rows: Sequence[Row]) -> None:
    table = Table("policy", title="every policy, simulated, mean over cases without stress")
    for name in ("kWh/day", "min > 27", "degree-min", "changes", "% on best"):
        table.add_column(name, justify="right")
    best = {(row["climate"], row["load"]): row for row in rows if row["policy"] == BEST}
    for policy in dict.fromkeys(row["policy"] for row in rows):
        own = [row for row in rows if row["policy"] == policy]
        savings = [saving(row, best[row["climate"], row["load"]]) for row in own]
        figures = ("hvac_kwh_day", "violation_min", "degree_min", "setpoint_changes")
        means = [f"{fmean(row[figure] for row in own):.1f}" for figure in figures]
        table.add_row(policy, *means, f"{fmean(savings):.1f}")
    console.print(table)


def _show_stress(console: Console, rows: Sequence[Row]) -> None:
    stressed = [row for row in rows if row["stress"] != NO_STRESS]
    if not stressed:
        return
    title = f"under stress, simulated: {stressed[0]['climate']}, {stressed[0]['load']}"
    table = Table("stress", "policy", title=title)
    for name in ("kWh/day", "min > 27", "degree-min", "changes"):
        table.add_column(name, justify="right")
    for row in stressed:
        figures = f"{row['hvac_kwh_day']:.0f}", row["violation_min"], f"{row['degree_min']:.0f}"
        table.add_row(
            row["stress"], row["policy"], *map(str, figures), str(row["setpoint_changes"])
        )
    console.print(table)


def _say(console: Console, policy: str, found: Sequence[Judged]) -> None:
    calm = [each for each in found if each.place[2] == NO_STRESS]
    if not calm:
        return
    console.print(f"[bold]{policy}[/bold], simulated with EnergyPlus 25.2:", highlight=False)
    against_18 = [saving(each.row, each.seed) for each in calm if each.seed]
    possible = [each.possible for each in calm if each.possible is not None]
    foreseeable = [each.foreseeable for each in calm if each.foreseeable is not None]
    for words, values in (
        ("saving against fixed 18 °C", against_18),
        ("saving against the best static setpoint", [each.saving for each in calm]),
        ("what the planner saves against it (the upper bound)", possible),
        ("what it saves without foresight", foreseeable),
    ):
        if values:
            low, high = interval(values)
            told = f"{fmean(values):.1f} % on average over cases (95 %: {low:.1f} to {high:.1f})"
            console.print(f"  {words}: {told}", highlight=False)
    for verdict in verdicts(found if policy == ENGAWA else calm)[: 3 if policy == ENGAWA else 2]:
        console.print(f"  target: {verdict}", highlight=False)
