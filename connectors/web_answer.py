"""What the answers of webhooks mean: done, wait, or set aside."""

import json
import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from connectors.outcome import RefusedError, UnavailableError

LONGEST_PAUSE_S = 3600.0
"""Most that a server's wish to be left alone is believed."""

_NUMBER = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?")
_REQUEST_TIMEOUT, _TOO_EARLY, _TOO_MANY, _SERVER = 408, 425, 429, 500


def failure(
    status: int, said: str, *, retry_after: str | None = None, body: str = "", now_s: float = 0.0
) -> UnavailableError | RefusedError:
    """The error that an answer other than 2xx stands for; ``said`` describes it without secrets.

    ``retry_after`` is the header, in seconds or as a date; Discord also says it in its JSON
    (docs.discord.com, Rate Limits). ``now_s`` is the wall clock in seconds.
    """
    if status < _SERVER and status not in (_REQUEST_TIMEOUT, _TOO_EARLY, _TOO_MANY):
        return RefusedError(said)
    pauses = [seconds(retry_after, now_s), _in_json(body) if status == _TOO_MANY else None]
    asked = [pause for pause in pauses if pause is not None]
    return UnavailableError(said, retry_after_s=max(asked) if asked else None)


def seconds(header: str | None, now_s: float) -> float | None:
    """A pause in seconds, from a number or a date; None if it is neither."""
    if header is None:
        return None
    text = header.strip()
    if _NUMBER.fullmatch(text):
        return min(float(text), LONGEST_PAUSE_S)
    try:
        until = parsedate_to_datetime(text)
    except ValueError:
        return None
    ahead = until.replace(tzinfo=until.tzinfo or UTC) - datetime.fromtimestamp(now_s, UTC)
    return min(max(ahead.total_seconds(), 0.0), LONGEST_PAUSE_S)


def _in_json(body: str) -> float | None:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return None
    asked = said.get("retry_after") if isinstance(said, dict) else None
    return seconds(str(asked), 0.0) if isinstance(asked, int | float) else None
