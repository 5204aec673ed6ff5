"""Floods: past so many alarms in a window a channel gets the rest as one digest."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from models.notify.notices import Line
from models.notify.rules import Digest
from schemas.alarms import Level
from schemas.notifications import Occasion

MINUTE_MS = 60_000
MAX_LINES = 1000
"""A window that holds back more gives several digests: each names all its messages and still stays
below 64 KiB, which any receiver takes."""


class Flood:
    """What one channel has been sent in the current window, and what is held back.

    A window starts with the first message after the last one ended. It counts alarms, not
    messages: what becomes of an alarm that was told singly is told singly too.
    """

    def __init__(self, rules: Digest) -> None:
        self._alarms = rules.alarms
        self._window_ms = rules.window_min * MINUTE_MS
        self.start_ms: int | None = None
        self.told: set[str] = set()
        self.held: list[Line] = []

    def over(self, now_ms: int) -> bool:
        """Whether the window has ended; also if clocks went back by a whole one."""
        return self.start_ms is not None and abs(now_ms - self.start_ms) >= self._window_ms

    def admits(self, alarm_id: str, now_ms: int, *, critical: bool) -> bool:
        """Whether a message goes out singly; if not, ``hold`` it. The critical always does."""
        if self.start_ms is None:
            self.start_ms = now_ms
        if alarm_id in self.told:
            return True
        if len(self.told) < self._alarms:
            self.told.add(alarm_id)
            return True
        return critical

    def hold(self, line: Line) -> list[Line]:
        """Hold a message back; gives what has to go out now because there is too much of it."""
        self.held.append(line)
        return self.release() if len(self.held) >= MAX_LINES else []

    def release(self) -> list[Line]:
        """Give what is held back."""
        held, self.held = self.held, []
        return held

    def end(self) -> list[Line]:
        """End the window; gives what is held back."""
        self.start_ms = None
        self.told.clear()
        return self.release()

    def save(self) -> dict[str, Any]:
        """The state as JSON data."""
        held = [asdict(line) for line in self.held]
        return {"start_ms": self.start_ms, "told": sorted(self.told), "held": held}

    def load(self, data: Mapping[str, Any]) -> None:
        """Put a saved state back."""
        self.start_ms = data["start_ms"]
        self.told = set(data["told"])
        self.held = [
            Line(**{**line, "occasion": Occasion(line["occasion"]), "level": Level(line["level"])})
            for line in data["held"]
        ]
