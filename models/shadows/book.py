"""The shadows of one partition: updates in, in the one order of their topic, commands out.

Everything follows from the updates and from when Kafka logged them, so the same log gives the
same commands with the same versions, wherever batches are cut and whenever a worker starts anew.

A device's time is the newest event time heard of its room, and goes on from there as Kafka's log
does. So rooms do not hurry each other, and a site that replays the past keeps its own time.
"""

from collections.abc import Mapping
from heapq import heapify, heappop, heappush
from math import inf

from models.shadows.fold import due, now_of, passed
from models.shadows.issue import Told
from models.shadows.refusals import Refusal, refusal
from models.shadows.shadow import Shadow, opened, pages
from models.shadows.terms import Key, Terms
from models.shadows.wishes import came_before, event_time, heard, late, taken
from schemas.codec import encode
from schemas.reasons import Reason
from schemas.shadows import ShadowUpdate


class ShadowBook:
    """Folds updates into commands and alarms, and remembers every device's shadow.

    ``terms`` say which devices there are. An update that came before is passed over: by its id,
    while that is remembered, and a wish by its time as well, since only what is newer than the
    newest of its origin counts. So nothing that is replayed is ever commanded again.
    """

    def __init__(self, terms: Mapping[Key, Terms], *, remembered_updates: int = 10_000) -> None:
        self._terms, self._most_updates = terms, remembered_updates
        self._shadows: dict[Key, Shadow] = {}
        self._updates: dict[str, None] = {}
        self._due: dict[Key, int] = {}
        """When something is due, in the log's time."""

        self._next_due: float = inf
        """Nothing is due before."""

        self._encoded: dict[Key, bytes] = {}
        """What of it needs no encoding when it is saved again."""

    def __len__(self) -> int:
        """Count the devices and updates remembered."""
        return len(self._shadows) + len(self._updates)

    def take(self, update: ShadowUpdate, *, logged_at: int) -> tuple[list[Told], Refusal | None]:
        """What comes of an update, which may be nothing; and why it is set aside, if it is.

        ``logged_at`` is Kafka's timestamp of it, epoch milliseconds.
        """
        key = update.site, update.device
        terms = self._terms.get(key)
        if terms is None:
            named = f"{update.device[:100]!r} at {update.site[:100]!r}"
            return [], (Reason.UNKNOWN_DEVICE, f"device: no room is cooled by {named}")
        if refused := refusal(update, logged_at=logged_at):
            return [], refused
        name = "/".join((*key, update.origin, update.update_id))
        if name in self._updates:
            return [], None
        shadow = self._shadows.get(key) or Shadow(site=key[0], device=key[1], lower=())
        at = event_time(shadow, update, logged_at=logged_at)
        shadow = heard(shadow, update, at=at, logged_at=logged_at)
        shadow, told = passed(shadow, terms, now_of(shadow, at))
        if came_before(shadow, update):
            refused = None
        elif not (refused := late(shadow, update, terms, at=at)):
            self._remember(name)
            shadow, more = taken(shadow, update, terms, at=at)
            told += more
        self._keep(key, shadow, terms)
        return told, refused

    def expire(self, logged_ms: int) -> list[Told]:
        """What is due by this time of the log, the earliest first."""
        if logged_ms < self._next_due:
            return []
        told: list[Told] = []
        waiting = [(at, key) for key, at in self._due.items() if at <= logged_ms]
        heapify(waiting)
        while waiting:
            at, key = heappop(waiting)
            shadow, terms = self._shadows[key], self._terms[key]
            shadow, more = passed(shadow, terms, at - _behind(shadow))
            self._keep(key, shadow, terms)
            told += more
            if self._due.get(key, inf) <= logged_ms:
                heappush(waiting, (self._due[key], key))
        self._next_due = min(self._due.values(), default=inf)
        return told

    def save(self) -> bytes:
        """Everything it remembers."""
        for key, shadow in self._shadows.items():
            if key not in self._encoded:
                self._encoded[key] = encode(shadow)
        return pages((self._encoded[key] for key in sorted(self._shadows)), self._updates)

    def load(self, data: bytes) -> None:
        """Remember what was saved, in place of everything else.

        Raises:
            UndecodableError: these bytes were not saved by a book.

        """
        shadows, updates = opened(data)
        self._updates = dict.fromkeys(updates)
        for kept in (self._shadows, self._due, self._encoded):
            kept.clear()
        for shadow in shadows:
            key = shadow.site, shadow.device
            self._shadows[key] = shadow
            if terms := self._terms.get(key):
                self._keep(key, shadow, terms)

    def _keep(self, key: Key, shadow: Shadow, terms: Terms) -> None:
        if self._shadows.get(key) is not shadow:
            self._encoded.pop(key, None)
        self._shadows[key] = shadow
        self._due.pop(key, None)
        if (at := due(shadow, terms)) is not None:
            self._due[key] = at + _behind(shadow)
            self._next_due = min(self._next_due, self._due[key])

    def _remember(self, name: str) -> None:
        self._updates[name] = None
        if len(self._updates) > self._most_updates:
            del self._updates[next(iter(self._updates))]


def _behind(shadow: Shadow) -> int:
    """By how much a device's time is behind the log's."""
    return shadow.heard_logged_at - shadow.heard_at
