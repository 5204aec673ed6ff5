"""What was reached is said, and what was not."""

import pytest

from tests.evaluation.job import Row
from tests.evaluation.targets import interval, judged, verdicts


def row(
    policy: str, kwh: float, *, load: str = "rapid", stress: str = "none", minutes: int = 0
) -> Row:
    return {
        "climate": "there",
        "load": load,
        "stress": stress,
        "policy": policy,
        "hvac_kwh_day": kwh,
        "violation_min": minutes,
        "degree_min": minutes / 2,
        "setpoint_changes": 0,
    }


def case(engawa: float, planner: float, *, load: str = "rapid", minutes: int = 0) -> list[Row]:
    return [
        row("best_static", 100.0, load=load),
        row("engawa", engawa, load=load, minutes=minutes),
        row("planner", planner, load=load),
    ]


@pytest.mark.parametrize(
    ("engawa", "minutes", "faults"), [(100.5, 0, 0), (100.6, 0, 1), (90.0, 1, 1)]
)
def test_no_worse_means_electricity_and_safety(engawa: float, minutes: int, faults: int) -> None:
    found = judged(case(engawa, 90.0, minutes=minutes))

    assert faults == sum(not each.no_worse for each in found)


@pytest.mark.parametrize(
    ("engawa", "planner", "better"), [(96.9, 90.0, True), (98.0, 90.0, False), (99.0, 98.0, None)]
)
def test_clearly_better_is_asked_only_where_it_is_possible(
    *, engawa: float, planner: float, better: bool | None
) -> None:
    [found] = judged(case(engawa, planner))

    assert better is found.better


def test_targets_that_are_missed_are_said() -> None:
    rows = [*case(96.0, 90.0), *case(99.0, 90.0, load="alibaba"), *case(102.0, 99.0, load="flat")]
    rows += [row("best_static", 100.0, stress="late data", minutes=4)]
    rows += [row("engawa", 100.0, stress="late data", minutes=6)]

    assert [
        "at most 0.5 % worse than best static, no more violation: not met, in 2 of 3 cases",
        "3 % better where load varies and the planner is too: not met, in 1 of 2 cases",
        "no more degree-minutes than best static under stress: not met, in 0 of 1 cases",
    ] == verdicts(judged(rows))


def test_a_mean_lies_within_its_interval() -> None:
    low, high = interval([1.0, 2.0, 3.0, 4.0, 5.0])

    assert 1 < low < 3 < high < 5
