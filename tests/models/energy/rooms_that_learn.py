"""Plain rooms for tests, whose inlet is warmer than the setpoint by a law of the load."""

from collections.abc import Callable, Iterable

from models.energy.experience import Experience

MINUTE, HOUR = 60_000, 3_600_000
START = 19_700 * 24 * HOUR


def law(load: float) -> float:
    """K."""
    return 1.0 + 3.0 * load


def lived(
    room: Experience,
    loads: Iterable[float],
    *,
    setpoint_c: float = 22.0,
    start: int = START,
    warmer_k: Callable[[float], float] = law,
) -> int:
    """Let a room live through a load a minute; give when it ended."""
    at = start
    for load in loads:
        room.take(at, load, setpoint_c + warmer_k(load), setpoint_c)
        at += MINUTE
    return at
