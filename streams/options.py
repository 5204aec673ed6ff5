"""What the options of a query say; whatever says nothing is wrong usage."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer

from connectors.line_protocol import MEASUREMENT
from connectors.query import Aggregate
from connectors.where import Condition, WhereError, parse
from streams.instants import MS, at


def field_of(measurement: str, resource: str | None, field: str | None) -> str:
    """The field asked for: readings are asked for by resource."""
    if measurement == MEASUREMENT and resource and not field:
        return resource
    if measurement != MEASUREMENT and field and not resource:
        return field
    wanted = "--resource" if measurement == MEASUREMENT else "--field"
    raise typer.BadParameter(f"{measurement} are asked for by {wanted}, and it alone")


def zone_of(name: str) -> ZoneInfo:
    """The time zone of this name."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise typer.BadParameter(
            f"{name!r} is no time zone; write UTC or Asia/Seoul", param_hint="--tz"
        ) from None


def range_of(
    last: str | None, start: str | None, end: str, zone: ZoneInfo, now_ms: int
) -> tuple[int, int]:
    """From when to when, epoch milliseconds; the last day if nothing is said."""
    if last and (start or end != "now"):
        raise typer.BadParameter("either --last, or --from and --to", param_hint="--last")
    if start:
        return _at(start, "--from", zone, now_ms), _at(end, "--to", zone, now_ms)
    to_ms = _at(end, "--to", zone, now_ms)
    return to_ms - duration_of(last or "24h", "--last"), to_ms


def _at(text: str, option: str, zone: ZoneInfo, now_ms: int) -> int:
    """A point in time; one that names no zone is one of the zone asked for."""
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        return at(text, option, now_ms=now_ms)
    return round((time if time.tzinfo else time.replace(tzinfo=zone)).timestamp() * 1000)


def duration_of(text: str, option: str) -> int:
    """A duration in milliseconds."""
    found = re.fullmatch(r"(\d{1,6})([smhdw])", text, re.ASCII)
    if not found or not int(found[1]):
        raise typer.BadParameter(
            f"{text!r} is no duration; write 30s, 5m, 1h, 7d", param_hint=option
        )
    return int(found[1]) * MS[found[2]]


def aggregates_of(text: str | None, every: str | None) -> tuple[Aggregate, ...]:
    """What to tell of each bucket: its mean if nothing is said."""
    words = text.split(",") if text else ["mean"] if every else []
    try:
        return tuple(dict.fromkeys(Aggregate(word.strip()) for word in words))
    except ValueError as error:
        known = ", ".join(Aggregate)
        raise typer.BadParameter(f"{error}; there are {known}", param_hint="--agg") from None


def group_of(text: str | None, *, charted: bool) -> tuple[str, ...]:
    """The tags that tell series apart; a chart has a line for each device."""
    words = text.split(",") if text else ["device"] if charted else []
    return tuple(dict.fromkeys(word.strip() for word in words))


def condition_of(text: str) -> Condition:
    """The condition on points."""
    try:
        return parse(text) if text else ()
    except WhereError as error:
        raise typer.BadParameter(str(error), param_hint="--where") from None
