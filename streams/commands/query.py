"""``engawa query``: what the sensors said, from InfluxDB, to a table, a file or a chart."""

import asyncio
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from connectors.influx import wall_ms
from connectors.influx_query import Answer, ask
from connectors.line_protocol import MEASUREMENT
from connectors.query import MOST_ROWS, Aggregate, Query, QueryError
from connectors.room_history import WHOLE_ROWS, whole_rows
from connectors.where import WhereError
from streams.answer_chart import drawn
from streams.answers import as_csv, as_json, as_parquet, flat, source
from streams.instants import HELP as INSTANT_HELP
from streams.options import (
    aggregates_of,
    condition_of,
    duration_of,
    field_of,
    group_of,
    range_of,
    zone_of,
)
from streams.output import say, show, write
from streams.settings import Settings

MOST_UNASKED = 10_000


class Form(StrEnum):
    """How the answer is given."""

    TABLE = "table"
    CSV = "csv"
    PARQUET = "parquet"
    JSON = "json"
    CHART = "chart"


def query(
    *,
    measurement: Annotated[str, typer.Option(help="readings, alarms, …")] = MEASUREMENT,
    resource: Annotated[
        str | None, typer.Option(help="Quantity of the readings, e.g. temperature.")
    ] = None,
    field: Annotated[
        str | None, typer.Option(help="Field of another measurement, e.g. duration_s.")
    ] = None,
    site: Annotated[str | None, typer.Option(help="Only this site.")] = None,
    device: Annotated[str | None, typer.Option(help="Only this device.")] = None,
    room: Annotated[
        str | None, typer.Option(help="Whole rows of this server room of the site instead.")
    ] = None,
    where: Annotated[
        str,
        typer.Option(help='Only points like this: "value > 31 and quality = spike or value < -5".'),
    ] = "",
    last: Annotated[
        str | None, typer.Option(help="So long until now: 30m, 12h, 7d. 24h if nothing is said.")
    ] = None,
    start: Annotated[
        str | None, typer.Option("--from", help=f"{INSTANT_HELP} Without a zone, in --tz's.")
    ] = None,
    end: Annotated[str, typer.Option("--to", help="Likewise; now if nothing is said.")] = "now",
    every: Annotated[
        str | None, typer.Option(help="Buckets of so long: 5m, 1h, 1d (of local time).")
    ] = None,
    agg: Annotated[
        str | None, typer.Option(help=f"What to tell of each bucket: {', '.join(Aggregate)}.")
    ] = None,
    group: Annotated[
        str | None, typer.Option(help="A series for each of these tags, e.g. site,device.")
    ] = None,
    tz: Annotated[str, typer.Option(help="Time zone of days and times, e.g. Asia/Seoul.")] = "UTC",
    limit: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=MOST_ROWS,
            help=f"Most rows. Unless said, {MOST_UNASKED:,}; of a room {MOST_ROWS:,}.",
        ),
    ] = None,
    timeout: Annotated[float, typer.Option(min=1, max=300, help="Seconds to wait.")] = 30.0,
    form: Annotated[Form, typer.Option("--format", help="How to give the answer.")] = Form.TABLE,
    output: Annotated[
        Path | None, typer.Option(help="Write CSV, Parquet, JSON or the chart to this file.")
    ] = None,
) -> None:
    """Ask InfluxDB what the sensors said, in buckets or point by point.

    Long ranges are read from roll-ups of minutes or hours, which give exactly the same figures,
    the newest minute or two apart; what was read is said at the end. --every alone tells the mean.
    With --room each row is all that a server room had at a time, or its means with --every; as CSV,
    [bold]engawa models train energy --from[/bold] reads it.

    Example: [bold]engawa query --resource temperature --last 7d --every 1d --agg min,mean,max
    --tz Europe/Amsterdam[/bold]
    """
    _check_output(form, output, room)
    now_ms = wall_ms()
    zone = zone_of(tz)
    from_ms, to_ms = range_of(last, start, end, zone, now_ms)
    aggregates = aggregates_of(agg, every)
    asked = Query(
        measurement=measurement,
        field=_field(measurement, resource, field, room),
        from_ms=from_ms,
        to_ms=to_ms,
        every_ms=duration_of(every, "--every") if every else None,
        aggregates=aggregates,
        tags=tuple((tag, name) for tag, name in (("site", site), ("device", device)) if name),
        group=group_of(group, charted=form is Form.CHART and bool(aggregates)),
        where=condition_of(where),
        zone=tz,
        limit=limit or (MOST_UNASKED if room is None else MOST_ROWS),
    )
    settings = Settings()
    try:
        if room is not None:
            asked = whole_rows(asked, room, settings.energy_points)
        answer = asyncio.run(ask(asked, settings.influx, now_ms=now_ms, timeout_s=timeout))
        _check_rows(answer, room)
        _give(answer, form, output)
    except (QueryError, WhereError) as error:
        raise typer.BadParameter(str(error)) from None


def _field(measurement: str, resource: str | None, field: str | None, room: str | None) -> str:
    if room is None:
        return field_of(measurement, resource, field)
    if resource or field or measurement != MEASUREMENT:
        raise typer.BadParameter("a --room is told in whole rows: it needs no other name")
    return WHOLE_ROWS


def _check_rows(answer: Answer, room: str | None) -> None:
    if room is not None and not answer.rows:
        raise QueryError(f"nothing is known of {room} in this time: see --site, --room, --last")


def _give(answer: Answer, form: Form, output: Path | None) -> None:
    about = source(answer)
    if form is Form.TABLE:
        show(flat(answer), title=f"{answer.query.field} of {answer.query.measurement}")
    else:
        _save(_made(answer, form, output), output)
    read = f"{about['policy']} {'roll-ups' if answer.plan.from_roll_ups else 'points'}"
    rows = f"{len(answer.rows):,} rows from {read}"
    say(f"{rows}, {about['from']} to {about['to']} ({about['zone']})")


def _made(answer: Answer, form: Form, output: Path | None) -> str | bytes:
    match form:
        case Form.CSV:
            return as_csv(answer)
        case Form.PARQUET:
            return as_parquet(answer)
        case Form.CHART:
            return drawn(answer, colour=output is None and sys.stdout.isatty())
        case _:
            return as_json(answer)


def _save(made: str | bytes, output: Path | None) -> None:
    if output is None:
        write(str(made))
        return
    try:
        output.write_bytes(made.encode() if isinstance(made, str) else made)
    except OSError as error:
        raise typer.BadParameter(str(error), param_hint="--output") from None


def _check_output(form: Form, output: Path | None, room: str | None) -> None:
    if room is not None and form in (Form.PARQUET, Form.CHART):
        raise typer.BadParameter("a --room is told as table, csv or json", param_hint="--format")
    if form is Form.PARQUET and output is None:
        raise typer.BadParameter("Parquet is no text: name a file", param_hint="--output")
    if form is Form.TABLE and output is not None:
        raise typer.BadParameter("a table goes to the terminal only", param_hint="--output")
