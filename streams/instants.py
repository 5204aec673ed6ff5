"""Points in time as people write them: ``now``, ``2h`` ago, an ISO date with or without a zone."""

import re
from datetime import UTC, datetime, timedelta

import typer

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MS = {"s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 7 * 86_400_000}

HELP = "ISO time (UTC unless it says its zone), or how long ago: 30m, 2h, 7d."


def instant(text: str, *, now_ms: int) -> int:
    """A point in time in epoch milliseconds UTC.

    Raises:
        ValueError: it is none.

    """
    if text == "now":
        return now_ms
    if ago := re.fullmatch(r"(\d{1,9}(?:\.\d+)?)([smhdw])", text):
        return now_ms - round(float(ago[1]) * MS[ago[2]])
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(
            f"{text!r} is no time; write 2h, 7d, 2026-05-01 or 2026-05-01T08:30+02:00"
        ) from None
    return round((time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp() * 1000)


def iso(at_ms: int) -> str:
    """Epoch milliseconds as ISO time, to the millisecond; as they are if no calendar has them."""
    try:
        time = EPOCH + timedelta(milliseconds=at_ms)
        return time.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    except OverflowError:
        return f"{at_ms} ms"


def at(text: str, option: str, *, now_ms: int) -> int:
    """The point in time that an option names; wrong usage if it names none."""
    try:
        return instant(text, now_ms=now_ms)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint=option) from None
