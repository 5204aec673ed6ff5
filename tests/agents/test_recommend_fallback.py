from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from schemas.energy import Reason
from schemas.records import Quality
from tests.agents.recommended import Make, one, told
from tests.models.enriched import INTERVAL, START, readings

FALLBACKS: Mapping[str, tuple[dict[str, Any], Reason, str]] = {
    "stale weather": ({"weather_stale": True}, Reason.WEATHER_STALE, "missing or old"),
    "no weather": (
        {"weather_stale": True, "outdoor_temperature_c": None, "outdoor_humidity_percent": None},
        Reason.WEATHER_STALE,
        "missing or old",
    ),
    "stuck": ({"quality": Quality.STUCK}, Reason.SENSOR_SUSPECT, "suspect"),
    "no humidity": (
        {"indoor_humidity_percent": None, "quality": Quality.MISSING},
        Reason.INPUT_MISSING,
        "indoor_humidity",
    ),
    "absurd": ({"indoor_temperature_c": 400.0}, Reason.INPUT_OUT_OF_RANGE, "400 is outside 15"),
    "freezing": ({"indoor_temperature_c": -300.0}, Reason.INPUT_OUT_OF_RANGE, "-300 is outside"),
    "endless": ({"outdoor_temperature_c": float("inf")}, Reason.INPUT_OUT_OF_RANGE, "inf"),
    "huge": ({"outdoor_temperature_c": 1e300}, Reason.INPUT_OUT_OF_RANGE, "1e+300"),
    "no number": ({"outdoor_temperature_c": float("nan")}, Reason.INPUT_MISSING, "ext_temperature"),
    "other weather": ({"weather_state": 77}, Reason.INPUT_OUT_OF_RANGE, "weather_state 77"),
}


@pytest.mark.parametrize("case", FALLBACKS)
def test_it_falls_back_and_says_why(make: Make, case: str) -> None:
    fields, reason, detail = FALLBACKS[case]
    agent = make()
    rows = readings(0, 6, setpoint_c=26.0)
    # one set of the six is enough
    [made] = told(agent, [*rows[:4], replace(rows[4], **fields), rows[5]])
    assert (reason, 22.0, None, None) == (
        made.reason,
        made.setpoint_c,
        made.raw_c,
        made.expected_kwh,
    )
    assert detail in made.detail
    assert 64 == len(made.inputs_sha256)


def test_a_little_beyond_the_range_of_training_is_still_answered(make: Make) -> None:
    assert Reason.OK is one(make(), indoor_temperature_c=36.9).reason


def test_without_a_model_it_falls_back(make: Make) -> None:
    made = one(make({}))
    assert (Reason.MODEL_MISSING, 22.0, None) == (made.reason, made.setpoint_c, made.model)


@pytest.mark.parametrize("weight", [float("nan"), float("inf"), 1e6, -1e6])
def test_an_answer_that_is_no_setpoint_is_the_models_failure(make: Make, weight: float) -> None:
    # the smoke test sees the middle of each range, where these cancel out or are nothing
    weights = {"weather_state": weight} if abs(weight) == 1e6 else {}
    agent = make({"energy": {"weights": weights, "bias": -weights.get("weather_state", 0) * 4.5}})
    [model] = agent.models()
    if not weights:
        object.__setattr__(model.model, "_session", Says(weight))
    made = one(agent)
    assert (Reason.MODEL_FAILED, 22.0, "energy", None) == (
        made.reason,
        made.setpoint_c,
        made.model,
        made.raw_c,
    )


class Says:
    """A session whose answers are all the same."""

    def __init__(self, answer: float) -> None:
        self._answer = np.float32(answer)

    def run(self, _: Sequence[str], inputs: Mapping[str, Any]) -> list[Any]:
        return [np.full((len(inputs["inputs"]), 1), self._answer)] * 2


def test_sets_that_are_missing_make_it_fall_back(make: Make) -> None:
    made = told(make(), [*readings(0, 4), *readings(10, 6)])
    assert [(Reason.SETS_MISSING, 4, START), (Reason.OK, 6, START + 10 * INTERVAL)] == [
        (each.reason, each.sets, each.since) for each in made
    ]
    assert "4 of 6" in made[0].detail
