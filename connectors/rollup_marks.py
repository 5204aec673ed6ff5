"""Marks in InfluxDB that say which minutes have to be rolled up again: values in, values out.

A mark is a point of ``rollup_pending`` at the start of its minute, with three fields: ``touched``,
the last batch that wrote into the minute; ``claimed``, the last roller that began on it; ``done``,
the ``touched`` that a roller had seen before it rolled. A minute is pending while ``touched`` and
``done`` differ.
"""

from collections.abc import Iterable, Mapping

import numpy as np

from schemas.batch import Int64s, Origin

MARKS = "rollup_pending"
MINUTE_MS = 60_000


def token(origin: Origin) -> str:
    """The name of a batch: the same for the same messages, another for any others.

    Kafka's own timestamp is part of it because a topic made anew counts its offsets from 0 again.
    """
    offsets, logged_at = f"{origin.offsets[0]}-{origin.offsets[-1]}", origin.logged_at[-1]
    return f"{origin.topic}/{origin.partition}/{offsets}/{logged_at}"


def minutes(at: Int64s) -> list[int]:
    """The starts of the minutes in which these times lie."""
    return [int(start) for start in np.unique(at // MINUTE_MS * MINUTE_MS)]


def marked(windows: Iterable[int], field: str, value: str) -> bytes:
    """Line protocol that sets one field of the marks of these windows.

    ``value`` is a token or a roller's name: no quotes, backslashes or line feeds.
    """
    return b"".join(f'{MARKS} {field}="{value}" {start}\n'.encode() for start in windows)


def pending(rows: Iterable[Mapping[str, object]]) -> dict[int, str]:
    """The windows that have to be rolled up, and what touched them last, by their marks' rows."""
    return {
        int(str(row["time"])): str(row["touched"])
        for row in rows
        if row["touched"] is not None and row["touched"] != row.get("done")
    }


def begun_by_others(rows: Iterable[Mapping[str, object]], *, name: str, since_ms: int) -> set[int]:
    """The windows that a roller of another name has begun on lately; its claims end in a time."""
    begun = set()
    for row in rows:
        who, _, when = str(row.get("claimed") or "").rpartition("/")
        if who != name and when.isdigit() and int(when) >= since_ms:
            begun.add(int(str(row["time"])))
    return begun


def spans(starts: Iterable[int], *, step_ms: int, longest: int) -> list[tuple[int, int]]:
    """Windows of ``step_ms`` joined with their neighbours, ``longest`` of them at most.

    Each span is its start and its end, which is not part of it.
    """
    joined: list[tuple[int, int]] = []
    for start in sorted(set(starts)):
        first, end = joined[-1] if joined else (start, None)
        if end == start and end - first < longest * step_ms:
            joined[-1] = (first, start + step_ms)
        else:
            joined.append((start, start + step_ms))
    return joined
