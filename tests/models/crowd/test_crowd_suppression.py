from typing import Any

import pytest

from models.crowd.settings import CrowdRules
from schemas.frames import FrameAnalysed
from tests.models.crowd_frames import NINE, face, frame, settings, told
from tests.models.crowd_said import closed, count_all, visits, window

HOUR, MINUTE = 3_600_000, 60_000


def private(**privacy: Any) -> CrowdRules:
    return settings({"privacy": privacy})


def shot(at: int, *people: int) -> FrameAnalysed:
    return frame(at, *(face(each, **told()) for each in people))


def test_too_few_people_are_withheld_and_visits_too() -> None:
    log = [shot(NINE, 1, 2), shot(NINE + HOUR, 1, 2, 3)]
    said = count_all(log, private(smallest=3))
    few, enough, none = (window(said, NINE + n * HOUR) for n in range(3))

    assert (None, None, 0, 0.0, None, True) == (
        few.visitors,
        few.females,
        few.peak_occupancy,
        few.mean_occupancy,
        few.mean_dwell_s,
        few.suppressed,
    )
    assert (3, 0) == (enough.visitors, none.visitors)
    assert not none.suppressed
    assert not visits(said)


def test_too_few_at_once_are_withheld_though_enough_came() -> None:
    log = [shot(NINE + n * 10 * MINUTE, n, n + 1) for n in range(3)]
    counted = window(count_all(log, private(smallest=3)), NINE)

    assert (4, 0, True) == (counted.visitors, counted.peak_occupancy, counted.suppressed)
    assert counted.females
    assert (4, 4) == (counted.females.visitors, counted.females.ages.age_30s)


@pytest.mark.parametrize(("people", "peak"), [("xy", 0), ("xyz", 3)])
def test_too_few_at_once_are_withheld_where_nobody_says_how_many_came(
    people: str, peak: int
) -> None:
    said = count_all(
        [frame(NINE, *(face(person=each) for each in people))], private(mode="strict", smallest=3)
    )
    whole = [each for each in closed(said).values() if each.at == NINE]

    # the camera's window and day, and the site's
    assert [(peak, not peak)] * 4 == [(each.peak_occupancy, each.suppressed) for each in whole]
    assert {None if people == "xy" else 0.0} == {each.mean_dwell_s for each in whole}


def test_a_gender_of_too_few_is_withheld_with_the_other() -> None:
    men = [face(each, **told(male_probability=0.9)) for each in range(5)]
    women = [face(each, **told()) for each in range(5, 7)]
    counted = window(count_all([frame(NINE, *men, *women)], private(smallest=3)), NINE)

    assert (7, None, None, None, True) == (
        counted.visitors,
        counted.males,
        counted.females,
        counted.ungendered,
        counted.suppressed,
    )


def test_a_small_cell_is_withheld_with_the_next_so_that_no_sum_tells_it() -> None:
    ages = [34.0] * 5 + [45.0] * 4 + [70.0]
    people = [face(number, **told(age=age)) for number, age in enumerate(ages)]
    counted = window(count_all([frame(NINE, *people)], private(smallest=3)), NINE)

    assert counted.females
    assert (5, 0, 0) == (
        counted.females.ages.age_30s,
        counted.females.ages.age_40s,
        counted.females.ages.age_60_and_older,
    )
    assert counted.suppressed
