from dataclasses import replace

from agents.propose import FALLBACK, propose
from models.shadows.refusals import refusal
from schemas.batch import Records
from schemas.energy import EnergyRecommendation, Reason
from schemas.shadows import Origin, ShadowUpdate
from streams.shapes import gives, takes
from tests.models.energy_records import recommendation
from tests.models.shadow_updates import AT

MADE = recommendation(AT, recommendation_id="r-1", site="house", air_conditioner="ac-1")


def proposed(*rows: EnergyRecommendation) -> list[ShadowUpdate]:
    return list(propose(Records(record=EnergyRecommendation, rows=rows)))


def test_it_takes_recommendations_and_gives_updates() -> None:
    assert (Records, EnergyRecommendation) == takes(propose)
    assert {ShadowUpdate} == gives(propose)


def test_a_recommendation_is_a_wish_of_its_model() -> None:
    [wish] = proposed(MADE)

    assert ("r-1", "house", "ac-1", AT) == (wish.update_id, wish.site, wish.device, wish.at)
    assert (Origin.MODEL, 25.5) == (wish.origin, wish.setpoint_c)
    assert ("energy-load 3", "") == (wish.by, wish.text)


def test_a_room_without_an_air_conditioner_has_nothing_to_wish_for() -> None:
    assert ["ac-1"] == [each.device for each in proposed(replace(MADE, air_conditioner=None), MADE)]


def test_a_fallback_says_why() -> None:
    stale = replace(MADE, reason=Reason.WEATHER_STALE, detail="45 min old")
    missing = replace(MADE, reason=Reason.MODEL_MISSING, model=None)

    assert [(FALLBACK, "weather_stale: 45 min old"), (FALLBACK, "model_missing")] == [
        (each.by, each.text) for each in proposed(stale, missing)
    ]


def test_the_longest_words_make_a_wish_all_the_same() -> None:
    long = replace(MADE, model="m" * 500, detail="d" * 999)
    for each in proposed(long, replace(long, reason=Reason.MODEL_FAILED)):
        assert refusal(each, logged_at=AT) is None
