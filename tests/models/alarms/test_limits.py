import pytest

from models.alarms.limits import Limits, limits_for
from models.alarms.rules import Bound, Rule
from schemas.alarms import Level


def test_limits_come_in_the_units_of_the_profile() -> None:
    hot = Bound(above=212, below=32, reset_below=203, inclusive=True)
    rule = Rule(resource="temperature", unit="[degF]", levels={Level.WARNING: hot})
    expected = Bound(above=100, below=0, reset_below=95, inclusive=True)
    assert {Level.WARNING: expected} == limits_for(rule, "Cel").levels


def test_rates_only_scale() -> None:
    rule = Rule(resource="temperature", unit="[degF]", rates={Level.INFO: Bound(above=18)})
    [bound] = limits_for(rule, "Cel").rates.values()
    assert pytest.approx(10) == bound.above


def test_without_a_unit_limits_are_in_the_one_of_the_profile() -> None:
    bound = Bound(below=18)
    rule = Rule(resource="temperature", levels={Level.INFO: bound}, rates={Level.INFO: bound})
    same = {Level.INFO: bound}
    assert Limits(levels=same, rates=same) == limits_for(rule, "K") == limits_for(rule, None)


def test_a_deadband_gives_the_resets_that_are_missing() -> None:
    rule = Rule(
        resource="temperature",
        unit="K",
        deadband=2,
        levels={Level.INFO: Bound(above=300, below=290, reset_above=295)},
        rates={Level.INFO: Bound(above=1)},
    )
    limits = limits_for(rule, "K")
    assert (
        Bound(above=300, below=290, reset_below=298, reset_above=295) == limits.levels[Level.INFO]
    )
    assert Bound(above=1) == limits.rates[Level.INFO]


def test_levels_come_with_the_mildest_first() -> None:
    levels = {Level.CRITICAL: Bound(above=3), Level.INFO: Bound(above=1)}
    limits = limits_for(Rule(resource="count", levels=levels), None)
    assert [Level.INFO, Level.CRITICAL] == list(limits.levels)


@pytest.mark.parametrize("unit", ["hPa", None])
def test_a_unit_that_means_something_else_is_refused(unit: str | None) -> None:
    rule = Rule(resource="temperature", unit="Cel", levels={Level.INFO: Bound(above=1)})
    with pytest.raises(ValueError, match="Cel cannot be converted"):
        limits_for(rule, unit)
