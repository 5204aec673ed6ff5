"""The loop: a minute is decided, lived and measured, in this order."""

from dataclasses import dataclass, field
from datetime import date

import pytest

from tests.evaluation.conditioner import Conditioner
from tests.evaluation.energyplus import Outcome
from tests.evaluation.faults import none
from tests.evaluation.hall import Hall
from tests.evaluation.rack import HotSpot, target_c
from tests.evaluation.view import View

FIRST = date(2001, 7, 8)
STATES = {(7, day, hour): hour for day in (8, 9) for hour in range(24)}


@dataclass
class Wishes:
    """Wishes always the same, and remembers what it was shown."""

    wish_c: float
    views: list[View] = field(default_factory=list)

    def wish(self, view: View) -> float:
        """That."""
        self.views.append(view)
        return self.wish_c


def hall(policy: Wishes, *, load: float = 0.7) -> Hall:
    return Hall(
        policy=policy,
        conditioner=Conditioner(22.0),
        load=(load,) * 1440,
        first=FIRST,
        utc_hours=-5.0,
        states=STATES,
        fault=none,
        spot=HotSpot.settled(load),
    )


def live(plant: Hall, minutes: int, room_c: float = 22.0) -> None:
    for _ in range(minutes):
        plant.begin(warming_up=False)
        plant.end(
            Outcome(
                room_c=room_c,
                humidity_percent=40.0,
                outdoor_c=20.0 + plant.minute,
                outdoor_percent=50.0,
                hvac_kwh=0.1,
            )
        )


def test_while_the_plant_warms_up_nobody_is_asked() -> None:
    policy = Wishes(25.0)

    controls = hall(policy).begin(warming_up=True)

    assert (22.0, 0.7) == (controls.setpoint_c, controls.load)
    assert [] == policy.views


def test_a_wish_is_taken_within_the_limits() -> None:
    plant = hall(Wishes(25.0))

    live(plant, 16)

    assert 24.0 == plant.setpoint_c


def test_six_readings_a_minute_are_shown_at_the_end_of_it() -> None:
    policy = Wishes(22.0)

    live(hall(policy), 2)
    first, second = policy.views

    assert [] == list(first.readings)
    assert [10, 20, 30, 40, 50, 60] == [(each.at - first.now) // 1000 for each in second.readings]
    assert 994_568_400_000 == first.now, "8 July 2001, 00:00 five hours west of Greenwich"
    inlet_c = sum(each.inlet_c for each in second.readings) / 6
    assert pytest.approx(22.0 + target_c(0.7), abs=0.3) == inlet_c


def test_weather_is_observed_every_ten_minutes_and_ages_between() -> None:
    policy = Wishes(22.0)

    live(hall(policy), 12)
    seen = [view.readings[-1].weather for view in policy.views[1:]]

    assert [20.0] * 10 + [30.0] == [each.temperature_c for each in seen]
    assert [60.0, 120.0] == [each.age_s for each in seen[:2]]
    assert 60.0 == seen[10].age_s


def test_the_kind_of_weather_is_that_of_the_hour() -> None:
    policy = Wishes(22.0)

    live(hall(policy), 71)

    assert 1 == policy.views[-1].readings[-1].weather.state
