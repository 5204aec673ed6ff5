"""The best setpoint that never moves is found with hindsight and few simulations."""

import pytest

from tests.evaluation.cases import Case
from tests.evaluation.job import Job, Result
from tests.evaluation.plan import SETPOINTS_C, best, best_static, calm, stressed
from tests.evaluation.score import Score

CASE = Case(climate="new york spring", load="flat", gain_c=3.0)


class Room:
    """A room whose servers are too warm above some setpoint, or always."""

    def __init__(self, safe_c: float, always_min: int = 0) -> None:
        self.asked: list[float] = []
        self._safe_c, self._always_min = safe_c, always_min

    def __call__(self, job: Job) -> Result:
        self.asked.append(job.number)
        violation_min = self._always_min + round(60 * max(0.0, job.number - self._safe_c))
        score = Score(counted=1440, hvac_kwh=100 - job.number, violation_min=violation_min)
        return Result(job=job, score=score)


@pytest.mark.parametrize("safe_c", SETPOINTS_C)
@pytest.mark.parametrize("always_min", [0, 500])
def test_it_is_the_warmest_that_violates_no_more_than_the_coldest(
    safe_c: float, always_min: int
) -> None:
    room = Room(safe_c, always_min)

    found = best(list(best_static(CASE, room).values()))

    assert safe_c == found.job.number
    assert len(room.asked) == len(set(room.asked)) <= 8


def test_a_case_has_a_row_for_every_policy() -> None:
    rows = calm(CASE, Room(24.0)).rows

    assert [
        "fixed_18",
        "fixed_22",
        "fixed_24",
        "best_static",
        "outdoor_reset",
        "reactive",
        "engawa",
        "engawa_v1",
        "model_alone",
        "planner",
        "planner_without_foresight",
    ] == [row["policy"] for row in rows]
    assert 24.0 == rows[3]["setpoint_c"]
    assert {
        "climate": "new york spring",
        "load": "flat",
        "stress": "none",
        "policy": "fixed_22",
        "hvac_kwh_day": 78.0,
        "violation_min": 0,
        "degree_min": 0.0,
        "setpoint_changes": 0,
    } == rows[1]


def test_a_case_under_stress_has_a_row_for_every_policy_too() -> None:
    case = Case(climate="new york spring", load="flat", stress="derated", gain_c=3.0)
    rows = stressed(case, 24.0, Room(24.0)).rows

    assert [
        "fixed_18",
        "fixed_22",
        "fixed_24",
        "best_static",
        "outdoor_reset",
        "reactive",
        "engawa",
        "planner",
    ] == [row["policy"] for row in rows]
    assert {"derated"} == {row["stress"] for row in rows}
