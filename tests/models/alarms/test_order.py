from dataclasses import replace

from models.alarms.order import newest
from schemas.alarms import AlarmChange
from tests.models.alarm_requests import Requests, fold


def changes_of(device: str, levels: str) -> list[AlarmChange]:
    make = Requests()
    key = f"house/{device}/co2/high"
    return fold([(make.judge(level, key), make.now) for level in levels.split()])


def test_the_newest_change_of_each_alarm_stands_whatever_the_order() -> None:
    one, two = changes_of("a", "info critical ok"), changes_of("b", "info")

    assert {one[2], two[0]} == set(newest([one[1], *two, one[2], one[0]]))


def test_an_alarm_that_counts_from_one_again_is_newer_by_its_opening() -> None:
    first, second = changes_of("a", "info ok")
    anew = replace(first, raised_at=first.raised_at + 1)

    assert [anew] == newest([anew, first, second])


def test_what_was_found_in_late_data_says_nothing_of_now() -> None:
    [live] = changes_of("a", "info")
    late = replace(live, sequence=2, backfilled=True)

    assert [live] == newest([live, late])
    assert [] == newest([late])
