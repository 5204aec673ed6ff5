"""``engawa query``: what the sensors said, from InfluxDB, to a table, a file or a chart."""

import asyncio
import re
import sys
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer

from connectors.influx import wall_ms
from connectors.influx_query import Answer, ask
from connectors.line_protocol import MEASUREMENT
from connectors.query import MOST_ROWS, Aggregate, Query, QueryError
from connectors.where import Condition, WhereError, parse
from streams.answer_chart import drawn
from streams.answers import as_csv, as_json, as_parquet, flat, source
from streams.instants import HELP as INSTANT_HELP
from streams.instants import MS, at
from streams.output import say, show, write
from streams.settings import Settings


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
    limit: Annotated[int, typer.Option(min=1, max=MOST_ROWS, help="Most rows.")] = 10_000,
    timeout: Annotated[float, typer.Option(min=1, max=300, help="Seconds to wait.")] = 30.0,
    form: Annotated[Form, typer.Option("--format", help="How to give the answer.")] = Form.TABLE,
    output: Annotated[
        Path | None, typer.Option(help="Write CSV, Parquet, JSON or the chart to this file.")
    ] = None,
) -> None:
    """Ask InfluxDB what the sensors said, in buckets or point by point.

    Long ranges are read from roll-ups of minutes or hours, which give exactly the same figures;
    what was read is said at the end. With --every and no --agg, the mean is told.

    Example: [bold]engawa query --resource temperature --last 7d --every 1d --agg min,mean,max
    --tz Europe/Amsterdam[/bold]
    """
    _check_output(form, output)
    now_ms = wall_ms()
    zone = _zone(tz)
    from_ms, to_ms = _range(last, start, end, zone, now_ms)
    aggregates = _aggregates(agg, every)
    asked = Query(
        measurement=measurement,
        field=_field(measurement, resource, field),
        from_ms=from_ms,
        to_ms=to_ms,
        every_ms=_duration(every, "--every") if every else None,
        aggregates=aggregates,
        tags=tuple((tag, name) for tag, name in (("site", site), ("device", device)) if name),
        group=_group(group, charted=form is Form.CHART and bool(aggregates)),
        where=_condition(where),
        zone=tz,
        limit=limit,
    )
    try:
        answer = asyncio.run(ask(asked, Settings().influx, now_ms=now_ms, timeout_s=timeout))
        _give(answer, form, output)
    except (QueryError, WhereError) as error:
        raise typer.BadParameter(str(error)) from None


def _give(answer: Answer, form: Form, output: Path | None) -> None:
    about = source(answer)
    if form is Form.TABLE:
        show(flat(answer), title=f"{answer.query.field} of {answer.query.measurement}")
    else:
        _save(_made(answer, form, output), output)
    say(
        f"{len(answer.rows):,} rows from {about['policy']} figures,"
        f" {about['from']} to {about['to']} ({about['zone']})"
    )


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


def _check_output(form: Form, output: Path | None) -> None:
    if form is Form.PARQUET and output is None:
        raise typer.BadParameter("Parquet is no text: name a file", param_hint="--output")
    if form is Form.TABLE and output is not None:
        raise typer.BadParameter("a table goes to the terminal only", param_hint="--output")


def _field(measurement: str, resource: str | None, field: str | None) -> str:
    if measurement == MEASUREMENT and resource and not field:
        return resource
    if measurement != MEASUREMENT and field and not resource:
        return field
    wanted = "--resource" if measurement == MEASUREMENT else "--field"
    raise typer.BadParameter(f"{measurement} are asked for by {wanted}, and it alone")


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise typer.BadParameter(
            f"{name!r} is no time zone; write UTC or Asia/Seoul", param_hint="--tz"
        ) from None


def _range(
    last: str | None, start: str | None, end: str, zone: ZoneInfo, now_ms: int
) -> tuple[int, int]:
    if last and (start or end != "now"):
        raise typer.BadParameter("either --last, or --from and --to", param_hint="--last")
    if start:
        return _at(start, "--from", zone, now_ms), _at(end, "--to", zone, now_ms)
    to_ms = _at(end, "--to", zone, now_ms)
    return to_ms - _duration(last or "24h", "--last"), to_ms


def _at(text: str, option: str, zone: ZoneInfo, now_ms: int) -> int:
    """A point in time; one that names no zone is one of the zone asked for."""
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        return at(text, option, now_ms=now_ms)
    return round((time if time.tzinfo else time.replace(tzinfo=zone)).timestamp() * 1000)


def _duration(text: str, option: str) -> int:
    found = re.fullmatch(r"(\d{1,6})([smhdw])", text, re.ASCII)
    if not found or not int(found[1]):
        raise typer.BadParameter(
            f"{text!r} is no duration; write 30s, 5m, 1h, 7d", param_hint=option
        )
    return int(found[1]) * MS[found[2]]


def _aggregates(text: str | None, every: str | None) -> tuple[Aggregate, ...]:
    words = text.split(",") if text else ["mean"] if every else []
    try:
        return tuple(dict.fromkeys(Aggregate(word.strip()) for word in words))
    except ValueError as error:
        known = ", ".join(Aggregate)
        raise typer.BadParameter(f"{error}; there are {known}", param_hint="--agg") from None


def _group(text: str | None, *, charted: bool) -> tuple[str, ...]:
    words = text.split(",") if text else ["device"] if charted else []
    return tuple(dict.fromkeys(word.strip() for word in words))


def _condition(text: str) -> Condition:
    try:
        return parse(text) if text else ()
    except WhereError as error:
        raise typer.BadParameter(str(error), param_hint="--where") from None
