from collections.abc import Sequence
from typing import Any

import pytest

from models.alarms.book import AlarmBook
from schemas.alarms import AlarmChange, AlarmRequest, Cause, Change, Level
from schemas.frames import FrameAnalysed
from tests.models.crowd_frames import NINE, face, frame, settings, told
from tests.models.crowd_said import count_all

HOUR, MINUTE, SECOND = 3_600_000, 60_000, 1000


def shot(at: int, *people: int, camera: str = "a") -> FrameAnalysed:
    return frame(at, *(face(each, **told()) for each in people), camera=camera)


def alarms(done: Sequence[Any]) -> list[tuple[str, Level, float | None, int]]:
    return [
        (each.alarm, each.judgement.level, each.judgement.value, each.at)
        for each in done
        if isinstance(each, AlarmRequest) and each.judgement
    ]


def test_too_many_people_raise_an_alarm_until_there_are_few_enough() -> None:
    hall = {
        "cameras": {"a": {"limit": {"most": 2, "reset": 1}}, "b": {}},
        "limit": {"most": 3},
    }
    log = [
        shot(NINE, 1, 2),
        shot(NINE + 60 * SECOND, 1, 2, 3),
        shot(NINE + 61 * SECOND, 4, camera="b"),
        shot(NINE + 120 * SECOND, 1, 2),
        shot(NINE + 180 * SECOND, 1, 2),
        shot(NINE + 240 * SECOND, 1),
        shot(NINE + 300 * SECOND, 1),
        shot(NINE + 360 * SECOND, 1),
    ]
    done = count_all(log, settings(hall))

    assert [
        ("hall/*/occupancy/occupancy-limit", Level.WARNING, 4.0, NINE + 2 * MINUTE),
        ("hall/a/occupancy/occupancy-limit", Level.WARNING, 3.0, NINE + 2 * MINUTE),
        ("hall/*/occupancy/occupancy-limit", Level.OK, 2.0, NINE + 3 * MINUTE),
        ("hall/a/occupancy/occupancy-limit", Level.OK, 1.0, NINE + 5 * MINUTE),
    ] == alarms(done)
    [first, *_] = [each for each in done if isinstance(each, AlarmRequest)]
    assert first.judgement
    assert (Cause.VALUE, 3.0, NINE + 2 * MINUTE) == (
        first.judgement.cause,
        first.judgement.threshold,
        first.judgement.number,
    )


def test_an_alarm_of_too_many_people_is_created_and_cleared_whoever_tells_it_again() -> None:
    hall = {"cameras": {"a": {"limit": {"most": 2}}}}
    log = [shot(NINE + n * MINUTE, *range(n % 5)) for n in range(7)]
    requests = [each for each in count_all(log, settings(hall)) if isinstance(each, AlarmRequest)]
    book = AlarmBook(latched=lambda _: False, remembered_alarms=9, remembered_requests=9)
    changes = list[AlarmChange]()
    for request in requests * 2:
        taken = book.take(request, logged_at=request.at)
        assert isinstance(taken, list)
        changes += taken

    assert [
        (Change.CREATED, Level.WARNING, 3.0, True),
        (Change.CLEARED, Level.OK, 0.0, False),
    ] == [(each.change, each.level, each.value, each.active) for each in changes]
    assert {("hall", "a", "occupancy", "occupancy-limit")} == {
        (each.site, each.device, each.resource, each.rule) for each in changes
    }


def test_an_alarm_does_not_say_how_many_if_counts_of_so_few_are_withheld() -> None:
    hall = {"cameras": {"a": {"limit": {"most": 6}}}, "privacy": {"smallest": 5}}
    crowds = [7, 7, 2, 2, 2, 7, 7, 5, 5, 5, 7, 7, 0, 0, 0]
    log = [shot(NINE + n * MINUTE, *range(many)) for n, many in enumerate(crowds)]
    done = count_all(log, settings(hall))

    assert [7.0, None, 7.0, 5.0, 7.0, 0.0] == [value for _, _, value, _ in alarms(done)]


@pytest.mark.parametrize("most", [2, 3])
def test_strictly_a_change_of_windows_neither_raises_nor_clears_an_alarm(most: int) -> None:
    hall = {"cameras": {"a": {"limit": {"most": most}}}, "privacy": {"mode": "strict"}}
    times = range(NINE + 50 * MINUTE, NINE + 70 * MINUTE, 10 * SECOND)
    log = [
        *(frame(at, *(face(person=f"{name}{at // HOUR}") for name in "xyz")) for at in times),
        *(frame(NINE + n * MINUTE) for n in range(70, 90)),
    ]
    done = count_all(log, settings(hall, present_s=600))

    expected = [NINE + 51 * MINUTE, NINE + 80 * MINUTE] if most == 2 else []
    assert expected == [at for *_, at in alarms(done)]


def test_strictly_a_site_has_as_many_as_its_cameras_together() -> None:
    hall = {"limit": {"most": 3}, "privacy": {"mode": "strict"}}
    log = [
        frame(NINE + n * 10 * SECOND, face(person="x"), face(person="y"), camera="ab"[n % 2])
        for n in range(12)
    ]
    done = count_all(log, settings(hall))

    assert [4.0, 0.0] == [value for _, _, value, _ in alarms(done)]
