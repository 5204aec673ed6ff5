"""What the recommender should reach, and whether it does."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from random import Random
from statistics import fmean

from tests.evaluation.cases import BEST, CAUSAL, ENGAWA, NO_STRESS, PLANNER
from tests.evaluation.job import Row

WORSE_PERCENT = 0.5
BETTER_PERCENT = 3.0
STEADY = "flat"
SEED = "fixed_18"
"""What the system did that this one follows: 18 °C, whatever happens."""

RESAMPLES = 2000
CONFIDENCE = 0.95

Place = tuple[str, str, str]
"""Climate, load, stress."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A policy in a case, against the best setpoint that never moves."""

    place: Place
    row: Row
    best: Row
    seed: Row | None
    planner: Row | None
    causal: Row | None

    @property
    def saving(self) -> float:
        """Percent of the best setpoint's electricity."""
        return saving(self.row, self.best)

    @property
    def possible(self) -> float | None:
        """The same of the planner: nobody can save much more."""
        return saving(self.planner, self.best) if self.planner else None

    @property
    def foreseeable(self) -> float | None:
        """The same of the planner that knows no future."""
        return saving(self.causal, self.best) if self.causal else None

    @property
    def safe(self) -> bool:
        """No more minutes of violation."""
        return bool(self.row["violation_min"] <= self.best["violation_min"])

    @property
    def no_worse(self) -> bool:
        """The first target."""
        return self.safe and self.saving >= -WORSE_PERCENT

    @property
    def better(self) -> bool | None:
        """The second: clearly better where the load varies. None if even the planner is not."""
        if self.saving >= BETTER_PERCENT:
            return True
        return None if self.possible is not None and self.possible < BETTER_PERCENT else False

    @property
    def steadfast(self) -> bool:
        """The third, under stress: no more degree-minutes."""
        return bool(self.row["degree_min"] <= self.best["degree_min"])


def saving(row: Row, against: Row) -> float:
    """How much less electricity, in percent."""
    return float(100 * (1 - row["hvac_kwh_day"] / against["hvac_kwh_day"]))


def judged(rows: Iterable[Row], policy: str = ENGAWA) -> list[Judged]:
    """The policy in every case that has it."""
    places: dict[Place, dict[str, Row]] = {}
    for row in rows:
        places.setdefault((row["climate"], row["load"], row["stress"]), {})[row["policy"]] = row
    return [
        Judged(
            place=place,
            row=found[policy],
            best=found[BEST],
            seed=found.get(SEED),
            planner=found.get(PLANNER),
            causal=found.get(CAUSAL),
        )
        for place, found in places.items()
        if policy in found and BEST in found
    ]


def verdicts(found: Sequence[Judged]) -> list[str]:
    """How many cases reach each target, in words."""
    calm = [each for each in found if each.place[2] == NO_STRESS]
    varied = [each for each in calm if each.place[1] != STEADY]
    open_to = [each for each in varied if each.better is not None]
    stressed = [each for each in found if each.place[2] != NO_STRESS]
    no_worse = _share(each.no_worse for each in calm)
    better = _share(each.better is True and each.safe for each in open_to)
    steadfast = _share(each.steadfast for each in stressed)
    return [
        f"at most {WORSE_PERCENT} % worse than best static, no more violation: {no_worse}",
        f"{BETTER_PERCENT:g} % better where load varies and the planner is too: {better}",
        f"no more degree-minutes than best static under stress: {steadfast}",
    ]


def _share(reached: Iterable[bool]) -> str:
    told = list(reached)
    word = "met" if told and all(told) else "not met" if told else "not measured"
    return f"{word}, in {sum(told)} of {len(told)} cases"


def interval(values: Sequence[float]) -> tuple[float, float]:
    """Where the mean over cases lies with 95 % confidence, by bootstrap."""
    random = Random(1)
    means = sorted(fmean(random.choices(values, k=len(values))) for _ in range(RESAMPLES))
    edge = round(RESAMPLES * (1 - CONFIDENCE) / 2)
    return means[edge], means[-edge - 1]
