"""What measured data tell of a room: its hot spots and its thermostat, for a family of rooms.

Cause and effect can only be told apart where the cause moved: without different setpoints, and
without different loads, there is nothing to learn.
"""

from dataclasses import dataclass, replace

import numpy as np

from models.arrays import Floats
from models.plant.design import RoomDesign, draw_designs

LEAST_ROWS = 500
LEAST_MOVED_K = 1.0
"""Between the 5th and the 95th percentile of the setpoints."""

LEAST_LOAD_MOVED = 0.1
MOST_ERROR_K = 1.0
"""Of a fit that is still believed."""

LAGS_MIN = (2.0, 4.0, 6.0, 8.0, 11.0, 15.0, 20.0)
CONTROLS_MIN = (1.0, 3.0, 5.0, 8.0)
EXPONENTS = (1.0, 1.25, 1.5, 1.75, 2.0)
FOLLOWS = (0.7, 1.3)
"""By how much the inlet may rise with one degree of setpoint, if the setpoint rules it."""


class UselessDataError(ValueError):
    """Nothing can be learnt from these data; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One room's history at even steps; the load is the servers' power per rated power."""

    step_s: float
    setpoint_c: Floats
    inlet_c: Floats
    it_load: Floats | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Identified:
    """A room as its data show it: inlet = setpoint + base + gain · load ** exponent, with lags."""

    base_k: float
    gain_k: float
    exponent: float
    lag_s: float
    control_s: float
    error_k: float
    """How far measured inlets are from this, root mean square."""

    def designs(self, count: int, rng: np.random.Generator) -> RoomDesign:
        """Rooms like this one; what data don't tell is drawn as ever."""

        def near(value: float, spread: float) -> Floats:
            return np.asarray(value * np.exp(spread * rng.standard_normal(count)))

        return replace(
            draw_designs(count, rng),
            hot_base_k=np.zeros(count),
            error_k=self.base_k + self.error_k * rng.standard_normal(count),
            error_load_k=np.zeros(count),
            hot_gain_k=near(max(self.gain_k, 0.0), 0.1),
            hot_exponent=np.clip(near(self.exponent, 0.1), 1.0, 2.0),
            hot_lag_s=np.clip(near(self.lag_s, 0.2), 60.0, 1800.0),
            control_s=np.clip(near(self.control_s, 0.2), 50.0, 600.0),
        )


def identify(measured: Measured) -> Identified:
    """Fit a room to its history.

    Raises:
        UselessDataError: too few rows, a setpoint or a load that did not move enough, a room that
            does not follow its setpoint, or one that fits no such room.

    """
    _check(measured)
    load = measured.it_load
    assert load is not None
    best: Identified | None = None
    for control_min in CONTROLS_MIN:
        air = _lagged(measured.setpoint_c, control_min * 60 / measured.step_s)
        _follows(measured.inlet_c, air, load)
        for exponent in EXPONENTS:
            for lag_min in LAGS_MIN:
                hot = _lagged(load**exponent, lag_min * 60 / measured.step_s)
                found = _fit(measured.inlet_c - air, hot)
                if best is None or found[2] < best.error_k:
                    best = Identified(
                        base_k=found[0],
                        gain_k=found[1],
                        exponent=exponent,
                        lag_s=lag_min * 60,
                        control_s=control_min * 60,
                        error_k=found[2],
                    )
    assert best is not None
    if best.error_k > MOST_ERROR_K:
        raise UselessDataError(
            f"no simulated room comes nearer to these data than {best.error_k:.1f} K on average"
        )
    return best


def _check(measured: Measured) -> None:
    rows = len(measured.setpoint_c)
    if rows < LEAST_ROWS:
        raise UselessDataError(f"{rows} rows are too few: at least {LEAST_ROWS} are needed")
    low, high = np.quantile(measured.setpoint_c, (0.05, 0.95))
    if high - low < LEAST_MOVED_K:
        raise UselessDataError(
            f"the setpoint hardly moved ({low:g} to {high:g} °C): what it does to the room cannot"
            " be learnt from these data. Let it move by a degree or more for some hours, or train"
            " --from simulated"
        )
    if measured.it_load is None:
        raise UselessDataError("there is no it_load, the servers' power by their rated power")
    low, high = np.quantile(measured.it_load, (0.05, 0.95))
    if high - low < LEAST_LOAD_MOVED:
        raise UselessDataError(
            f"the load hardly moved ({low:.2f} to {high:.2f}): how hot spots follow it cannot be"
            " learnt from these data"
        )


def _follows(inlet_c: Floats, air_c: Floats, load: Floats) -> None:
    columns = np.stack([np.ones(len(load)), air_c, load], axis=1)
    slope = float(np.linalg.lstsq(columns, inlet_c, rcond=None)[0][1])
    if not FOLLOWS[0] - 0.3 <= slope <= FOLLOWS[1] + 0.3:
        raise UselessDataError(
            f"the inlet moves by {slope:.2f} K per degree of setpoint: something else rules it"
        )


def _fit(excess_k: Floats, hot: Floats) -> tuple[float, float, float]:
    columns = np.stack([np.ones(len(hot)), hot], axis=1)
    base, gain = np.linalg.lstsq(columns, excess_k, rcond=None)[0]
    error = float(np.sqrt(np.mean((excess_k - base - gain * hot) ** 2)))
    return float(base), float(gain), error


def _lagged(values: Floats, steps: float) -> Floats:
    """Follows the values with this time constant."""
    kept = float(np.exp(-1.0 / max(steps, 1e-3)))
    lagged = np.empty(len(values))
    last = float(values[0])
    for place, value in enumerate(values.tolist()):
        lagged[place] = last = kept * last + (1 - kept) * value
    return lagged
