"""An answer as a chart in the terminal: one line for each group and figure."""

from datetime import timedelta
from typing import Any

import plotext

from connectors.influx_query import Answer
from connectors.query import DAY_MS, QueryError
from streams.answers import local, numbers
from streams.output import plain

MOST_LINES = 20
SIZE = (100, 22)
TICKS = 6
MARKERS = "*o+x#@%&abcdefghijkl"

Line = list[tuple[int, float]]


def drawn(answer: Answer, *, colour: bool) -> str:
    """The chart as text, its times as the clocks of the answer's zone say them.

    Raises:
        QueryError: there are no numbers, or more lines than anybody can tell apart.

    """
    lines = _lines(answer)
    plotext.clear_figure()
    plotext.plotsize(*SIZE)
    plotext.theme("pro" if colour else "clear")
    for marker, (label, points) in zip(MARKERS, sorted(lines.items()), strict=False):
        alone = len(lines) == 1
        plotext.plot(
            [at for at, _ in points],
            [value for _, value in points],
            marker="braille" if alone or colour else marker,
            label=None if alone else label,
        )
    times = [at for points in lines.values() for at, _ in points]
    plotext.xticks(*_ticks(min(times), max(times), answer.query.zone))
    plotext.title(_title(answer))
    text: str = plotext.build()
    return (text if colour else plotext.uncolorize(text)) + "\n"


def _lines(answer: Answer) -> dict[str, Line]:
    lines: dict[str, Line] = {}
    for row in answer.rows:
        for name, value in numbers(row).items():
            lines.setdefault(_label(answer, row, name), []).append((row["time"], value))
    if not lines:
        raise QueryError("there are no numbers to draw")
    if len(lines) > MOST_LINES:
        raise QueryError(
            f"{len(lines)} lines are more than the {MOST_LINES} that a chart holds: choose one"
            " --site or --device, fewer --agg, or another --group"
        )
    return lines


def _label(answer: Answer, row: dict[str, Any], figure: str) -> str:
    """The line that a figure belongs to: points as they came are told apart by their device."""
    query = answer.query
    group = query.group or (() if query.aggregates else ("site", "device"))
    which = "/".join(str(row[tag]) for tag in group if tag in row)
    return plain(f"{which} {figure}".strip() if len(query.aggregates) != 1 else which or figure)


def _title(answer: Answer) -> str:
    query = answer.query
    figures = ", ".join(query.aggregates) or "points"
    return plain(f"{query.field}: {figures} ({query.zone})")


def _ticks(first: int, last: int, zone: str) -> tuple[list[int], list[str]]:
    """Local midnights if there are some, or else moments in equal steps."""
    days = (last - first) // DAY_MS
    if days <= 1:  # two midnights would not tell where in a day a point is
        places = [first + (last - first) * step // (TICKS - 1) for step in range(TICKS)]
        return places, [local(at, zone).strftime("%d %b %H:%M") for at in places]
    # hours of the wall clock, which a day with another number of hours keeps too
    dawn = (local(first - 1, zone) + timedelta(days=1)).replace(
        hour=0, minute=0, second=0, microsecond=0
    )
    step = days // TICKS + 1
    midnights = [dawn + timedelta(days=day) for day in range(0, days + 1, step)]
    places = [round(each.timestamp() * 1000) for each in midnights]
    return places, [each.strftime("%d %b") for each in midnights]
