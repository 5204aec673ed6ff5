"""Simulated rooms in closed loop: the limits are those of run time, and shipped models are safe."""

from dataclasses import replace

import numpy as np
import pytest

from models.arrays import Floats
from models.energy.limits import Level, limited
from models.energy.model import open_version
from models.energy.planner import Planner
from models.energy.settings import SHIPPED
from models.energy.training.closed_loop import Moment, World, draw_world, run
from models.energy.training.limiter import Limiter
from models.energy.training.samples import planned
from models.energy.training.score import Score, judged, score
from models.sites import SetpointLimits

ROOMS = 12
LIMITS = SetpointLimits()


@pytest.fixture(scope="module")
def world() -> World:
    drawn = draw_world(ROOMS, 480, np.random.default_rng(11))
    return replace(drawn, sensors=replace(drawn.sensors, bias_k=np.zeros(ROOMS)))


def fixed(world: World, setpoint_c: float) -> Score:
    everywhere = np.full(ROOMS, setpoint_c)
    return judged(world, lambda _: everywhere, everywhere)


def test_the_limits_are_those_of_run_time() -> None:
    rng = np.random.default_rng(1)
    wishes = np.repeat(rng.uniform(16, 29, (40, ROOMS)), rng.integers(1, 25, 40), axis=0)
    limiter = Limiter(np.full(ROOMS, 22.0), LIMITS)
    levels = [Level() for _ in range(ROOMS)]
    now = [22.0] * ROOMS
    for minute, wish in enumerate(wishes):
        for room in range(ROOMS):
            at = minute * 60_000
            now[room], levels[room] = limited(
                levels[room], float(wish[room]), now[room], at, LIMITS
            )
        assert limiter(wish).tolist() == pytest.approx(now), minute


def test_the_same_seed_runs_the_same(world: World) -> None:
    assert np.array_equal(fixed(world, 22.0).kwh, fixed(world, 22.0).kwh)


def test_a_higher_setpoint_costs_less_and_is_warmer(world: World) -> None:
    cool, warm = fixed(world, 20.0), fixed(world, 24.0)

    assert (warm.kwh < cool.kwh).all()
    assert warm.degree_min.sum() > cool.degree_min.sum()


def test_windows_hold_what_was_measured(world: World) -> None:
    seen: list[Moment] = []

    def look(moment: Moment) -> Floats:
        seen.append(moment)
        return moment.setpoint_c

    log = run(world, look, LIMITS, np.full(ROOMS, 22.0), seed=1)
    assert 480 == len(seen)
    assert (ROOMS, 6, 7) == seen[0].windows.shape
    assert log.inlet_c[99] == pytest.approx(seen[99].windows[:, -1, 3], abs=1.2)


def test_the_planner_is_safe_and_cheaper_than_any_careful_setpoint(world: World) -> None:
    teacher = Planner(horizon_min=12.0)
    found = judged(world, lambda now: planned(now, teacher), np.full(ROOMS, 22.0))

    assert found.degree_min.mean() < 0.5
    assert found.kwh.mean() < fixed(world, 22.0).kwh.mean()


@pytest.mark.parametrize(("name", "most_degree_min"), [("energy-load", 1.0), ("energy", 1.0)])
def test_shipped_models_are_safe_in_rooms_they_never_saw(
    world: World, name: str, most_degree_min: float
) -> None:
    newest = max((SHIPPED / name).iterdir(), key=lambda each: int(each.name))
    model = open_version(newest)
    width = len(model.card.columns)

    def policy(moment: Moment) -> Floats:
        return model(moment.windows[:, :, :width])[0].astype(float)

    found = score(run(world, policy, LIMITS, np.full(ROOMS, 22.0), seed=7))
    assert found.degree_min.mean() < most_degree_min
    assert found.kwh.mean() < fixed(world, 22.0).kwh.mean()
