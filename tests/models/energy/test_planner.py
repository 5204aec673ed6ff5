"""The planner never plans a violation that it could avoid, and never spends more than it must."""

from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from models.arrays import Floats
from models.energy.planner import Plan, Planner
from models.plant.design import RoomDesign, draw_designs
from models.plant.room import Around, RoomState, settled, step

ROOMS = 40
PLANNER = Planner()


def rooms(seed: int = 2) -> tuple[RoomDesign, RoomState]:
    design = draw_designs(ROOMS, np.random.default_rng(seed))
    return design, settled(design, np.full(ROOMS, 21.0), future(0.0, before=0.4, after=0.4))


def future(ahead_min: float, *, before: float, after: float) -> Around:
    load = before if ahead_min < 3 else after
    values = {"outdoor_c": 28.0, "outdoor_percent": 50.0, "it_load": load}
    values |= {"derate": 0.0, "wander_k": 0.0}
    return Around(**{name: np.full(ROOMS, value) for name, value in values.items()})


def plan(*, before: float = 0.4, after: float = 0.9, planner: Planner = PLANNER) -> Plan:
    return planner.plan(*rooms(), partial(future, before=before, after=after))


def peak_c(setpoint_c: Floats, *, before: float = 0.4, after: float = 0.9) -> Floats:
    design, state = rooms()
    warmest = np.full(ROOMS, -np.inf)
    for tick in range(1, 73):
        state = step(design, state, setpoint_c, future(tick / 6, before=before, after=after), 10.0)
        if tick >= 12:
            warmest = np.maximum(warmest, state.inlet_c)
    return warmest


def test_what_is_planned_keeps_inlets_cool_wherever_any_setpoint_does() -> None:
    avoidable = peak_c(np.full(ROOMS, 18.0)) <= PLANNER.limit_c - PLANNER.margin_k

    assert avoidable.sum() > ROOMS / 2
    assert (peak_c(plan().setpoint_c)[avoidable] <= PLANNER.limit_c).all()


def test_half_a_degree_more_would_be_too_warm() -> None:
    planned = plan().setpoint_c
    could_rise = planned < PLANNER.highest_c

    assert (peak_c(planned + 0.5)[could_rise] > PLANNER.limit_c - PLANNER.margin_k - 0.15).all()


def test_a_load_that_will_rise_is_met_before_it_does() -> None:
    assert (plan(after=1.0).setpoint_c <= plan(after=0.4).setpoint_c).all()
    assert (plan(after=1.0).setpoint_c < plan(after=0.4).setpoint_c).mean() > 0.5


def test_the_highest_safe_setpoint_is_the_cheapest() -> None:
    found = plan()

    assert np.floor(found.ceiling_c * 2 + 1e-9) / 2 == pytest.approx(found.setpoint_c)


def test_where_nothing_helps_the_coldest_is_planned() -> None:
    design, state = rooms()
    hot = replace(state, hot_k=state.hot_k + 15.0, air_c=state.air_c + 15.0)
    slow = replace(design, hot_lag_s=np.full(ROOMS, 1e6))
    found = PLANNER.plan(slow, hot, partial(future, before=0.9, after=0.9))

    assert (found.setpoint_c == PLANNER.lowest_c).all()


def test_of_an_ensemble_the_warm_ones_count() -> None:
    design, state = rooms()
    planner = Planner(quantile=1.0)
    alone = planner.plan(design, state, partial(future, before=0.9, after=0.9)).setpoint_c
    together = planner.plan(
        design, state, partial(future, before=0.9, after=0.9), members=4
    ).setpoint_c

    assert alone.reshape(-1, 4).min(axis=1) == pytest.approx(together)
