"""One simulation, in a process of its own: a case under a policy."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.evaluation.agent import Agent, write_site_book
from tests.evaluation.building import building
from tests.evaluation.cases import CAUSAL, CLIMATES, PLANNER, RECOMMENDERS, STRESSES, Case
from tests.evaluation.conditioner import START_C, Conditioner
from tests.evaluation.energyplus import Simulation
from tests.evaluation.engine import Engine
from tests.evaluation.hall import Hall
from tests.evaluation.policies import Fixed, OutdoorReset, Planner, Reactive, foreseen, known
from tests.evaluation.rack import HotSpot
from tests.evaluation.score import Score
from tests.evaluation.view import Policy
from tests.evaluation.weather_file import Place, hotter, place, states

ENCODING = "latin-1"
Row = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What to simulate."""

    case: Case
    policy: str
    number: float = 0.0
    """Setpoint of a policy that never moves, margin of a planner."""

    lead_min: int = 0
    """How far a planner looks ahead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What came of it."""

    job: Job
    score: Score
    reasons: dict[str, int] = field(default_factory=dict)
    """How often the recommender gave which reason."""

    def row(self, policy: str | None = None) -> Row:
        """As it is published."""
        row: Row = {
            "climate": self.job.case.climate,
            "load": self.job.case.load,
            "stress": self.job.case.stress,
            "policy": policy or self.job.policy,
            "hvac_kwh_day": round(self.score.hvac_kwh_day, 2),
            "violation_min": self.score.violation_min,
            "degree_min": round(self.score.degree_min, 2),
            "setpoint_changes": self.score.setpoint_changes,
        }
        return row | {"setpoint_c": self.job.number} if policy else row


def simulate(engine: Engine, job: Job) -> Result:
    """Run one job to its end.

    Raises:
        EngineError: EnergyPlus did not finish.

    """
    climate, stress = CLIMATES[job.case.climate], STRESSES[job.case.stress]
    with TemporaryDirectory(prefix="energyplus-") as made:
        folder = Path(made)
        lines = engine.weather_file(climate.weather).read_text(ENCODING).splitlines()
        weather, model = folder / "weather.epw", folder / "model.epJSON"
        told = hotter(lines, stress.hotter_c) if stress.hotter_c else lines
        weather.write_text("\n".join(told), ENCODING)
        stock = engine.stock_building()
        model.write_text(
            json.dumps(
                building(stock, first=climate.first, days=job.case.days, capacity=stress.capacity)
            )
        )
        policy = _policy(job, place(lines), folder)
        still = isinstance(policy, Fixed)
        hall = Hall(
            policy=policy,
            conditioner=None if still else Conditioner(),
            setpoint_c=job.number if still else START_C,
            load=job.case.shares,
            first=climate.first,
            utc_hours=place(lines).utc_hours,
            states=states(lines),
            fault=stress.fault(),
            spot=HotSpot.settled(job.case.shares[0], job.case.gain_c),
        )
        Simulation(engine.payload, hall).run(model, weather, folder)
    reasons = policy.reasons if isinstance(policy, Agent) else {}
    return Result(job=job, score=hall.score, reasons=reasons)


def _policy(job: Job, where: Place, folder: Path) -> Policy:
    if job.policy in RECOMMENDERS:
        return Agent(write_site_book(folder, where), RECOMMENDERS[job.policy])
    if job.policy == PLANNER:
        return Planner(foreseen(job.case.shares, job.case.gain_c, job.lead_min), job.number)
    if job.policy == CAUSAL:
        return Planner(known(job.case.shares, job.case.gain_c), job.number)
    if job.policy == "outdoor_reset":
        return OutdoorReset()
    return Reactive() if job.policy == "reactive" else Fixed(job.number)
