"""What InfluxDB's answers mean: wait, or set aside."""

import re

from connectors.outcome import RefusedError, UnavailableError

LONGEST_PAUSE_S = 60.0
"""Most that a server's ``Retry-After`` is believed."""

_TEXT_LIMIT = 300
_NO_SPACE = re.compile(r"(?i)no space left|disk quota exceeded|disk (is )?full")
_EXPIRED = re.compile(r"points beyond retention policy dropped=(\d+)")
_ADVICE = {
    401: "it does not accept the token: check ENGAWA_INFLUX__TOKEN",
    403: "the token may not do this: check the user's rights",
    404: "database or retention policy is missing: start the worker again to create them",
}
_REFUSALS = frozenset({400, 413, 422})


def failure(
    status: int, text: str, *, retry_after: str | None = None
) -> UnavailableError | RefusedError:
    """The error that an answer other than 2xx stands for.

    What an operator can mend (credentials, a database that is gone, a full disk) is waited for;
    only what lies in the records themselves is refused.
    """
    said = f"InfluxDB answered {status}: {text.strip()[:_TEXT_LIMIT]}"
    if status in _REFUSALS and not _NO_SPACE.search(text):
        return RefusedError(said)
    advice = _ADVICE.get(status)
    reason = f"{said} ({advice})" if advice else said
    return UnavailableError(reason, retry_after_s=_seconds(retry_after))


def too_old(text: str) -> int:
    """How many points the server says it dropped because they are older than it keeps."""
    found = _EXPIRED.search(text)
    return int(found[1]) if found else 0


def _seconds(retry_after: str | None) -> float | None:
    """``Retry-After`` in seconds; its other form, a date, is ignored."""
    if retry_after is None or not re.fullmatch(r"[0-9]{1,9}", retry_after):
        return None
    return min(float(retry_after), LONGEST_PAUSE_S)
