"""The evaluation runs on the real EnergyPlus."""

import pytest

from tests.evaluation.apart import processes
from tests.evaluation.cases import Case
from tests.evaluation.engine import engine
from tests.evaluation.job import Job

DAYS = Case(climate="new york spring", load="day and night", days=2, gain_c=3.0)
"""One to settle, one that counts."""


@pytest.mark.integration
def test_a_day_at_a_warmer_setpoint_takes_less_electricity_and_is_less_safe() -> None:
    with processes(engine(), 2) as run:
        cold, warm, ruled = (
            run(Job(case=DAYS, policy=policy, number=number)).score
            for policy, number in (("fixed_20", 20.0), ("fixed_25", 25.0), ("reactive", 0.0))
        )

    assert 1440 == cold.counted == warm.counted
    assert warm.hvac_kwh_day < 0.8 * cold.hvac_kwh_day
    assert 0 == cold.violation_min
    assert warm.violation_min > 500
    assert ruled.setpoint_changes > 0
