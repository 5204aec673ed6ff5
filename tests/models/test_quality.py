from collections.abc import Sequence

import numpy as np
import pytest

from models.arrivals import QUALITIES, arrivals
from models.quality import LARGEST_TABLE, _numbered, verdicts
from models.rules import Rules
from models.series import Series
from schemas.records import Quality, Telemetry
from tests.models.telemetry import MINUTE, NOW, PROFILES, Logged, batch, event, logged, said

G, S, B = Quality.GOOD, Quality.SPIKE, Quality.STUCK


def judged(*events: Telemetry) -> list[Quality]:
    return judged_as_logged(logged(events))


def judged_as_logged(entries: Sequence[Logged]) -> list[Quality]:
    rules = Rules(PROFILES)
    arrived = arrivals(batch(entries), rules, skew_ms=60_000)
    series = Series(100, rules.width)
    kept = np.ones(len(entries), bool)
    found = verdicts(arrived, rules, series, kept, skew_ms=60_000)
    return [Quality(QUALITIES[place].as_py()) for place in found.tolist()]


def each_minute(*values: float) -> list[Quality]:
    """A temperature may move by 3 a minute and stay the same for 4 minutes."""
    return judged(*[event(n, value) for n, value in enumerate(values)])


def test_a_steady_series_is_good() -> None:
    assert [G] * 5 == each_minute(20.0, 21.0, 22.5, 21.0, 20.0)


def test_a_spike_is_marked_and_the_return_from_it_is_not() -> None:
    assert [G, G, S, G, G] == each_minute(20.0, 21.0, 60.0, 22.0, 21.0)


def test_a_real_step_is_believed_in_the_end() -> None:
    # 10 degrees take 4 minutes at 3 a minute
    assert [G, S, S, S, G, G] == each_minute(20.0, 30.0, 30.1, 30.2, 30.3, 30.4)


def test_within_a_minute_a_value_may_move_as_far_as_in_a_minute() -> None:
    assert [G, G, S] == judged(
        event(0, 20.0), event(1, 23.0, at=NOW + 1), event(2, 26.1, at=NOW + 2)
    )


def test_a_value_that_stays_the_same_too_long_is_stuck() -> None:
    assert [G, G, G, G, B, B, G] == each_minute(20.0, 20.0, 20.0, 20.0, 20.0, 20.0, 20.1)


def test_a_change_of_one_bit_is_a_change() -> None:
    # 0.0 and -0.0 are equal, but not to the bit
    assert [G, G, G, G, G, G] == each_minute(0.0, 0.0, 0.0, -0.0, -0.0, -0.0)


def test_a_silence_begins_a_new_run() -> None:
    assert [G, G, G, G, B] == judged(*[event(n, 20.0) for n in (0, 3, 7, 10, 11)])


def test_late_events_are_not_compared_and_do_not_disturb() -> None:
    late = event(9, 60.0, at=NOW + MINUTE)
    assert [G, G, G, G, S] == judged(
        event(1, 20.0), event(2, 21.0), late, event(3, 22.0), event(4, 60.0)
    )


def test_what_lies_outside_the_range_is_marked_and_not_compared_with() -> None:
    assert [G, Quality.OUT_OF_RANGE, G] == each_minute(20.0, 80.1, 21.0)
    assert [G, G] == judged(event(0, -40.0), event(0, 80.0, device="air-2"))


def test_a_range_holds_in_the_unit_of_the_profile() -> None:
    assert [G, Quality.OUT_OF_RANGE] == judged(
        event(0, said(176.0, unit="[degF]")), event(1, said(177.0, unit="[degF]"))
    )


def test_null_is_missing_whatever_else_is_said() -> None:
    assert [Quality.MISSING] * 2 == judged(
        event(0, said(None)), event(1, said(None, quality=Quality.STUCK))
    )


def test_a_doubt_of_the_device_is_kept() -> None:
    doubts = [quality for quality in Quality if quality is not G]
    events = [event(n, said(500.0, quality=doubt)) for n, doubt in enumerate(doubts)]
    assert doubts == judged(*events)


def test_a_device_that_says_good_is_judged_all_the_same() -> None:
    assert [Quality.OUT_OF_RANGE] == judged(event(0, said(500.0, quality=G)))


@pytest.mark.parametrize(("ahead_ms", "expected"), [(60_000, G), (60_001, Quality.CLOCK_SKEW)])
def test_an_event_ahead_of_its_arrival_has_a_doubtful_clock(
    ahead_ms: int, expected: Quality
) -> None:
    sent = event(0)
    assert [expected] == judged_as_logged([Logged(sent, 0, sent.at - ahead_ms)])


def test_an_event_ahead_of_its_gateway_has_a_doubtful_clock() -> None:
    assert [Quality.CLOCK_SKEW] == judged(event(0, received_at=NOW - 60_001))


def test_a_nonsensical_time_of_arrival_does_not_count() -> None:
    assert [G, G] == judged(event(0, received_at=0), event(1, received_at=NOW * 2))


def test_a_doubtful_clock_does_not_disturb_the_series() -> None:
    ahead = event(2, 60.0, at=NOW + 60 * MINUTE)
    entries = [*logged([event(0, 20.0)]), Logged(ahead, 1, NOW), *logged([event(1, 21.0)], 2)]
    assert [G, Quality.CLOCK_SKEW, G] == judged_as_logged(entries)


def test_series_do_not_mix() -> None:
    assert [G, G, G, G] == judged(
        event(0, 20.0),
        event(1, 60.0, device="air-2"),
        event(2, 60.0, site="hof"),
        event(3, 260.0, profile="cold.room"),
    )


def test_text_and_switches_are_good() -> None:
    others = said("all is well", "note"), said(value=True, resource="door")
    assert [G, G] == judged(event(0, *others))


def test_keys_are_numbered_in_the_order_of_their_first_place() -> None:
    for scale in (1, LARGEST_TABLE):
        first, number = _numbered(np.array([5, 3, 5, 9, 3]) * scale)
        assert ([0, 1, 3], [0, 1, 0, 2, 1]) == (first.tolist(), number.tolist())
