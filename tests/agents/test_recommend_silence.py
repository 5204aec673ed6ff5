"""A sensor that says nothing any more: its room must not stay as warm as it was set."""

from collections.abc import Sequence

from agents.recommend import QUIET_MS, Recommend
from schemas.energy import EnergyRecommendation, Reason
from tests.agents.recommended import Make, told
from tests.models.enriched import INTERVAL, START, batch, reading, readings

PATIENCE = 120_000
LAST = START + 5 * INTERVAL


def quiet(agent: Recommend, since: int) -> int:
    """Let the log be quiet for long enough; give the time."""
    assert [] == list(agent.tick(since))
    return since + QUIET_MS


def warm(agent: Recommend, count: int = 6) -> list[EnergyRecommendation]:
    return told(agent, readings(0, count, setpoint_c=26.0, indoor_temperature_c=26.0))


def told_of(made: Sequence[EnergyRecommendation]) -> list[tuple[str, Reason, int, float]]:
    return [(each.device, each.reason, each.sets, each.setpoint_c) for each in made]


def test_others_tell_by_their_log_that_a_room_is_silent(make: Make) -> None:
    agent = make()
    assert [("room-1", Reason.OK, 6, 26.0)] == told_of(warm(agent))
    late = reading(0, device="room-2", at=LAST + PATIENCE)
    assert [] == told(agent, [late])
    made = told(agent, [reading(0, device="room-2", at=LAST + PATIENCE + INTERVAL)])
    assert [("room-1", Reason.SETS_MISSING, 0, 22.0)] == told_of(made)
    assert (LAST + 1, LAST + 1, None) == (made[0].at, made[0].since, made[0].current_setpoint_c)


def test_the_clock_tells_it_once_the_log_is_quiet(make: Make) -> None:
    agent = make()
    warm(agent)
    now = quiet(agent, LAST + PATIENCE)
    assert [("room-1", Reason.SETS_MISSING, 0, 22.0)] == told_of(list(agent.tick(now)))
    assert [] == list(agent.tick(now + 10 * PATIENCE))


def test_by_the_clock_or_by_the_log_it_is_the_same(make: Make) -> None:
    ticking, waiting = make(), make({})
    waiting.models = ticking.models
    warm(ticking, 8)
    warm(waiting, 8)
    now = quiet(ticking, LAST + 2 * PATIENCE)
    later = reading(0, at=LAST + 10 * PATIENCE)
    assert [*ticking.tick(now), *told(ticking, [later])] == told(waiting, [later])
    assert waiting.save() == ticking.save()


def test_what_waited_counts_as_too_little(make: Make) -> None:
    agent = make()
    warm(agent, 8)
    now = quiet(agent, LAST + 2 * PATIENCE)
    [made] = agent.tick(now)
    assert (2, START + 6 * INTERVAL, START + 7 * INTERVAL) == (made.sets, made.since, made.at)
    assert 26 == made.current_setpoint_c


def test_the_clock_waits_as_long_as_the_log_goes_on(make: Make) -> None:
    agent = make()
    warm(agent)
    now = LAST + 10 * PATIENCE
    for second in range(60):
        assert [] == list(agent.tick(now + 1000 * second))
        # old news, as after an outage: others may follow
        assert [] == told(agent, [reading(second % 3, device="room-2")])


def test_after_a_restart_the_clock_waits_too(make: Make) -> None:
    before, agent = make(), make({})
    warm(before)
    agent.load(before.save())
    assert [] == list(agent.tick(LAST + 10 * PATIENCE))
    assert [] == list(agent.tick(LAST + 10 * PATIENCE + QUIET_MS - 1))
    assert 1 == len(list(agent.tick(LAST + 10 * PATIENCE + QUIET_MS)))


def test_a_room_that_speaks_again_is_recommended_for_again(make: Make) -> None:
    agent = make()
    warm(agent)
    list(agent.tick(quiet(agent, LAST + 2 * PATIENCE)))
    [made] = told(agent, readings(60, 6))
    assert Reason.OK is made.reason


def test_a_device_whose_clock_lags_is_not_silent(make: Make) -> None:
    agent = make()
    rows = readings(0, 30)
    made = list(agent(batch(rows, [row.at + 3_600_000 for row in rows])))
    assert [Reason.OK] * 5 == [each.reason for each in made]
