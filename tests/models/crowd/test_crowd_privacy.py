from base64 import b64encode
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from models.crowd.census import Census
from models.crowd.settings import CrowdRules
from schemas.frames import FrameAnalysed
from tests.models.crowd_frames import MODEL, NINE, batch, face, frame, settings, somebody, told
from tests.models.crowd_said import LATER_MS, closed, count_all, visits, window

HOUR, MINUTE, DAY = 3_600_000, 60_000, 86_400_000


def private(**privacy: Any) -> CrowdRules:
    return settings({"privacy": privacy})


def shot(at: int, *people: int, camera: str = "a", **more: Any) -> FrameAnalysed:
    return frame(at, *(face(each, **told(**more)) for each in people), camera=camera)


def token(at: int, *people: str, camera: str = "a") -> FrameAnalysed:
    return frame(at, *(face(person=each, **told()) for each in people), camera=camera)


def test_strictly_people_are_told_apart_by_tokens_within_a_window_of_a_camera() -> None:
    log = [token(NINE, "x"), token(NINE + 6 * MINUTE, "x", "y"), token(NINE + HOUR, "x")]
    said = count_all([log[2], log[0], log[1], log[0]], private(mode="strict"))

    assert [2, 1] == [window(said, NINE + n * HOUR, "a").visitors for n in range(2)]
    assert {False} == {each.returning for each in visits(said).values()}
    assert 3 == len({each.person for each in visits(said).values()})


def test_strictly_nothing_is_said_of_people_beyond_a_camera_and_a_window() -> None:
    log = [token(NINE, "x"), token(NINE, "x", camera="b")]
    said = count_all(log, private(mode="strict"))
    site, days = window(said, NINE), [e for e in closed(said).values() if e.window_s == 86_400]

    assert (None, None, 2) == (site.visitors, site.females, site.frames)
    assert {None} == {each.visitors for each in days}


def test_strictly_templates_that_come_all_the_same_are_neither_used_nor_kept() -> None:
    count = Census(private(mode="strict"))
    list(count(batch([shot(NINE, 1)], NINE)))
    list(count.tick(NINE + LATER_MS))

    assert 0 == len(count._sites["hall"].crowd.gallery.templates)
    assert np.float16(somebody(1)).tobytes()[:16] not in count.save()


def test_a_token_and_a_template_together_are_one_person_whom_others_are_like() -> None:
    log = [
        frame(NINE, face(1, person="x")),
        frame(NINE + MINUTE, face(person="x")),
        frame(NINE + 2 * MINUTE, face(1), camera="b"),
        frame(NINE + 20 * MINUTE, face(person="x")),
    ]
    counted = window(count_all(log, settings()), NINE)

    assert (1, 0) == (counted.visitors, counted.unresolved)


def test_nobody_can_be_followed_from_one_period_into_the_next() -> None:
    log = [shot(NINE + n * DAY, 1) for n in range(4)]
    found = visits(count_all(log, private(period_days=2))).values()

    assert 2 <= len({each.person for each in found}) < 4
    assert 2 <= [each.returning for each in found].count(False)


def test_nobody_is_known_by_a_template_that_is_too_old() -> None:
    log = [shot(NINE + n * DAY, 1) for n in (0, 2)]
    found = [
        [
            each.returning
            for each in visits(
                count_all(log, private(template_days=days, period_days=400))
            ).values()
        ]
        for days in (1, 3)
    ]

    assert [[False, False], [False, True]] == found


def test_pseudonyms_are_made_with_the_key() -> None:
    found = [
        {each.person for each in visits(count_all([shot(NINE, 1)], settings(key=key))).values()}
        for key in ("one", "one", "other")
    ]

    assert found[0] == found[1] != found[2]


def test_a_site_needs_a_key() -> None:
    with pytest.raises(ValidationError, match="key"):
        settings(key="")


def consent(**more: Any) -> dict[str, Any]:
    template = np.float16(somebody(1)).tobytes()
    given = {"granted": "2026-01-01T00:00:00Z", "model": MODEL}
    return given | {"templates": [b64encode(template).decode()]} | more


@pytest.mark.parametrize(
    ("mode", "more", "names"),
    [
        ("identified", {}, ("Ada",)),
        ("standard", {}, ()),
        ("identified", {"granted": "2027-01-01T00:00:00Z"}, ()),
        ("identified", {"until": "2026-02-01T00:00:00Z"}, ()),
        ("identified", {"model": "another"}, ()),
    ],
)
def test_only_who_consented_is_called_by_name(
    mode: str, more: dict[str, Any], names: tuple[str, ...]
) -> None:
    known = {"privacy": {"mode": mode}, "consents": {"Ada": consent(**more)}}
    log = [shot(NINE, 1, 2), shot(NINE + 20 * MINUTE, 1)]
    said = count_all(log, settings(known))

    assert names == window(said, NINE).identified
    called = {each.person for each in visits(said).values()}
    assert (2, bool(names)) == (len(called), "Ada" in called)


@pytest.mark.parametrize(
    ("allowed", "females", "visitor"),
    [
        ({"demographics": False, "emotions": False}, None, ("unknown", None, None)),
        ({"demographics": True, "emotions": False}, (1, 1, 0), ("female", 34.0, None)),
        ({"demographics": False, "emotions": True}, None, ("unknown", None, "happiness")),
        ({"demographics": True, "emotions": True}, (1, 1, 1), ("female", 34.0, "happiness")),
    ],
)
def test_what_a_site_does_not_ask_is_not_counted(
    allowed: dict[str, bool], females: tuple[int, ...] | None, visitor: tuple[Any, ...]
) -> None:
    said = count_all([shot(NINE, 1)], private(**allowed))
    counted, [visit] = window(said, NINE), visits(said).values()
    found = counted.females

    assert 1 == counted.visitors
    assert females == (found and (found.visitors, found.ages.age_30s, found.emotions.happiness))
    assert allowed["demographics"] == (counted.males is not None)
    assert allowed["demographics"] == (counted.ungendered is not None)
    assert visitor == (str(visit.gender), visit.age, visit.emotion)
