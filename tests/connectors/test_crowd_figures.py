"""Windows as flat figures."""

from dataclasses import replace
from typing import Any

import pytest

from connectors.crowd_figures import EMOTIONS, Figures, figures
from models.crowd.suppression import withheld
from schemas.crowd import AgeCounts, EmotionCounts
from tests.connectors.crowd_records import WITHHELD, females, males, window


def told(found: Figures) -> Figures:
    return {name: value for name, value in found.items() if value}


def test_every_figure_has_its_name() -> None:
    expected = {
        "visitors": 10,
        "ungendered": 1,
        "males": 4,
        "new_males": 3,
        "returning_males": 1,
        "age_male_0_to_15": 1,
        "age_male_30s": 3,
        "emotion_male_happiness": 3,
        "emotion_male_neutral": 1,
        "females": 5,
        "new_females": 2,
        "returning_females": 3,
        "age_female_20s": 2,
        "age_female_60_and_older": 3,
        "emotion_female_neutral": 2,
        "emotion_female_surprise": 3,
        "new": 5,
        "returning": 4,
        "identified": 2,
        "peak_occupancy": 6,
        "mean_occupancy": 2.5,
        "mean_dwell_s": 420.5,
    }
    assert expected == told(figures(window()))


def test_nobody_is_zero_and_what_was_not_asked_is_null() -> None:
    nobody = replace(males(), visitors=0, new=0, returning=0, ages=AgeCounts())
    silent = window(males=nobody, females=None, ungendered=None)
    found = figures(silent)

    assert (0, 0, 0) == (found["males"], found["new_males"], found["age_male_20s"])
    assert {None} == {
        value for name, value in found.items() if "female" in name or name in ("new", "ungendered")
    }


def test_contempt_is_null_until_a_model_has_it() -> None:
    emotions = EmotionCounts(happiness=4)
    assert figures(window(males=males(emotions=emotions)))["emotion_male_contempt"] is None


def test_emotions_that_nobody_was_asked_for_are_null_unless_nobody_was_there() -> None:
    alone = males(visitors=0, new=0, returning=0, ages=AgeCounts(), emotions=EmotionCounts())
    found = figures(window(males=alone, females=females(emotions=EmotionCounts())))

    assert {None} == {found[f"emotion_female_{name}"] for name in EMOTIONS}
    assert (0, 0, 2) == (
        found["emotion_male_neutral"],
        found["emotion_male_fear"],
        found["age_female_20s"],
    )


def test_a_peak_that_is_withheld_is_null_and_breakdowns_that_add_up_keep_their_zeros() -> None:
    ages, emotions = AgeCounts(age_30s=4), EmotionCounts(happiness=4)
    men = males(new=4, returning=0, ages=ages, emotions=emotions)
    found = figures(withheld(window(males=men, ungendered=0, peak_occupancy=1), 2))

    assert (None, 2.5, 10) == (found["peak_occupancy"], found["mean_occupancy"], found["visitors"])
    assert (0, 0, 0) == (
        found["returning_males"],
        found["age_male_20s"],
        found["emotion_female_fear"],
    )


def test_of_too_few_people_only_frames_and_faces_are_told() -> None:
    assert {None} == set(figures(window(**WITHHELD)).values())


@pytest.mark.parametrize(
    ("smallest", "gone"),
    [
        (1, set()),
        (2, {"males", "age_male_30s", "age_female_20s", "ungendered", "new"}),
    ],
)
def test_what_is_withheld_is_null_not_nobody(smallest: int, gone: set[str]) -> None:
    found = figures(withheld(window(), smallest))
    assert gone == gone & {name for name, value in found.items() if value is None}
    assert 10 == found["visitors"]


def test_a_zero_beside_withheld_counts_may_be_one_of_them() -> None:
    everyone: dict[str, Any] = {"ungendered": 0, "females": females(visitors=6, new=3)}
    found = figures(withheld(window(**everyone), 2))

    assert (4, 6) == (found["males"], found["females"])
    assert (None, None, None) == (
        found["age_male_0_to_15"],
        found["age_male_30s"],
        found["returning_males"],
    )
    assert (2, 3) == (found["age_female_20s"], found["returning_females"])
