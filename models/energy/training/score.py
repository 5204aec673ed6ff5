"""What a run comes to: energy, and how long and how far inlets were too warm."""

from dataclasses import dataclass

import numpy as np

from models.arrays import Floats
from models.energy.training.closed_loop import LIMIT_C, Log, Policy, World, run
from models.sites import SetpointLimits

SETTLING_MIN = 60
"""The first hour does not count: rooms begin at a setpoint that nobody chose."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """One element of each array for each room, all per day."""

    kwh: Floats
    """Cooling energy per rated kW."""

    violation_min: Floats
    degree_min: Floats
    changes: Floats
    mean_c: Floats


def score(log: Log) -> Score:
    """Judge a run."""
    inlet, setpoint = np.array(log.inlet_c)[SETTLING_MIN:], np.array(log.setpoint_c)[SETTLING_MIN:]
    days = len(inlet) / 1440
    above = np.maximum(inlet - LIMIT_C, 0)
    return Score(
        kwh=np.array(log.hvac_kw)[SETTLING_MIN:].mean(axis=0) * 24,
        violation_min=(above > 0).sum(axis=0) / days,
        degree_min=above.sum(axis=0) / days,
        changes=(np.diff(setpoint, axis=0) != 0).sum(axis=0) / days,
        mean_c=setpoint.mean(axis=0),
    )


def judged(world: World, policy: Policy, start_c: Floats, *, seed: int = 7) -> Score:
    """How a policy does in these rooms under the usual limits."""
    return score(run(world, policy, SetpointLimits(), start_c, seed=seed))


def best_static(world: World, *, seed: int = 7, step_c: float = 0.5) -> tuple[Floats, Score]:
    """Of the setpoints that never move, each room's highest without a violation, in hindsight."""
    rooms = len(world.load)
    best = np.full(rooms, 18.0)
    found = judged(world, lambda _: best, best, seed=seed)
    for setpoint in np.arange(18.0 + step_c, 27.0 + step_c / 2, step_c):
        fixed = np.full(rooms, setpoint)
        tried = judged(world, lambda _, c=fixed: c, fixed, seed=seed)  # type: ignore[misc]  # mypy cannot infer a lambda with a default
        better = tried.violation_min <= found.violation_min
        if not better.any():
            break
        best = np.where(better, setpoint, best)
        found = Score(
            **{
                name: np.where(better, getattr(tried, name), getattr(found, name))
                for name in Score.__slots__
            }
        )
    return best, found
