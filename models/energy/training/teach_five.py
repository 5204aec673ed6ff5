"""Teaches the model "energy": of many lines, the one that costs least and keeps inlets cool."""

from collections.abc import Callable
from dataclasses import replace
from itertools import product

import numpy as np

from models.energy.training.closed_loop import World, draw_world
from models.energy.training.features import FIVE, features
from models.energy.training.law_five import FiveLaw
from models.energy.training.network import Network, fit
from models.energy.training.samples import collect, explored
from models.energy.training.score import judged
from models.energy.training.teach_load import Recipe
from models.sites import SetpointLimits

ANCHORS_C = (25.9, 26.15, 26.4)
SLOPES = (1.5, 3.0, 4.5)
HIGHEST_C = (25.0, 26.0)
MOST_DEGREE_MIN = 0.05
"""Per day and room, on average; among lines with no more, the cheapest is taken."""

SAFE_SHARE = 0.02
"""Part of the planner's setpoints that are below the one taken for a stuck sensor."""

START_C = 22.0


def taught_five(
    recipe: Recipe, seed: int, *, told: Callable[[str], None] = lambda _: None
) -> FiveLaw:
    """Teach. The same seed gives the same law; ``told`` hears how far it is."""
    rng = np.random.default_rng(seed)
    world = draw_world(
        recipe.rooms,
        recipe.minutes,
        rng,
        designs=recipe.designs,
        weather=recipe.weather,
    )
    best, least = _line(ANCHORS_C[0], SLOPES[0], HIGHEST_C[0]), (np.inf, np.inf)
    start_c = np.full(recipe.rooms, START_C)
    tried = list(product(ANCHORS_C, SLOPES, HIGHEST_C))
    for number, each in enumerate(tried, 1):
        law = _line(*each)
        found = judged(world, law.policy, start_c)
        kwh, degree_min = float(found.kwh.mean()), float(found.degree_min.mean())
        cost = max(degree_min - MOST_DEGREE_MIN, 0.0), kwh
        if cost < least:
            best, least = law, cost
        told(f"line {number} of {len(tried)}: {kwh:.3f} kWh, {degree_min:.2f} K min above 27 °C")
    return _finished(best, world, recipe, rng)


def _line(anchor_c: float, slope: float, highest_c: float) -> FiveLaw:
    """A law that knows nothing of energy yet, nor of sensors that are stuck."""
    nothing = Network(np.zeros(1), np.ones(1), ((np.zeros((1, 1)), np.zeros(1)),))
    return FiveLaw(
        anchor_c=anchor_c, slope=slope, highest_c=highest_c, stuck_c=highest_c, energy=nothing
    )


def _finished(law: FiveLaw, world: World, recipe: Recipe, rng: np.random.Generator) -> FiveLaw:
    """The law with what it costs, and where the planner would nearly always be safe."""
    policy = explored(law.policy, rng, recipe.rooms, share=0.5)
    samples = collect(
        world, policy, recipe.planner, SetpointLimits(), seed=7, every=recipe.every_min
    )
    about = np.hstack([features(samples.windows, FIVE), samples.hour_c[:, None]])
    return replace(
        law,
        stuck_c=float(np.quantile(samples.ceiling_c, SAFE_SHARE)),
        energy=fit(about, samples.hour_kwh, rng, hidden=(16, 16), epochs=recipe.epochs),
    )
