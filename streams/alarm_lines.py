"""Alarms as people look at them: a row each."""

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from schemas.alarms import AlarmChange, Level
from streams.instants import iso
from streams.output import Row, cell

STYLES = {Level.CRITICAL: "bold red", Level.WARNING: "yellow", Level.INFO: "cyan", Level.OK: "dim"}


def line(alarm: AlarmChange) -> Row:
    """How an alarm is, in one row."""
    return {
        "alarm": alarm.alarm,
        "level": alarm.level,
        "state": state(alarm),
        "value": measured(alarm.value, alarm.unit),
        "threshold": measured(alarm.threshold, alarm.unit),
        "raised": iso(alarm.raised_at),
        "changed": iso(alarm.at),
    }


def event(change: AlarmChange) -> Row:
    """What became of an alarm, in one row."""
    return {
        "at": iso(change.at),
        "change": change.change,
        "level": change.level,
        "value": measured(change.value, change.unit),
        "by": change.by,
        "text": change.text,
        "opening": change.openings,
        "sequence": change.sequence,
    }


def state(alarm: AlarmChange) -> str:
    """How an alarm stands, in words."""
    words = [
        "active" if alarm.active else "cleared",
        f"seen by {alarm.acknowledged_by}" if alarm.acknowledged else "unseen",
        "latched" if alarm.latched else "",
        "flapping" if alarm.flapping else "",
        "device silent" if alarm.inhibited else "",
        "disabled" if alarm.disabled else "",
        f"shelved until {iso(alarm.shelved_until)}" if alarm.shelved_until is not None else "",
        "from late data" if alarm.backfilled else "",
    ]
    return ", ".join(word for word in words if word)


def measured(number: float | None, unit: str | None) -> str | None:
    """A number with its unit."""
    return None if number is None else f"{number:g} {unit or ''}".rstrip()


def board(alarms: Sequence[AlarmChange], *, title: str) -> Table:
    """Alarms as a table in the colours of their levels."""
    table = Table(title=title, title_justify="left", title_style="bold", header_style="bold")
    for name in ("alarm", "level", "state", "value", "threshold", "raised", "changed"):
        table.add_column(name)
    for alarm in alarms:
        style = "dim" if alarm.acknowledged or alarm.shelved_until else STYLES[alarm.level]
        cells = [Text(cell(value), overflow="fold") for value in line(alarm).values()]
        table.add_row(*cells, style=style)
    return table
