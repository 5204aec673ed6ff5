"""What is counted, and from when on."""

import pytest

from tests.evaluation.score import SETTLING_MIN, Score


def settled() -> Score:
    score = Score()
    for _ in range(SETTLING_MIN):
        score.minute(30.0, 9.9, changed=True)
    return score


def test_while_a_policy_finds_its_way_nothing_is_counted() -> None:
    score = settled()

    assert (0.0, 0, 0.0, 0) == (
        score.hvac_kwh_day,
        score.violation_min,
        score.degree_min,
        score.setpoint_changes,
    )


def test_then_every_minute_above_27_degrees_is_and_by_how_much() -> None:
    score = settled()

    for inlet_c in (26.9, 27.0, 27.5, 29.0):
        score.minute(inlet_c, 0.25, changed=inlet_c == 27.5)

    assert (2, 2.5, 1) == (score.violation_min, score.degree_min, score.setpoint_changes)
    assert pytest.approx(0.25 * 1440) == score.hvac_kwh_day
