from itertools import pairwise

import pytest

from models.weather.breaker import Breaker
from schemas.weather import PollOutcome

MINUTE_MS = 60_000
INTERVAL_MS = 10 * MINUTE_MS


def waits_min(*outcomes: PollOutcome) -> list[float]:
    """How long is waited after each."""
    breaker = Breaker(INTERVAL_MS)
    waits = []
    for outcome in outcomes:
        breaker.ended(outcome)
        waits.append(breaker.wait_ms / MINUTE_MS)
    return waits


def test_two_failures_are_tried_again_soon_and_the_third_opens_for_longer_each_time() -> None:
    assert [1, 2, 20, 40, 60, 60] == waits_min(*[PollOutcome.UNAVAILABLE] * 6)


def test_an_answer_that_makes_no_sense_is_not_asked_for_again_at_once() -> None:
    assert [10, 10, 20, 40, 60, 60] == waits_min(*[PollOutcome.MALFORMED] * 6)


def test_a_refusal_opens_at_once_and_for_long() -> None:
    assert [60, 120, 240, 360, 360] == waits_min(*[PollOutcome.REFUSED] * 5)


def test_a_limit_opens_at_once() -> None:
    assert [20, 40, 60, 60] == waits_min(*[PollOutcome.LIMITED] * 4)


@pytest.mark.parametrize("success", [PollOutcome.OBSERVED, PollOutcome.UNCHANGED])
def test_a_success_closes_it_and_all_begins_anew(success: PollOutcome) -> None:
    away = PollOutcome.UNAVAILABLE

    assert [1, 2, 20, 10, 1, 2, 20] == waits_min(away, away, away, success, away, away, away)
    assert [1, 10, 1, 10] == waits_min(away, success, away, success)


@pytest.mark.parametrize("outcome", [PollOutcome.LIMITED, PollOutcome.UNAVAILABLE])
def test_a_longer_pause_that_the_provider_asks_for_is_kept(outcome: PollOutcome) -> None:
    breaker = Breaker(INTERVAL_MS)
    breaker.ended(outcome, asked_ms=45 * MINUTE_MS)

    assert 45 * MINUTE_MS == breaker.wait_ms


def test_a_shorter_one_is_not() -> None:
    breaker = Breaker(INTERVAL_MS)
    breaker.ended(PollOutcome.LIMITED, asked_ms=1000)

    assert 20 * MINUTE_MS == breaker.wait_ms


def test_half_open_a_trial_that_fails_in_any_way_opens_it_again() -> None:
    away, odd = PollOutcome.UNAVAILABLE, PollOutcome.MALFORMED

    assert [1, 2, 20, 40, 60] == waits_min(away, away, away, odd, away)
    assert [20, 40] == waits_min(PollOutcome.LIMITED, away)


def test_an_outage_of_years_does_not_overflow() -> None:
    waits = waits_min(*[PollOutcome.UNAVAILABLE] * 10_000)

    assert all(before <= after for before, after in pairwise(waits))
    assert 60 == waits[-1]
