"""Rooms that correct the model by what they have shown, in closed loop."""

from collections.abc import Iterable
from dataclasses import replace

import pytest

from agents.recommend import Recommend
from models.energy.ceiling import TOLERANCE_K
from schemas.energy import EnergyRecommendation, EnrichedReading, Reason
from tests.agents.recommended import Make, told
from tests.models.enriched import INTERVAL, START, readings

CALM = {"energy": {"weights": {}, "bias": 23.0}}
"""A model that always says 23 °C."""

LIMITS = "{rise_c: 20, hold_s: 0}"
RATED_KW, LIMIT_C = 60.0, 27.0
SETS = 6


def excess_k(load: float) -> float:
    """How much warmer than the setpoint the inlet becomes."""
    return 1.0 + 4.0 * load


class Hall:
    """A room whose air conditioner obeys at once, and tells it in its own way."""

    def __init__(self, agent: Recommend, *, report_c: Iterable[float] = (0.0,)) -> None:
        self.agent, self.setpoint_c, self.minute = agent, 22.0, 0
        self._errors = list(report_c)

    def live(
        self, minutes: int, load: float, *, hotter_k: float = 0.0, **fields: object
    ) -> list[EnergyRecommendation]:
        """So many minutes at a load."""
        found: list[EnergyRecommendation] = []
        for _ in range(minutes):
            found += told(self.agent, self._rows(load, hotter_k, **fields))
            self.setpoint_c = found[-1].setpoint_c
            self.minute += 1
        return found

    def _rows(self, load: float, hotter_k: float, **fields: object) -> list[EnrichedReading]:
        error_c = self._errors[self.minute % len(self._errors)]
        known = {
            "indoor_temperature_c": self.setpoint_c + excess_k(load) + hotter_k,
            "it_power_kw": load * RATED_KW,
            "setpoint_c": self.setpoint_c + error_c,
        }
        return readings(self.minute * SETS, SETS, **known | fields)


def safe_c(load: float) -> float:
    """The warmest setpoint, in half degrees."""
    return int((LIMIT_C - TOLERANCE_K - excess_k(load)) * 2) / 2


def test_a_room_that_has_shown_itself_is_set_as_warm_as_is_safe(make: Make) -> None:
    hall = Hall(make(CALM, LIMITS, experienced=True))
    hall.live(26 * 60, 0.5)
    assert safe_c(0.5) == hall.setpoint_c


def test_wherever_workers_start_anew_all_is_the_same(make: Make) -> None:
    loads = [0.5] * 55 + [0.9] * 70 + [0.4] * 60 + [0.9] * 30
    whole, torn = (Hall(make(CALM, LIMITS, experienced=True)) for _ in range(2))
    expected = [each for load in loads for each in whole.live(1, load)]
    found = []
    for number, load in enumerate(loads):
        if number % 13 == 12:
            saved, torn.agent = torn.agent.save(), make(CALM, LIMITS, experienced=True)
            torn.agent.load(saved)
        found += torn.live(1, load)
    assert expected == found
    assert whole.agent.save() == torn.agent.save()


def test_no_fallback_is_warmer_than_a_hot_room_can_bear(make: Make) -> None:
    hall = Hall(make(CALM, LIMITS, experienced=True))
    hall.live(120, 1.0, hotter_k=2.0)
    held_c = hall.setpoint_c
    assert held_c < 22.0 - 1.5
    [*_, last] = hall.live(30, 1.0, hotter_k=2.0, weather_stale=True)
    assert (Reason.WEATHER_STALE, True) == (last.reason, last.setpoint_c <= held_c)


def test_loads_that_nobody_knows_teach_nothing_about_those_that_are_known(make: Make) -> None:
    hall = Hall(make(CALM, LIMITS, experienced=True))
    hall.live(24 * 60, 0.3)
    hall.live(120, 0.9)
    hot_c = hall.setpoint_c
    hall.live(240, 0.9, it_power_kw=None)
    assert hall.setpoint_c <= hot_c
    [*_, last] = hall.live(120, 0.3)
    assert safe_c(0.3) >= last.setpoint_c > safe_c(0.9)
    assert not last.detail


@pytest.mark.parametrize("report_c", [[0.02, -0.02], [0.25, 0.25, -0.05]])
def test_an_air_conditioner_that_speaks_unclearly_is_understood(
    make: Make, report_c: list[float]
) -> None:
    hall = Hall(make(CALM, LIMITS, experienced=True), report_c=report_c)
    found = hall.live(26 * 60, 0.5)
    assert {safe_c(0.5)} == {each.setpoint_c for each in found[25 * 60 :]}
    [*_, hot] = hall.live(30, 0.5, hotter_k=1.5)
    assert hot.setpoint_c <= safe_c(0.5) - 1.5


def test_a_room_that_can_get_no_colder_says_so(make: Make) -> None:
    hall = Hall(make(CALM, "{rise_c: 20, hold_s: 0, min_c: 22}", experienced=True))
    [*_, last] = hall.live(120, 1.0, hotter_k=3.0)
    assert (22.0, Reason.OK) == (last.setpoint_c, last.reason)
    assert "30.0 °C, and colder is not allowed" in last.detail


def test_a_cooler_hall_may_be_asked_for(make: Make) -> None:
    limits = "{rise_c: 20, hold_s: 0, inlet_c: 25, min_c: 15}"
    hall = Hall(make(CALM, limits, experienced=True))
    hall.live(26 * 60, 0.5)
    assert safe_c(0.5) - 2.0 == hall.setpoint_c


def test_an_inlet_colder_than_the_setpoint_teaches_nothing(make: Make) -> None:
    hall = Hall(make(CALM, LIMITS, experienced=True))
    hall.live(26 * 60, 0.5, hotter_k=-6.0)
    assert hall.setpoint_c <= 23.0


def test_other_servers_are_another_room(make: Make) -> None:
    agent = make(CALM, LIMITS, experienced=True)
    hall = Hall(agent)
    hall.live(120, 1.0, hotter_k=2.0)
    saved = agent.save()
    row = replace(readings(0, 1)[0], at=START + (hall.minute + 1) * SETS * INTERVAL)
    stale = [replace(row, at=row.at + n * INTERVAL, weather_stale=True) for n in range(SETS)]
    found = []
    for rated_kw in (RATED_KW, 90.0):
        other = make(CALM, LIMITS, experienced=True, rated_it_kw=rated_kw)
        other.load(saved)
        found += told(other, stale)
    assert [True, False] == [each.setpoint_c < 22.0 for each in found]
