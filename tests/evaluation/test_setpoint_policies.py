"""What the recommender is measured against."""

from dataclasses import replace

import pytest

from tests.evaluation.policies import (
    Fixed,
    OutdoorReset,
    Planner,
    Reactive,
    foreseen,
    known,
)
from tests.evaluation.rack import target_c
from tests.evaluation.samples import MILD, reading, view


def test_a_fixed_setpoint_never_moves() -> None:
    assert 23.5 == Fixed(23.5).wish(view(reading(inlet_c=40.0)))


@pytest.mark.parametrize(("outdoor_c", "wish"), [(-20.0, 25.0), (20.0, 24.0), (45.0, 23.0)])
def test_outdoor_reset_is_a_line_with_two_ends(outdoor_c: float, wish: float) -> None:
    weather = replace(MILD, temperature_c=outdoor_c)

    assert wish == OutdoorReset().wish(view(reading(weather=weather)))


@pytest.mark.parametrize(
    ("inlet_c", "wish"), [(24.0, 22.5), (25.3, 22.0), (26.0, 22.0), (26.4, 21.5), (28.0, 20.0)]
)
def test_reactive_steps_towards_its_aim(inlet_c: float, wish: float) -> None:
    assert wish == Reactive().wish(view(reading(inlet_c=inlet_c)))


def test_without_readings_the_rules_leave_the_setpoint_alone() -> None:
    assert [22.0, 22.0] == [policy.wish(view()) for policy in (OutdoorReset(), Reactive())]


def test_the_planner_wishes_for_the_limit_less_what_is_to_come() -> None:
    planner = Planner([1.0, 4.0], margin_c=0.25)

    assert [25.75, 22.75] == [planner.wish(view(minute=minute)) for minute in (0, 1)]


def test_with_foresight_it_prepares_before_the_servers_get_busy() -> None:
    warmer_c = foreseen((0.4,) * 30 + (1.0,) * 30, 3.0, lead_min=5)

    assert warmer_c[0] == warmer_c[25] == pytest.approx(target_c(0.4))
    assert warmer_c[26] > target_c(0.4) + 0.2


def test_without_it_a_minute_after() -> None:
    warmer_c = known((0.4,) * 30 + (1.0,) * 30, 3.0)

    assert warmer_c[30] == pytest.approx(target_c(0.4))
    assert warmer_c[31] == target_c(1.0)
