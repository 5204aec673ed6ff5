"""How much servers work in a day: flat, by day and night, in jobs, as a crowd comes and goes."""

import numpy as np

from models.arrays import Floats

DAY_MIN = 1440
LEAST, MOST = 0.05, 1.0


def draw_loads(rooms: int, minutes: int, rng: np.random.Generator) -> Floats:
    """Load of each room at each minute, (rooms, minutes + 1), 0.05 to 1; begins at midnight."""
    kinds = (_flat, _day_and_night, _jobs, _crowd, _crowd, _jumps)
    rows = [kinds[room % len(kinds)](minutes + 1, rng) for room in range(rooms)]
    noise = rng.uniform(0.0, 0.03, (rooms, 1)) * rng.standard_normal((rooms, minutes + 1))
    return np.clip(np.stack(rows) + noise, LEAST, MOST)


def _flat(minutes: int, rng: np.random.Generator) -> Floats:
    return np.full(minutes, rng.uniform(0.15, 1.0))


def _day_and_night(minutes: int, rng: np.random.Generator) -> Floats:
    low, high = np.sort(rng.uniform(0.2, 1.0, 2))
    begins, lasts = rng.uniform(300, 660), rng.uniform(300, 840)
    ramp_min = rng.choice([0.5, 2.0, 15.0, 60.0])
    now = np.arange(minutes) % DAY_MIN - begins
    up, down = np.clip(now / ramp_min, 0, 1), np.clip((now - lasts) / ramp_min, 0, 1)
    return np.asarray(low + (high - low) * (up - down))


def _jobs(minutes: int, rng: np.random.Generator) -> Floats:
    """Batch jobs that begin and end at once."""
    load = np.full(minutes, rng.uniform(0.2, 0.6))
    for _ in range(int(minutes / DAY_MIN * rng.uniform(3, 16)) + 1):
        begins, lasts = int(rng.integers(minutes)), int(rng.exponential(60)) + 3
        load[begins : begins + lasts] += rng.uniform(0.1, 0.5)
    return load


def _crowd(minutes: int, rng: np.random.Generator) -> Floats:
    """A day's wave under fluctuations of minutes and of hours."""
    wave = np.sin(2 * np.pi * (np.arange(minutes) / DAY_MIN - rng.uniform()))
    slow = _fluctuation(minutes, rng.uniform(60, 240), rng)
    fast = _fluctuation(minutes, rng.uniform(2, 20), rng)
    swing, sway, jitter = rng.uniform(0, 0.25), rng.uniform(0, 0.1), rng.uniform(0, 0.08)
    return np.asarray(rng.uniform(0.3, 0.75) + swing * wave + sway * slow + jitter * fast)


def _jumps(minutes: int, rng: np.random.Generator) -> Floats:
    """A new level every few hours."""
    levels = rng.uniform(0.1, 1.0, minutes // 30 + 2)
    turns = rng.random(minutes) < 1 / rng.uniform(60, 600)
    return np.asarray(levels[np.cumsum(turns) % len(levels)])


def _fluctuation(minutes: int, lasting_min: float, rng: np.random.Generator) -> Floats:
    """Noise of variance 1 that remembers itself for so long."""
    kept = float(np.exp(-1.0 / lasting_min))
    drive = np.sqrt(1 - kept**2) * rng.standard_normal(minutes)
    values = np.empty(minutes)
    last = float(rng.standard_normal())
    for minute, push in enumerate(drive):
        values[minute] = last = kept * last + float(push)
    return values
