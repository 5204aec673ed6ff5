"""The closed-loop table: policies in rooms and weather that no model has seen in training."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np

from models.arrays import Bools, Floats
from models.energy.planner import Planner
from models.energy.training.closed_loop import COLUMNS, Moment, Policy, World
from models.energy.training.samples import planned
from models.energy.training.score import Score, best_static, judged

START_C = 22.0
FIXED_C = (18.0, 22.0, 24.0)
REACTIVE_C = 26.5
"""Where reactive feedback wants the inlet."""

INLET = COLUMNS.index("indoor_temperature")

VARIED = 0.1
"""Standard deviation of a load that varies strongly."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What a policy comes to, all per day and on average over the rooms, savings in percent."""

    policy: str
    hvac_kwh: float
    """Per kW of rated IT power."""

    saved_on_18: float
    saved_on_static: float
    saved_where_varied: float
    """On the best static setpoint, in rooms whose load varies strongly."""

    worst_saved: float
    """On the best static setpoint: 95 of 100 rooms save more."""

    violation_min: float
    degree_min: float
    rooms_violated: float
    """Percent of the rooms with more violation minutes than at the best static setpoint."""

    changes: float


def reactive(moment: Moment) -> Floats:
    """Feedback on the measured inlet alone."""
    return np.asarray(moment.setpoint_c + REACTIVE_C - moment.windows[:, :, INLET].mean(axis=1))


def table(world: World, pupils: Mapping[str, Policy]) -> Sequence[Line]:
    """Judge fixed setpoints, the best static one, feedback, the planner, and the pupils."""
    start_c = np.full(len(world.load), START_C)
    scores = {f"fixed_{setpoint:g}": _fixed(world, setpoint) for setpoint in FIXED_C}
    scores["best_static"] = static = best_static(world)[1]
    teacher = Planner(horizon_min=12.0)
    policies = {"reactive": reactive, **pupils, "planner": lambda now: planned(now, teacher)}
    scores |= {name: judged(world, policy, start_c) for name, policy in policies.items()}
    varied = world.load.std(axis=1) > VARIED
    return [_line(name, each, scores["fixed_18"], static, varied) for name, each in scores.items()]


def metrics(lines: Sequence[Line], policy: str) -> dict[str, float]:
    """What a model's card says of its line, and of those to compare it with."""
    found = {line.policy: asdict(line) for line in lines}
    own = {name: value for name, value in found[policy].items() if name != "policy"}
    others = {
        f"{other}_{name}": found[other][name]
        for other in ("best_static", "fixed_22", "reactive", "planner")
        for name in ("hvac_kwh", "violation_min", "degree_min")
    }
    return own | others


def _fixed(world: World, setpoint_c: float) -> Score:
    everywhere = np.full(len(world.load), setpoint_c)
    return judged(world, lambda _: everywhere, everywhere)


def _line(name: str, score: Score, fixed: Score, static: Score, varied: Bools) -> Line:
    saved = 100 * (1 - score.kwh / static.kwh)
    return Line(
        policy=name,
        hvac_kwh=float(score.kwh.mean()),
        saved_on_18=float(100 * (1 - score.kwh.sum() / fixed.kwh.sum())),
        saved_on_static=float(100 * (1 - score.kwh.sum() / static.kwh.sum())),
        saved_where_varied=float(
            100 * (1 - score.kwh[varied].sum() / max(static.kwh[varied].sum(), 1e-9))
        ),
        worst_saved=float(np.quantile(saved, 0.05)),
        violation_min=float(score.violation_min.mean()),
        degree_min=float(score.degree_min.mean()),
        rooms_violated=float(100 * (score.violation_min > static.violation_min).mean()),
        changes=float(score.changes.mean()),
    )
