"""Trains a model and makes it a version: the law, its graph, its figures on rooms held out."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import numpy as np

from models.energy.card import Card
from models.energy.model import Float32s, open_version
from models.energy.training.closed_loop import Log, World, draw_world, run
from models.energy.training.features import FIVE, LOAD
from models.energy.training.graph_five import five_graph
from models.energy.training.graph_load import load_graph
from models.energy.training.law import LoadLaw
from models.energy.training.law_five import FiveLaw
from models.energy.training.make import Made, parity, write_version
from models.energy.training.table import START_C, Line, metrics, table
from models.energy.training.teach_five import taught_five
from models.energy.training.teach_load import Recipe, taught
from models.plant.climates import Weather, draw_weather
from models.sites import SetpointLimits

NAMES = ("energy-load", "energy")
HELD_OUT = 1_000_003
"""Added to a seed, it gives rooms that training has not seen."""

MOST_APART_K = 1e-4
MOST_JUMPS = 1e-3
"""Share of windows where the graph may see a threshold a hair elsewhere than the law."""

NOTES = {
    "energy-load": (
        "The inlet's measured excess over the setpoint, corrected by a network trained on a"
        " quantile of the planner's setpoints, says how high the setpoint may be; rooms of the"
        " same load bound it from below, and more strictly if the sensor does not flicker. It"
        " stays until it is too warm, or until it may rise by half a degree."
    ),
    "energy": (
        "A line: the cooler the inlet, the higher the setpoint. Without setpoint and load it"
        " cannot do better than stay on the safe side; line and bounds were chosen in closed loop."
    ),
}


class TrainingError(ValueError):
    """What was learnt is not what the file says; the message tells how far they are apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """The world that a model is judged in, and how."""

    rooms: int = 120
    minutes: int = 1440
    weather: Callable[[int, int, np.random.Generator], Weather] = draw_weather
    climate: str = "made-up weather of other days"


def trained(
    name: str,
    recipe: Recipe,
    evaluation: Evaluation,
    *,
    seed: int,
    data: str,
    told: Callable[[str], None],
) -> tuple[Made, World, Float32s]:
    """Train a model; gives it, the rooms held out, and windows of its own run in them."""
    law: LoadLaw | FiveLaw
    if name == "energy-load":
        law = taught(recipe, seed, told=told)
        graph, inputs = load_graph(law), LOAD
    else:
        law = taught_five(recipe, seed, told=told)
        graph, inputs = five_graph(law), FIVE
    told("judging it in rooms that it has not seen")
    world = draw_world(
        evaluation.rooms,
        evaluation.minutes,
        np.random.default_rng(seed + HELD_OUT),
        designs=recipe.designs,
        weather=evaluation.weather,
    )
    start_c = np.full(evaluation.rooms, START_C)
    windows = _windows(run(world, law.policy, SetpointLimits(), start_c, seed=seed))
    made = Made(
        name=name,
        inputs=inputs,
        law=law,
        graph=graph,
        data=_data(data, recipe, evaluation),
        notes=NOTES[name],
        metrics={},
    )
    return made, world, windows


def finished(
    made: Made, world: World, windows: Float32s, folder: Path, *, version: int, created: datetime
) -> tuple[Card, list[Line]]:
    """Judge a model, write it into a folder, and compare the file's answers with what was learnt.

    Raises:
        TrainingError: they are not the same.

    """
    lines = list(table(world, {made.name: lambda now: made.law(now.windows)[0].astype(float)}))
    made = replace(made, metrics=metrics(lines, made.name))
    card = write_version(folder, made, version=version, created=created, windows=windows)
    own = windows[:, :, : len(made.inputs.columns)]
    apart, jumps = parity(open_version(folder), made.law, own)
    if apart > MOST_APART_K or jumps > MOST_JUMPS * len(own):
        raise TrainingError(f"the file answers {apart:.6f} K apart, and {jumps} answers jump")
    return card, lines


def _data(data: str, recipe: Recipe, evaluation: Evaluation) -> str:
    return (
        f"{data}; {recipe.rounds} rounds of {recipe.rooms} rooms and {recipe.minutes} minutes."
        f" Judged in {evaluation.rooms} other rooms, {evaluation.minutes} minutes,"
        f" {evaluation.climate}. Simulated, all of it"
    )


def _windows(log: Log) -> Float32s:
    every = max(1, len(log.windows) // 100)
    return np.concatenate(log.windows[30::every])
