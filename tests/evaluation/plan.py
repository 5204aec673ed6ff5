"""What is simulated for a case, and in which order: hindsight needs other runs first."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tests.evaluation.cases import (
    BEST,
    CAUSAL,
    NO_STRESS,
    PLANNER,
    RECOMMENDERS,
    RULES,
    STATIC_C,
    STRESSED_POLICIES,
    Case,
)
from tests.evaluation.conditioner import MAX_C, MIN_C, STEP_C
from tests.evaluation.job import Job, Result, Row

SETPOINTS_C = tuple(MIN_C + STEP_C * step for step in range(round((MAX_C - MIN_C) / STEP_C) + 1))
PLANS = {
    PLANNER: ((3, 0.1), (3, 0.3), (5, 0.3), (12, 0.5)),
    CAUSAL: ((0, 0.3), (0, 0.5), (0, 0.75), (0, 1.0), (0, 1.25)),
}
"""How far planners look ahead, in minutes, and which margin they keep, in °C; the boldest first.
The first that violates no more than the best static setpoint is enough."""

Run = Callable[[Job], Result]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What came of a case."""

    rows: list[Row]
    best_c: float
    reasons: dict[str, dict[str, int]]
    """Of each recommender."""


def best(results: Sequence[Result]) -> Result:
    """The least electricity among those with the fewest minutes of violation."""
    return min(results, key=lambda each: (each.score.violation_min, each.score.hvac_kwh_day))


def best_static(case: Case, run: Run) -> dict[float, Result]:
    """Results of setpoints that never move, the best one and the usual ones among them.

    By bisection: the warmer the setpoint, the less electricity, and the more violations.
    """
    found = {setpoint_c: run(_fixed(case, setpoint_c)) for setpoint_c in STATIC_C}
    coldest, low, high = found[MIN_C], 0, len(SETPOINTS_C) - 1
    while low < high:
        middle = (low + high + 1) // 2
        setpoint_c = SETPOINTS_C[middle]
        if setpoint_c not in found:
            found[setpoint_c] = run(_fixed(case, setpoint_c))
        if found[setpoint_c].score.violation_min <= coldest.score.violation_min:
            low = middle
        else:
            high = middle - 1
    return found


def calm(case: Case, run: Run) -> Found:
    """Every policy, without stress."""
    found = best_static(case, run)
    chosen = best(list(found.values()))
    rows = [found[setpoint_c].row() for setpoint_c in STATIC_C]
    rows.append(chosen.row(BEST))
    policies = [*RULES, *RECOMMENDERS]
    results = [run(Job(case=case, policy=policy)) for policy in policies]
    rows += [each.row() for each in results]
    rows += [_planned(case, planner, chosen, run).row() for planner in PLANS]
    return Found(rows=rows, best_c=chosen.job.number, reasons=_reasons(results))


def stressed(case: Case, best_c: float, run: Run) -> Found:
    """Every policy under stress; the best setpoint is that of the same case without it."""
    assert case.stress != NO_STRESS
    rows = [run(_fixed(case, setpoint_c)).row() for setpoint_c in STATIC_C]
    best_known = run(_fixed(case, best_c))
    results = [run(Job(case=case, policy=policy)) for policy in STRESSED_POLICIES]
    rows += [best_known.row(BEST), *(each.row() for each in results)]
    rows.append(_planned(case, PLANNER, best_known, run).row())
    return Found(rows=rows, best_c=best_c, reasons=_reasons(results))


def _planned(case: Case, planner: str, chosen: Result, run: Run) -> Result:
    """The boldest planner that violates no more than the best static setpoint."""
    tried = []
    for lead_min, margin_c in PLANS[planner]:
        job = Job(case=case, policy=planner, number=margin_c, lead_min=lead_min)
        tried.append(run(job))
        if tried[-1].score.violation_min <= chosen.score.violation_min:
            break
    return best(tried)


def _fixed(case: Case, setpoint_c: float) -> Job:
    return Job(case=case, policy=f"fixed_{setpoint_c:g}", number=setpoint_c)


def _reasons(results: Sequence[Result]) -> dict[str, dict[str, int]]:
    return {each.job.policy: each.reasons for each in results if each.reasons}
