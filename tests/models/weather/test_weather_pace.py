from models.weather.pace import DAY_MS, Pace
from schemas.weather import PollOutcome

NOW = 1_780_000_000_000
MINUTE_MS = 60_000
INTERVAL_MS = 10 * MINUTE_MS


def pace(calls_per_day: int = 144) -> Pace:
    return Pace(interval_ms=INTERVAL_MS, calls_per_day=calls_per_day, first_ms=NOW)


def test_the_first_call_waits_for_its_time_and_the_next_for_an_interval() -> None:
    site = pace()
    assert [False, True] == [site.may_call(NOW - 1), site.may_call(NOW)]

    site.called(NOW + 5, PollOutcome.OBSERVED)
    assert [False, True] == [
        site.may_call(NOW + 5 + INTERVAL_MS - 1),
        site.may_call(NOW + 5 + INTERVAL_MS),
    ]


def test_a_whole_day_of_calls_fits_its_budget_without_a_gap() -> None:
    site = pace()
    for number in range(300):
        at = NOW + number * INTERVAL_MS
        assert site.may_call(at)
        site.called(at, PollOutcome.OBSERVED)
        assert min(number + 1, 144) == site.calls_in_day(at)


def test_a_used_up_budget_waits_until_its_oldest_call_is_a_day_old() -> None:
    site = pace(calls_per_day=3)
    for at in (NOW, NOW + INTERVAL_MS, NOW + 2 * INTERVAL_MS):
        site.called(at, PollOutcome.OBSERVED)

    assert NOW + DAY_MS == site.next_ms()
    assert [3, 2] == [site.calls_in_day(NOW + DAY_MS - 1), site.calls_in_day(NOW + DAY_MS)]


def test_more_recalled_calls_than_the_budget_count_from_the_newest() -> None:
    site = pace(calls_per_day=2)
    for number in range(5):
        site.recall(NOW + number)

    assert NOW + 3 + DAY_MS == site.next_ms()


def test_a_clock_that_was_ahead_and_is_set_back_does_not_stop_the_calls() -> None:
    site = pace()
    site.called(NOW + 400 * DAY_MS, PollOutcome.OBSERVED)

    assert not site.may_call(NOW)
    assert NOW + INTERVAL_MS == site.next_ms()
    assert 1 == site.calls_in_day(NOW)


def test_an_outage_leaves_most_of_the_budget_unused() -> None:
    site, at, calls = pace(), NOW, 0
    while at < NOW + DAY_MS:
        site.called(at, PollOutcome.UNAVAILABLE)
        at, calls = site.next_ms(), calls + 1

    assert 27 == calls
