"""One condition, once more: slow and easy to read."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from models.alarms.rules import Bound
from schemas.alarms import Level

LEVELS = list(Level)
OK = 0

Bounds = Mapping[Level, Bound]


@dataclass(slots=True)
class PlainCondition:
    level: int = OK
    told: int = OK
    flapping: bool = False
    number: int = 0
    since: int = 0
    threshold: float | None = None
    value: float | None = None
    asked_since: dict[int, int] = field(default_factory=dict)
    reset_since: int | None = None
    history: list[int] = field(default_factory=lambda: [OK])
    late: int = OK

    @property
    def stands(self) -> bool:
        return self.told > OK or self.flapping

    def judge(self, bounds: Bounds, value: float, at: int, *, on_ms: int, off_ms: int) -> bool:
        """Take in a reading; whether that is news."""
        self.late = OK
        self.move(bounds, value, at, on_ms=on_ms, off_ms=off_ms)
        self.history = [*self.history, self.level][-21:]
        pairs = zip(self.history, self.history[1:], strict=False)
        changes = sum(before != after for before, after in pairs) / 20
        was_flapping = self.flapping
        self.flapping = changes >= 0.25 if was_flapping else changes > 0.5
        if self.flapping and not was_flapping:
            self.told = max(self.history)
            return True
        if not self.flapping and (was_flapping or self.level != self.told):
            self.told = self.level
            return True
        return False

    def move(self, bounds: Bounds, value: float, at: int, *, on_ms: int, off_ms: int) -> None:
        asked = demand(bounds, value)
        self.asked_since = {
            rank: self.asked_since.get(rank, at) for rank in range(self.level + 1, asked + 1)
        }
        held = [rank for rank, since in self.asked_since.items() if at - since >= on_ms]
        here = bounds.get(LEVELS[self.level])
        if held:
            self.level = max(held)
            self.since = self.asked_since[self.level]
            self.threshold = crossed(bounds[LEVELS[self.level]], value)
            self.reset_since = None
            above = {r: since for r, since in self.asked_since.items() if r > self.level}
            self.asked_since = above
        elif asked < self.level and (here is None or has_reset(here, value)):
            self.reset_since = at if self.reset_since is None else self.reset_since
            if at - self.reset_since >= off_ms:
                self.level, self.since, self.reset_since = asked, self.reset_since, None
                if asked:
                    self.threshold = crossed(bounds[LEVELS[asked]], value)
        else:
            self.reset_since = None


def demand(bounds: Bounds, value: float) -> int:
    """The highest level that a value asks for."""
    ranks = [LEVELS.index(level) for level in bounds if crossed(bounds[level], value) is not None]
    return max(ranks, default=OK)


def crossed(bound: Bound, value: float) -> float | None:
    """The limit that a value is beyond."""
    at_limit = value if bound.inclusive else None
    if bound.above is not None and (value > bound.above or at_limit == bound.above):
        return bound.above
    if bound.below is not None and (value < bound.below or at_limit == bound.below):
        return bound.below
    return None


def has_reset(bound: Bound, value: float) -> bool:
    """Whether a value lets a level end."""
    under = bound.reset_below is None or value < bound.reset_below
    over = bound.reset_above is None or value > bound.reset_above
    return under and over and crossed(bound, value) is None


def with_deadband(bound: Bound, deadband: float) -> Bound:
    """Where no reset is given, it is so far inside the limit."""
    resets = {}
    if deadband and bound.above is not None and bound.reset_below is None:
        resets["reset_below"] = bound.above - deadband
    if deadband and bound.below is not None and bound.reset_above is None:
        resets["reset_above"] = bound.below + deadband
    return bound.model_copy(update=resets)
