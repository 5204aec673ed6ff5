"""What the servers do: their electric power by the minute, as a share of that at full load."""

import gzip
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from random import Random
from typing import Protocol

TRACE = Path(__file__).parent / "data" / "alibaba_2018_cpu_60s.csv.gz"
DAY_MIN = 1440
IDLE = 0.4
"""Power of idle servers. It rises about linearly with their work from there, see Fan, Weber and
Barroso, "Power Provisioning for a Warehouse-sized Computer", ISCA 2007."""

FLAT, OTHER_FLAT = 0.7, 0.6
DAY_AND_NIGHT = ((0, 0.45), (7 * 60, 0.75), (9 * 60, 0.95), (18 * 60, 0.75), (22 * 60, 0.45))
OTHER_DAY_AND_NIGHT = ((0, 0.5), (6 * 60, 0.8), (8 * 60, 1.0), (17 * 60, 0.65), (21 * 60, 0.5))
"""Minute of the day from which it is so much."""

SEED, OTHER_SEED = 20_18, 7_31
RAPID_LEVELS = (0.4, 0.55, 0.7, 0.85, 1.0)
RAPID_MIN = (20, 90)
"""How many minutes a rapid load stays the same."""

Load = tuple[float, ...]
"""One share a minute."""


def flat(minutes: int, *, other: bool = False) -> Load:
    """Always the same."""
    return (OTHER_FLAT if other else FLAT,) * minutes


def day_and_night(minutes: int, *, other: bool = False) -> Load:
    """Steps at the same hours of every day."""
    steps = OTHER_DAY_AND_NIGHT if other else DAY_AND_NIGHT
    return tuple(_of_day(minute % DAY_MIN, steps) for minute in range(minutes))


def _of_day(minute: int, steps: Sequence[tuple[int, float]]) -> float:
    return next(share for since, share in reversed(steps) if minute >= since)


def rapid(minutes: int, *, other: bool = False) -> Load:
    """Jumps to any level after 20 to 90 minutes; the same jumps each time."""
    random = Random(OTHER_SEED if other else SEED)
    shares: list[float] = []
    while len(shares) < minutes:
        shares += [random.choice(RAPID_LEVELS)] * random.randint(*RAPID_MIN)
    return tuple(shares[:minutes])


def alibaba(minutes: int, *, other: bool = False) -> Load:
    """Some 4,000 servers of Alibaba over a week in 2018; over again if that is not enough.

    The other one is the same week read backwards, so each rise is a fall.
    """
    trace = read_trace()[::-1] if other else read_trace()
    return tuple(trace[minute % len(trace)] for minute in range(minutes))


def read_trace(path: Path = TRACE) -> Load:
    """Power from the file's CPU use in percent."""
    with gzip.open(path, "rt", encoding="ascii") as lines:
        told = [line for line in lines if not line.startswith("#")]
    return tuple(IDLE + (1 - IDLE) * float(line) / 100 for line in islice(told, 1, None))


def with_full_hours(load: Sequence[float], first: int, minutes: int) -> Load:
    """The same with all servers at work for a while."""
    return tuple(
        1.0 if first <= minute < first + minutes else share for minute, share in enumerate(load)
    )


class MakeLoad(Protocol):
    """Makes a load of so many minutes; ``other`` asks for one that is like it, but not the same."""

    def __call__(self, minutes: int, *, other: bool = False) -> Load:
        """Make it."""
        ...


LOADS: dict[str, MakeLoad] = {
    "flat": flat,
    "day and night": day_and_night,
    "alibaba": alibaba,
    "rapid": rapid,
}
