"""Collects what is learnt from: windows in closed loop, and what the planner would do there."""

from dataclasses import dataclass
from functools import partial

import numpy as np

from models.arrays import Floats
from models.energy.planner import Planner
from models.energy.training.closed_loop import Moment, Policy, Windows, World, run
from models.plant.room import Around
from models.sites import SetpointLimits

HOUR_MIN = 60


@dataclass(frozen=True, slots=True)
class Samples:
    """One element, or row, for each window."""

    windows: Windows
    ceiling_c: Floats
    """The planner's setpoint, not rounded."""

    hour_c: Floats
    hour_kwh: Floats
    """Mean setpoint of the next hour, and the cooling energy in it, per rated kW."""

    def __add__(self, other: "Samples") -> "Samples":
        """Both."""
        return Samples(
            windows=np.concatenate([self.windows, other.windows]),
            ceiling_c=np.concatenate([self.ceiling_c, other.ceiling_c]),
            hour_c=np.concatenate([self.hour_c, other.hour_c]),
            hour_kwh=np.concatenate([self.hour_kwh, other.hour_kwh]),
        )


def planned(moment: Moment, planner: Planner) -> Floats:
    """The planner's highest safe setpoint: it knows the rooms, and what will happen to them."""
    return planner.plan(
        moment.world.design, moment.state, partial(_future, moment.world, moment.minute)
    ).ceiling_c


def _future(world: World, minute: int, ahead_min: float) -> Around:
    return world.around(min(minute + ahead_min, world.minutes - 1e-6))


def explored(policy: Policy, rng: np.random.Generator, rooms: int, *, share: float) -> Policy:
    """The policy, and in a ``share`` of the rooms something else for stretches of time."""
    free = rng.random(rooms) < share
    offset_k = np.zeros(rooms)

    def decide(moment: Moment) -> Floats:
        turn = free & (rng.random(rooms) < 1 / 30)
        offset_k[turn] = rng.choice([0.0, 1.0], turn.sum()) * rng.uniform(-4, 3, turn.sum())
        return policy(moment) + offset_k

    return decide


def collect(
    world: World, policy: Policy, planner: Planner, limits: SetpointLimits, *, seed: int, every: int
) -> Samples:
    """Run the policy, and ask the planner about every so manyeth minute."""
    rooms = len(world.load)
    labels: dict[int, Floats] = {}

    def decide(moment: Moment) -> Floats:
        if moment.minute % every == 0 and moment.minute < world.minutes - HOUR_MIN:
            labels[moment.minute] = planned(moment, planner)
        return policy(moment)

    start = np.random.default_rng(seed).choice(np.arange(18, 26.5, 0.5), rooms)
    log = run(world, decide, limits, start, seed=seed)
    power, setpoint = np.array(log.hvac_kw), np.array(log.setpoint_c)
    hours = [slice(minute, minute + HOUR_MIN) for minute in labels]
    return Samples(
        windows=np.concatenate([log.windows[minute - 1] for minute in labels]),
        ceiling_c=np.concatenate(list(labels.values())),
        hour_c=np.concatenate([setpoint[hour].mean(axis=0) for hour in hours]),
        hour_kwh=np.concatenate([power[hour].mean(axis=0) for hour in hours]),
    )
