"""Which rooms have said nothing for too long, by the clock of the log and not by their own."""

from collections.abc import Iterator


class Silence:
    """Rooms by number, and when the newest set of each was logged."""

    def __init__(self, patience_ms: float) -> None:
        self._patience_ms = patience_ms
        self.heard: dict[int, int] = {}
        """Epoch milliseconds, the room that was heard longest ago first."""

    def hear(self, room: int, logged_at: int) -> None:
        """A set of a room was logged."""
        self.heard.pop(room, None)
        self.heard[room] = logged_at

    def fallen(self, now_ms: float) -> Iterator[int]:
        """Rooms that have been silent for too long by now; each is told once."""
        while self.heard:
            room = next(iter(self.heard))
            if now_ms - self.heard[room] <= self._patience_ms:
                return
            del self.heard[room]
            yield room
