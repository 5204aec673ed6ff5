"""What analysts ask of InfluxDB, bounded, and which figures can answer it: values in, values out.

Points as they came are kept shortest, minutes longer, hours longest. A long range is answered by
roll-ups wherever they give exactly what the points would.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from connectors.alarm_points import MEASUREMENT as ALARMS
from connectors.alarm_points import RETENTION as ALARMS_KEPT
from connectors.energy_points import RETENTION as ROOMS_KEPT
from connectors.influx import HOUR, HOUR_MS, MINUTE, RAW, InfluxSettings
from connectors.line_protocol import MEASUREMENT
from connectors.rollup_marks import MINUTE_MS
from connectors.where import Condition

DAY_MS = 24 * HOUR_MS
LONGEST_RANGE_MS = 3653 * DAY_MS
"""Ten years."""

MOST_ROWS = 100_000
LONGEST_NAME = 200
MINUTES_BEYOND_MS = 6 * HOUR_MS
HOURS_BEYOND_MS = 14 * DAY_MS
"""A range longer than this is answered by coarser figures although finer ones may be there."""

IN_DAYS_H = 48
"""From here on hours are said as days."""

_STEP_MS = {HOUR: HOUR_MS, MINUTE: MINUTE_MS}


class Aggregate(StrEnum):
    """What is told of the values in a bucket; roll-ups hold each of them."""

    MEAN = "mean"
    MIN = "min"
    MAX = "max"
    COUNT = "count"
    LAST = "last"
    FLAGGED = "flagged"
    """How many readings were anything but good."""


class QueryError(ValueError):
    """A question that is refused: which bound it breaks, and how to narrow it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """One question: points as they came, or aggregates of them."""

    field: str
    """The resource of ``readings``, or a field of another measurement."""

    from_ms: int
    to_ms: int
    """Epoch milliseconds; the end is not part of the range."""

    measurement: str = MEASUREMENT
    aggregates: tuple[Aggregate, ...] = ()
    every_ms: int | None = None
    """Length of a bucket of local time; one bucket for the whole range if there is none."""

    tags: tuple[tuple[str, str], ...] = ()
    """Only points that carry these."""

    group: tuple[str, ...] = ()
    where: Condition = ()
    zone: str = "UTC"
    limit: int = 10_000
    columns: tuple[tuple[str, Aggregate], ...] = ()
    """A server room's fields, side by side in place of ``field``; what a bucket tells of each."""

    database: str | None = None
    """If it is another than that of readings."""

    @property
    def rolled_up(self) -> bool:
        """Whether roll-ups can give exactly what the points would: they hold no single values."""
        return self.measurement == MEASUREMENT and bool(self.aggregates) and not self.where


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Which figures answer a question, and over which range: theirs are whole steps."""

    policy: str
    from_ms: int
    to_ms: int
    buckets: int
    """Most rows of one series; 0 for points, which nobody has counted."""

    @property
    def from_roll_ups(self) -> bool:
        """Whether the figures are roll-ups, and not points as they came."""
        return self.policy in _STEP_MS


def plan(query: Query, *, now_ms: int, settings: InfluxSettings) -> Plan:
    """Choose the figures that answer a question.

    Raises:
        QueryError: it breaks a bound, or is about a time of which too little is kept.

    """
    _check(query, now_ms)
    policy = _policy(query, now_ms, settings)
    others_h = {ALARMS_KEPT: settings.hour_retention_h, ROOMS_KEPT: settings.raw_retention_h}
    kept_h = (settings.retention_h() | others_h)[policy]
    if query.from_ms < now_ms - kept_h * HOUR_MS:
        raise QueryError(_too_old(query, policy, kept_h))
    step = _STEP_MS.get(policy, 1)
    first, end = query.from_ms // step * step, -(-query.to_ms // step) * step
    every = query.every_ms or end - first
    # a range that begins inside a bucket touches one more
    buckets = -(-(end - first) // every) + bool(query.every_ms) if query.aggregates else 0
    if buckets > query.limit:
        raise QueryError(
            f"{buckets:,} buckets are more than the limit of {query.limit:,} rows: choose longer"
            f" buckets (--every), a shorter range, or a --limit of up to {MOST_ROWS:,}"
        )
    return Plan(policy=policy, from_ms=first, to_ms=end, buckets=buckets)


def _check(query: Query, now_ms: int) -> None:
    if query.from_ms < 0 or query.to_ms > now_ms + LONGEST_RANGE_MS:
        raise QueryError("the range lies before 1970, or more than 10 years ahead")
    if query.from_ms >= query.to_ms:
        raise QueryError("the range ends before it begins")
    if query.to_ms - query.from_ms > LONGEST_RANGE_MS:
        raise QueryError("the range is longer than 10 years: choose a shorter one")
    if not 1 <= query.limit <= MOST_ROWS:
        raise QueryError(f"the limit is 1 to {MOST_ROWS:,} rows")
    if query.every_ms is not None and not query.aggregates:
        raise QueryError("buckets need something to tell of them: add --agg mean")
    if Aggregate.FLAGGED in query.aggregates and query.measurement != MEASUREMENT:
        raise QueryError(f"only {MEASUREMENT} have a quality, so nothing else can be flagged")
    if query.every_ms and DAY_MS % query.every_ms and len(_offsets_ms(query)) > 1:
        # InfluxDB 1.8 gives and takes the hour of the change in buckets beyond a day
        raise QueryError(
            f"clocks in {query.zone} change within the range, so only a day or an equal part of it"
            " can be a bucket: choose --every 1d, 6h, 1h, 5m … or --tz UTC"
        )
    _check_names(query)


def _check_names(query: Query) -> None:
    tags = [word for pair in query.tags for word in pair]
    for name in (query.measurement, query.field, *tags, *query.group):
        if not name.isprintable() or not 1 <= len(name) <= LONGEST_NAME:
            raise QueryError(f"{name[:40]!r} is no name: 1 to {LONGEST_NAME} printable characters")
    if "time" in (query.field, *(tag for tag, _ in query.tags), *query.group):
        raise QueryError("time is chosen by the range, and grouped by --every")


def _policy(query: Query, now_ms: int, settings: InfluxSettings) -> str:
    if query.columns:
        return ROOMS_KEPT
    if query.measurement == ALARMS:
        return ALARMS_KEPT
    span, age = query.to_ms - query.from_ms, now_ms - query.from_ms
    far = {
        HOUR: span > HOURS_BEYOND_MS or age > settings.minute_retention_h * HOUR_MS,
        MINUTE: span > MINUTES_BEYOND_MS or age > settings.raw_retention_h * HOUR_MS,
    }
    for policy in (HOUR, MINUTE):
        if query.rolled_up and far[policy] and _fits(query, _STEP_MS[policy]):
            return policy
    return RAW


def _fits(query: Query, step_ms: int) -> bool:
    """Whether every bucket is made of whole steps, in its time zone too."""
    if query.every_ms is None:
        return True
    return query.every_ms % step_ms == 0 and all(at % step_ms == 0 for at in _offsets_ms(query))


def _offsets_ms(query: Query) -> set[int]:
    """How far the zone's clocks are from UTC in the range, looked at once a day."""
    zone = ZoneInfo(query.zone)
    times = (*range(query.from_ms, query.to_ms, DAY_MS), query.to_ms)
    offsets = (datetime.fromtimestamp(at / 1000, zone).utcoffset() for at in times)
    return {round(each.total_seconds() * 1000) for each in offsets if each is not None}


def _too_old(query: Query, policy: str, kept_h: int) -> str:
    kept = f"{kept_h / 24:g} days" if kept_h >= IN_DAYS_H else f"{kept_h} hours"
    figures = {MINUTE: "minutes", HOUR: "hours"}.get(policy, "points as they came")
    said = f"{figures} are kept for {kept}, and the range begins before that: choose a shorter one"
    if policy == HOUR or query.measurement != MEASUREMENT:
        return said
    if query.where:
        return f"{said}, or leave out --where, which only points can answer"
    coarser = "1m or 1h" if policy == RAW else "1h, in a time zone of whole hours"
    return f"{said}, or ask for --agg with --every {coarser}: roll-ups are kept longer"
