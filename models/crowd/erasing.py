"""The wishes for erasure that a count has heard: each is fulfilled once, and holds for replays."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from models.arrivals import EARLIEST_MS
from schemas.batch import Origin
from schemas.erasures import Erasure

MOST = 10_000
"""Wishes remembered at most."""

Place = tuple[int, int]
"""When a wish was logged, epoch milliseconds UTC, and its offset."""

NOWHERE: Place = (-1, -1)


@dataclass(frozen=True, slots=True)
class Heard:
    """A wish, and where it stands in its log."""

    place: Place
    asked: Erasure


class Wishes:
    """Wishes in the order of their log, which has one partition."""

    def __init__(self) -> None:
        self.reached = NOWHERE
        """All up to here were fulfilled."""

        self._heard: deque[Heard] = deque(maxlen=MOST)

    def hear(self, origin: Origin, asked: list[Erasure]) -> Iterator[Erasure]:
        """Those among these that are to be fulfilled now."""
        places = zip(origin.logged_at.tolist(), origin.offsets.tolist(), strict=True)
        for place, each in zip(places, asked, strict=True):
            if not _sound(each, place[0]):
                continue
            self._heard.append(Heard(place, each))
            if place > self.reached:
                self.reached = place
                yield each

    def over(self, logged_at: int) -> list[Erasure]:
        """Those that were heard after something was logged, which may be what they forbid."""
        return [each.asked for each in self._heard if each.place[0] >= logged_at]


def _sound(asked: Erasure, logged_at: int) -> bool:
    """Whether a wish says one thing, and nothing of the future."""
    said = [each for each in (asked.person, asked.camera, asked.before) if each is not None]
    return len(said) == 1 and EARLIEST_MS <= (asked.before or EARLIEST_MS) <= logged_at
