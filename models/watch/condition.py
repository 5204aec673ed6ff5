"""One condition of a device: on which level it stands, and how it came there.

A level is raised by the first reading that shows its bound, or a higher level's, crossed by every
reading for ``on_delay`` of event time; the highest such level counts. It is lowered by the first
reading that shows its reset to have held for ``off_delay``, to the highest level whose bound that
reading crosses, as Kapacitor's AlertNode does (docs.influxdata.com/kapacitor). So a delay ends with
a reading that still says the same, and only times of readings are compared, never another clock.

A condition flaps once more than half of its last 20 steps from reading to reading changed its
level, until fewer than a quarter do (Kapacitor's ``.flapping(0.25, 0.5)``, history 21, without
weights). While it flaps only the end of the flapping is news.
"""

from dataclasses import dataclass, field

from models.watch.ladder import NOTHING, Interval, Ladder

NEVER = -(1 << 62)
"""Before all times."""

HISTORY = 21
FLAPS_ABOVE, CALMS_BELOW = 10, 5
"""Changes among 20 steps: a half, and a quarter."""

_MASK = (1 << 2 * HISTORY) - 1
_STEPS = sum(1 << 2 * step for step in range(HISTORY - 1))
_EVERY = sum(1 << 2 * step for step in range(HISTORY))


@dataclass(slots=True, kw_only=True)
class Condition:
    """What is remembered of a condition that was ever anything but ok. Levels are ranks."""

    level: int = 0
    told: int = 0
    """The level that was judged last."""

    flapping: bool = False
    number: int = 0
    """Of the last judgement."""

    since: int = NEVER
    """From when on the level held."""

    threshold: float | None = None
    """The limit that was crossed last."""

    value: float | None = None
    """The reading that was judged last."""

    held: list[int] = field(default_factory=lambda: [NEVER] * 3)
    """Since when each level above the present one has been asked for by every reading."""

    reset_since: int = NEVER
    history: int = 0
    """The last 21 levels, two bits each, the youngest lowest. It begins with ok."""

    late: int = 0
    """The worst level that late readings told since the last one that was in time."""

    @property
    def fresh(self) -> bool:
        """Whether there is nothing to remember."""
        return self == _FRESH

    @property
    def stands(self) -> bool:
        """Whether something is wrong by the last judgement."""
        return self.told > 0 or self.flapping

    def judge(self, ladder: Ladder, value: float, at: int, on_ms: int, off_ms: int) -> bool:
        """Take in a reading; tell whether that is news."""
        self.late = 0
        self._move(ladder, value, at, on_ms, off_ms)
        self.history = (self.history << 2 | self.level) & _MASK
        changes = self._changes()
        if self.flapping:
            self.flapping = changes >= CALMS_BELOW
            news = not self.flapping
        else:
            self.flapping = changes > FLAPS_ABOVE
            news = self.flapping or self.level != self.told
        if news:
            self.told = self._worst() if self.flapping else self.level
        return news

    def judge_late(self, ladder: Ladder, value: float, on_ms: int) -> bool:
        """Take in a late reading; tell whether it crosses a bound, which is news but no level.

        Only if all is well now, so that there is nothing to disturb; and only if one reading is
        enough, as late ones cannot show that anything lasted.
        """
        rank = 0 if on_ms or self.level or self.flapping else ladder.demand(value)
        news = rank > self.late
        self.late = max(self.late, rank)
        return news

    def calm(self, ladder: Ladder, value: float) -> Interval:
        """Values that leave everything as it is after ``value``."""
        pending = self.reset_since != NEVER or max(self.held) != NEVER
        if pending or self.flapping or self.late or self._changes():
            return NOTHING
        return ladder.calm(self.level, value)

    def _move(self, ladder: Ladder, value: float, at: int, on_ms: int, off_ms: int) -> None:
        demand = ladder.demand(value)
        reached = self.level
        for rank in range(1, 4):
            if not self.level < rank <= demand:
                self.held[rank - 1] = NEVER
                continue
            if self.held[rank - 1] == NEVER:
                self.held[rank - 1] = at
            if at - self.held[rank - 1] >= on_ms:
                reached = rank
        if reached > self.level:
            self._stand(reached, self.held[reached - 1], ladder.limit(reached, value))
            self.held[:reached] = [NEVER] * reached
        elif demand < self.level and ladder.resets(self.level, value):
            self.reset_since = at if self.reset_since == NEVER else self.reset_since
            if at - self.reset_since >= off_ms:
                self._stand(demand, self.reset_since, ladder.limit(demand, value))
        else:
            self.reset_since = NEVER

    def _stand(self, level: int, since: int, limit: float | None) -> None:
        self.level, self.since, self.reset_since = level, since, NEVER
        if limit is not None:
            self.threshold = limit

    def _changes(self) -> int:
        differ = self.history ^ self.history >> 2
        return ((differ | differ >> 1) & _STEPS).bit_count()

    def _worst(self) -> int:
        low, high = self.history & _EVERY, self.history >> 1 & _EVERY
        return 3 if low & high else 2 if high else 1 if low else 0


_FRESH = Condition()
