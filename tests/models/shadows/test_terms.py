"""Which devices are commanded, and under which terms."""

import pytest
from pydantic import ValidationError

from models.shadows.settings import LONGEST_HOLD_S, CommandSettings
from models.shadows.terms import terms_of
from tests.models.shadow_updates import HOUSE, LAB, sites


def test_each_air_conditioner_has_the_terms_of_its_room_and_site() -> None:
    terms = terms_of(sites(max_c=25.0), CommandSettings(ttl_s=60))

    assert {(HOUSE, "ac-1"), (HOUSE, "ac-2"), (LAB, "ac-1")} == set(terms)
    assert [25.0, 27.0] == [terms[HOUSE, name].limits.max_c for name in ("ac-1", "ac-2")]
    assert [True, False] == [terms[site, "ac-1"].act for site in (HOUSE, LAB)]
    assert 60_000 == terms[HOUSE, "ac-1"].ttl_ms


def test_a_hold_lasts_as_asked_as_set_or_a_week() -> None:
    found = terms_of(sites(), CommandSettings(manual_hold_s=10))[HOUSE, "ac-1"]

    assert [10_000, 500, LONGEST_HOLD_S * 1000] == [
        found.held_ms(hold_s) for hold_s in (None, 0.5, 1e300)
    ]


@pytest.mark.parametrize(
    "fields", [{"ttl_s": 0}, {"manual_hold_s": 0}, {"manual_hold_s": LONGEST_HOLD_S + 1}]
)
def test_settings_that_would_hold_nothing_or_for_ever_are_refused(fields: dict[str, float]) -> None:
    with pytest.raises(ValidationError):
        CommandSettings.model_validate(fields)
