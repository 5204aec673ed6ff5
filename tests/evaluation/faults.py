"""What goes wrong between the racks' inlet and a policy."""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from schemas.records import Quality
from tests.evaluation.view import Reading

Readings = Sequence[Reading]
Fault = Callable[[int, Readings], Readings]
"""What arrives of a minute's readings; minutes are told in ascending order."""

FROM_MIN = 24 * 60
"""Faults begin a day after the run does."""

STUCK_AFTER_S = 3600
"""As the profile ``server.room`` says: from then on readings are marked by ``clean``."""

STUCK_MIN, DRIFT_MIN, LATE_MIN = 12 * 60, 12 * 60, 5
OUT_MIN, OUT_EVERY_MIN = 30, 240


def none(_: int, readings: Readings) -> Readings:
    """Nothing."""
    return readings


@dataclass(slots=True)
class Stuck:
    """Half of each day the sensor says again and again what it said last."""

    said_c: float | None = None

    def __call__(self, minute: int, readings: Readings) -> Readings:
        """What it says."""
        stuck_min = (minute - FROM_MIN) % (24 * 60) if minute >= FROM_MIN else STUCK_MIN
        if stuck_min >= STUCK_MIN or self.said_c is None:
            self.said_c = readings[-1].inlet_c
            return readings
        found = Quality.STUCK if stuck_min * 60 >= STUCK_AFTER_S else Quality.GOOD
        return [each.measuring(self.said_c, found) for each in readings]


@dataclass(frozen=True, slots=True)
class Drift:
    """The sensor goes wrong by so much over half a day, and stays so."""

    by_c: float

    def __call__(self, minute: int, readings: Readings) -> Readings:
        """What it says."""
        share = min(1.0, max(0.0, (minute - FROM_MIN) / DRIFT_MIN))
        return [each.measuring(round(each.inlet_c + self.by_c * share, 1)) for each in readings]


def drop_out(minute: int, readings: Readings) -> Readings:
    """Every four hours nothing arrives for half an hour."""
    away = minute >= FROM_MIN and (minute - FROM_MIN) % OUT_EVERY_MIN < OUT_MIN
    return [] if away else readings


@dataclass(slots=True)
class Late:
    """Everything arrives five minutes late."""

    _waiting: deque[Readings] = field(default_factory=deque)

    def __call__(self, minute: int, readings: Readings) -> Readings:
        """What arrives now."""
        if minute < FROM_MIN:
            return readings
        self._waiting.append(readings)
        return self._waiting.popleft() if len(self._waiting) > LATE_MIN else ()


@dataclass(slots=True)
class WeatherOutage:
    """The weather stays what it was last, and grows old."""

    last: Reading | None = None

    def __call__(self, minute: int, readings: Readings) -> Readings:
        """The readings with the weather that is known."""
        if minute < FROM_MIN or self.last is None:
            self.last = readings[-1]
            return readings
        return [self._old(each, self.last) for each in readings]

    @staticmethod
    def _old(reading: Reading, last: Reading) -> Reading:
        age_s = last.weather.age_s + (reading.at - last.at) / 1000
        return replace(reading, weather=replace(last.weather, age_s=age_s))
