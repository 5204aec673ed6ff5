"""A room's history from rows of text, such as CSV files have: columns by name, a row a minute."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

import numpy as np

from models.arrays import Floats
from models.energy.training.identify import Measured, UselessDataError

STEP_S = 60.0
MOST_ROWS = 5_000_000
LONGEST_GAP_MIN = 10
LONGEST_MIN = 366 * 24 * 60

TIME = ("time", "at", "_time")
INLET = ("temperature", "indoor_temperature", "indoor_temperature_c")
SETPOINT = ("Aircon_temp", "setpoint", "setpoint_c")
LOAD = ("it_load",)
POWER = ("it_power_kw", "it_power")
"""Names that columns go by: those of the original's export come first."""

FIRST_KIND = "%y.%m.%d-%H:%M:%S"
"""How the original writes times; in UTC, as it says nothing else."""

SECONDS = {19: 1e9, 16: 1e6, 13: 1e3}
"""By the digits of an epoch: its ticks per second."""


def history(rows: Iterable[Mapping[str, str]], *, rated_it_kw: float | None = None) -> Measured:
    """Minutes in a row, the longest stretch there is; rows may come in any order.

    Minutes without a row are filled as long as they are few. A row that lacks a value is passed
    over. ``rated_it_kw`` is needed if the load comes as a power.

    Raises:
        UselessDataError: a column is missing, a value is no number, or there are no rows.

    """
    found = _values(rows, rated_it_kw)
    if not len(found):
        raise UselessDataError("there is no row with a time, a temperature, and a setpoint")
    minute = np.floor(found[:, 0] / STEP_S).astype(np.int64)
    minutes, place = np.unique(minute, return_inverse=True)
    if minutes[-1] - minutes[0] > LONGEST_MIN:
        raise UselessDataError("the rows are of more than a year: take a part of them")
    counts = np.bincount(place)
    mean = [np.bincount(place, weights=column) / counts for column in found[:, 1:].T]
    first, last = _longest(minutes)
    kept = slice(first, last + 1)
    even = np.arange(minutes[first], minutes[last] + 1)
    inlet, setpoint, load = (np.interp(even, minutes[kept], each[kept]) for each in mean)
    known = not np.isnan(load).any()
    return Measured(
        step_s=STEP_S, setpoint_c=setpoint, inlet_c=inlet, it_load=load if known else None
    )


def _values(rows: Iterable[Mapping[str, str]], rated_it_kw: float | None) -> Floats:
    """Time, inlet, setpoint and load of each row that has them; the load is NaN if unknown."""
    found: list[tuple[float, float, float, float]] = []
    for number, row in enumerate(rows, 2):
        if number > MOST_ROWS:
            raise UselessDataError(f"more than {MOST_ROWS:,} rows")
        try:
            values = [_one(row, names) for names in (TIME, INLET, SETPOINT)]
            load = _load(row, rated_it_kw)
            if all(values):
                found.append((_time_s(values[0]), float(values[1]), float(values[2]), load))
        except ValueError as error:
            raise UselessDataError(f"row {number}: {error}") from None
    table = np.array(found).reshape(-1, 4)
    if not np.isfinite(table[:, :3]).all():
        raise UselessDataError("a time, a temperature or a setpoint is infinite or no number")
    return table


def _one(row: Mapping[str, str], names: tuple[str, ...]) -> str:
    for name in names:
        if name in row:
            return (row[name] or "").strip()
    raise ValueError(f"no column is called {' or '.join(names)}")


def _load(row: Mapping[str, str], rated_it_kw: float | None) -> float:
    load = next((row[name] for name in LOAD if row.get(name)), None)
    if load is not None:
        return float(load)
    power = next((row[name] for name in POWER if row.get(name)), None)
    if power is None:
        return float("nan")
    if rated_it_kw is None:
        raise ValueError("there is it_power_kw, but nothing says how much it is at full load")
    return float(power) / rated_it_kw


def _time_s(text: str) -> float:
    if text.isdecimal():
        return int(text) / SECONDS.get(len(text), 1.0)
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = datetime.strptime(text, FIRST_KIND).replace(tzinfo=UTC)
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()


def _longest(minutes: np.ndarray[tuple[int], np.dtype[np.int64]]) -> tuple[int, int]:
    """First and last place of the longest stretch without a long gap."""
    breaks = np.flatnonzero(np.diff(minutes) > LONGEST_GAP_MIN)
    firsts, lasts = np.append(0, breaks + 1), np.append(breaks, len(minutes) - 1)
    best = int(np.argmax(minutes[lasts] - minutes[firsts]))
    return int(firsts[best]), int(lasts[best])
