"""Asks InfluxDB one planned question: a single SELECT, every name quoted, every row counted."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from connectors.influx import InfluxSettings
from connectors.influxql import InfluxQL, Row, quoted
from connectors.line_protocol import MEASUREMENT, QUALITY_SUFFIX
from connectors.outcome import UnavailableError
from connectors.query import DAY_MS, MOST_ROWS, Aggregate, Plan, Query, QueryError, plan
from connectors.where import literal, written
from schemas.records import Quality

WEEK_MS = 7 * DAY_MS
MONDAY_MS = 4 * DAY_MS
"""The epoch was a Thursday."""

_FROM_POINTS = {
    Aggregate.MEAN: "mean({value})",
    Aggregate.MIN: "min({value})",
    Aggregate.MAX: "max({value})",
    Aggregate.COUNT: "count({value})",
    Aggregate.LAST: "last({value})",
    Aggregate.FLAGGED: "count({quality})",
}
_FROM_ROLL_UPS = {
    Aggregate.MEAN: "sum(s) / sum(n)",
    Aggregate.MIN: "min(lo)",
    Aggregate.MAX: "max(hi)",
    Aggregate.COUNT: "sum(n)",
    Aggregate.LAST: "last(v)",
    Aggregate.FLAGGED: "sum(f)",
}
_COUNTS = (Aggregate.COUNT, Aggregate.FLAGGED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Rows, each with its ``time`` in epoch milliseconds first, and what they were read from."""

    query: Query
    plan: Plan
    rows: list[Row]


async def ask(
    query: Query, settings: InfluxSettings, *, now_ms: int, timeout_s: float = 30.0
) -> Answer:
    """Answer a question.

    Raises:
        QueryError: it breaks a bound, before or after it was asked.
        UnavailableError: InfluxDB is away, or took longer than ``timeout_s``.
        RefusedError: InfluxDB does not know the time zone.

    """
    planned = plan(query, now_ms=now_ms, settings=settings)
    database = query.database or settings.database
    ql = InfluxQL(settings.url, settings.token, timeout_s=timeout_s)
    try:
        if query.aggregates and query.group:
            counted = await ql.ask(counting(query, planned, database=database))
            _check_rows(query, sum(row["n"] for row in counted))
        found = await ql.ask(statement(query, planned, database=database))
    except UnavailableError as error:
        if isinstance(error.__cause__, httpx.TimeoutException):
            raise UnavailableError(
                f"InfluxDB gave no answer within {timeout_s:g} s: choose a shorter range, fewer"
                " devices or longer buckets, or a longer --timeout"
            ) from error
        raise
    finally:
        await ql.close()
    _check_rows(query, len(found))
    return Answer(query=query, plan=planned, rows=[_row(query, planned, each) for each in found])


def statement(query: Query, planned: Plan, *, database: str) -> str:
    """The one SELECT that asks a planned question.

    Raises:
        WhereError: its condition asks for a quality where there is none.

    """
    source, kept, zone = _source(query, planned, database), _kept(query, planned), _zone(query)
    if not query.aggregates:
        told, limited = _points(query), f" LIMIT {query.limit + 1}"
        return f"SELECT {told} FROM {source}{kept}{limited}{zone}"  # noqa: S608  # names are quoted
    if planned.from_roll_ups:
        # without its own zone InfluxDB 1.8 merges series by UTC's days, and parts the zone's
        source = f"({_figures(query)} FROM {source}{kept}{zone})"
        kept = f" WHERE {_span(planned)}"
    told = _told(query, _FROM_ROLL_UPS if planned.from_roll_ups else _FROM_POINTS)
    return f"SELECT {told} FROM {source}{kept}{_grouped(query)}{zone}"  # noqa: S608  # as above


