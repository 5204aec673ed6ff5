"""Teaches the model "energy-load": it decides, the planner corrects, round after round.

Learning from the states that the pupil itself gets into: DAgger, Ross, Gordon and Bagnell (2011),
https://arxiv.org/abs/1011.0686.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from models.energy.planner import Planner
from models.energy.training.closed_loop import LIMIT_C, Policy, draw_world
from models.energy.training.features import LOAD, features
from models.energy.training.law import ENERGY, SETPOINT, T_MEAN, TYPICAL, LoadLaw
from models.energy.training.network import fit
from models.energy.training.samples import Samples, collect, explored
from models.plant.climates import Weather, draw_weather
from models.plant.design import RoomDesign, draw_designs
from models.sites import SetpointLimits


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How much is learnt, from which rooms, and how cautious the pupil is to be."""

    rooms: int = 250
    rounds: int = 4
    minutes: int = 1440
    every_min: int = 5
    epochs: int = 12
    faulty: float = 0.1
    """Part of the rooms whose sensor gets stuck, whose cooling fails, or both."""

    quantile: float = 0.25
    """Part of the planner's setpoints that the pupil's may be above."""

    patience_k: float = 0.35
    designs: Callable[[int, np.random.Generator], RoomDesign] = draw_designs
    weather: Callable[[int, int, np.random.Generator], Weather] = draw_weather
    planner: Planner = field(default_factory=lambda: Planner(horizon_min=12.0))
    """More minutes would change energies, but not which setpoint is the cheapest: the highest."""


def taught(recipe: Recipe, seed: int, *, told: Callable[[str], None] = lambda _: None) -> LoadLaw:
    """Teach. The same seed gives the same law; ``told`` hears how far it is."""
    rng = np.random.default_rng(seed)
    start_c = rng.uniform(20.0, 24.0, recipe.rooms)
    policy: Policy = lambda _: start_c  # noqa: E731  # rebound by every round
    samples: Samples | None = None
    for number in range(recipe.rounds):
        new = _round(recipe, policy, rng, number)
        samples = samples + new if samples else new
        law = load_law(samples, recipe, rng)
        policy = law.policy
        told(f"round {number + 1} of {recipe.rounds}: {len(samples.ceiling_c):,} windows")
    return law


def load_law(samples: Samples, recipe: Recipe, rng: np.random.Generator) -> LoadLaw:
    """Learn the four networks from samples."""
    seen = features(samples.windows, LOAD)
    excess = seen[:, T_MEAN] - seen[:, SETPOINT]
    beyond = np.clip(samples.ceiling_c - (LIMIT_C - excess), -9.0, 9.0)
    lowest, highest = recipe.planner.lowest_c, recipe.planner.highest_c
    inside = (samples.ceiling_c > lowest) & (samples.ceiling_c < highest)
    typical, needed = seen[inside][:, TYPICAL], LIMIT_C - samples.ceiling_c[inside]
    cost = np.hstack([seen[:, ENERGY], samples.hour_c[:, None]])
    few, short = (8,), max(1, recipe.epochs // 2)
    return LoadLaw(
        correction=fit(seen, beyond, rng, quantile=recipe.quantile, epochs=recipe.epochs),
        least=fit(typical, needed, rng, quantile=0.3, hidden=few, epochs=short),
        most=fit(typical, needed, rng, quantile=0.85, hidden=few, epochs=short),
        energy=fit(cost, samples.hour_kwh, rng, hidden=(16, 16), epochs=short),
        patience_k=recipe.patience_k,
    )


def _round(recipe: Recipe, policy: Policy, rng: np.random.Generator, number: int) -> Samples:
    world = draw_world(
        recipe.rooms,
        recipe.minutes,
        rng,
        designs=recipe.designs,
        weather=recipe.weather,
        faulty=recipe.faulty,
    )
    free = explored(policy, rng, recipe.rooms, share=0.4 if number else 1.0)
    limits, seed = SetpointLimits(), int(rng.integers(2**31))
    return collect(world, free, recipe.planner, limits, seed=seed, every=recipe.every_min)
