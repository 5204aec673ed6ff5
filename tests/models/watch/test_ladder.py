from hypothesis import assume, given
from hypothesis import strategies as st

from models.alarms.rules import Bound
from models.watch.ladder import LEVELS, Ladder
from schemas.alarms import Level
from tests.models.plain_condition import OK, PlainCondition, crossed, demand, has_reset

numbers = st.integers(-6, 6).map(float) | st.floats(-6, 6)


@st.composite
def bounds(draw: st.DrawFn) -> Bound:
    below, reset_above, reset_below, above = sorted(draw(st.tuples(*[numbers] * 4)))
    assume(below < above)
    sides = draw(st.sampled_from(["above", "below", "both"]))
    with_resets = draw(st.booleans())
    fields: dict[str, float] = {}
    if sides != "below":
        fields |= {"above": above} | ({"reset_below": reset_below} if with_resets else {})
    if sides != "above":
        fields |= {"below": below} | ({"reset_above": reset_above} if with_resets else {})
    return Bound.model_validate(fields | {"inclusive": draw(st.booleans())})


ladders = st.dictionaries(st.sampled_from(LEVELS[1:]), bounds(), min_size=1)


@given(by=ladders, value=numbers)
def test_a_value_asks_for_the_highest_level_whose_bound_it_crosses(
    by: dict[Level, Bound], value: float
) -> None:
    ladder = Ladder.of(by)
    assert demand(by, value) == ladder.demand(value)
    for level, bound in by.items():
        rank = LEVELS.index(level)
        assert has_reset(bound, value) == ladder.resets(rank, value)
        limit = crossed(bound, value)
        assert limit is None or limit == ladder.limit(rank, value)


@given(by=ladders, first=numbers, then=numbers)
def test_within_the_calm_interval_a_level_stays_as_it_is(
    by: dict[Level, Bound], first: float, then: float
) -> None:
    ladder, condition = Ladder.of(by), PlainCondition()
    condition.move(by, first, 0, on_ms=0, off_ms=0)
    level = condition.level
    low, high = ladder.calm(level, first)
    assert low <= first <= high
    condition.move(by, then, 1, on_ms=0, off_ms=0)
    if low <= then <= high:
        assert level == condition.level
    elif level == OK:
        assert level != condition.level