def counting(query: Query, planned: Plan, *, database: str) -> str:
    """What asks how many rows aggregates would have: only InfluxDB knows the series.

    Its own ``SLIMIT`` leaves series out without a word, those that have rows among them.
    """
    source, kept, zone = _source(query, planned, database), _kept(query, planned), _zone(query)
    value = quoted(f"{query.field}_{Aggregate.COUNT}" if planned.from_roll_ups else query.field)
    rows = f"SELECT count({value}) AS n FROM {source}{kept}{_grouped(query)}{zone}"  # noqa: S608  # as above
    return f"SELECT count(n) AS n FROM ({rows}) WHERE {_span(planned)}{zone}"  # noqa: S608  # as above


def _check_rows(query: Query, rows: int) -> None:
    if rows > query.limit:
        most = f"more than {query.limit:,}" if not query.aggregates else f"{rows:,}"
        raise QueryError(
            f"{most} rows, and the limit is {query.limit:,}: choose a shorter range, one --site or"
            f" --device, longer buckets (--every), or a --limit of up to {MOST_ROWS:,}"
        )


def _source(query: Query, planned: Plan, database: str) -> str:
    return ".".join(map(quoted, (database, planned.policy, query.measurement)))


def _span(planned: Plan) -> str:
    return f"time >= {planned.from_ms}ms AND time < {planned.to_ms}ms"


def _kept(query: Query, planned: Plan) -> str:
    """Which points are looked at."""
    tags = [f"{quoted(tag)} = {literal(value)}" for tag, value in query.tags]
    quality = _quality(query) if query.measurement == MEASUREMENT else None
    where = [written(query.where, value=query.field, quality=quality)] if query.where else []
    return f" WHERE {' AND '.join([_span(planned), *tags, *where])}"


def _zone(query: Query) -> str:
    return "" if query.zone == "UTC" else f" tz({literal(query.zone)})"


def _points(query: Query) -> str:
    if query.columns:
        return ", ".join(quoted(name) for name, _ in query.columns)
    value = f'{quoted(query.field)} AS "value"'
    quality = (
        f', {quoted(_quality(query))} AS "quality"' if query.measurement == MEASUREMENT else ""
    )
    return f"{value}{quality}, *::tag"


def _figures(query: Query) -> str:
    mean, low, high, count, last, flagged = (
        quoted(f"{query.field}_{figure}") for figure in Aggregate
    )
    return (
        f"SELECT {mean} * {count} AS s, {count} AS n, {low} AS lo, {high} AS hi,"
        f" {last} AS v, {flagged} AS f"
    )


def _told(query: Query, how: Mapping[Aggregate, str]) -> str:
    if query.columns:
        pairs = [(quoted(name), how[each]) for name, each in query.columns]
        return ", ".join(f"{figure.format(value=name)} AS {name}" for name, figure in pairs)
    names = {"value": quoted(query.field), "quality": quoted(_quality(query))}
    return ", ".join(f'{how[each].format(**names)} AS "{each}"' for each in query.aggregates)


def _grouped(query: Query) -> str:
    by = [*map(quoted, query.group)]
    if query.every_ms is None:
        return f" GROUP BY {', '.join(by)}" if by else ""
    week = f", {MONDAY_MS}ms" if query.every_ms % WEEK_MS == 0 else ""
    return f" GROUP BY {', '.join([f'time({query.every_ms}ms{week})', *by])} fill(none)"


def _quality(query: Query) -> str:
    return query.field + QUALITY_SUFFIX


def _row(query: Query, planned: Plan, found: Row) -> Row:
    if query.columns:
        return found
    if not query.aggregates:
        told: dict[str, Any] = {"value": _number(query, found.pop("value"))}
        if query.measurement == MEASUREMENT:
            told["quality"] = found.pop("quality") or Quality.GOOD.value
        return {"time": found.pop("time"), **found, **told}
    # alone, min and max would give the time of their point
    time = found["time"] if query.every_ms else planned.from_ms
    told = {each.value: _number(query, found[each]) for each in query.aggregates}
    told |= {each: found[each] or 0 for each in _COUNTS if each in told}
    return {"time": time, **{tag: found[tag] for tag in query.group}, **told}


def _number(query: Query, value: Any) -> Any:
    """JSON's 17 is a reading of 17.0."""
    return float(value) if query.measurement == MEASUREMENT and type(value) is int else value
