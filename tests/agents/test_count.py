from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from models.crowd.census import GRACE_MS, Census
from schemas.alarms import AlarmRequest
from schemas.batch import Records
from schemas.crowd import CrowdCounted, VisitEnded
from schemas.frames import FrameAnalysed
from schemas.reasons import Reason, SetAside
from streams.shapes import gives, takes
from tests.models.crowd_frames import NINE, batch, face, frame, settings, told
from tests.models.crowd_said import LATER_MS, closed, count_all, window

HOUR, MINUTE, SECOND = 3_600_000, 60_000, 1000


def shot(at: int, *people: int, **more: Any) -> FrameAnalysed:
    return frame(at, *(face(each, **told()) for each in people), **more)


def said(count: Census, *frames: FrameAnalysed, logged_at: int | None = None) -> list[Any]:
    return list(count(batch(frames, logged_at or max(each.at for each in frames))))


def test_it_takes_frames_and_gives_counts_visits_and_judgements() -> None:
    assert (Records, FrameAnalysed) == takes(Census)
    assert {CrowdCounted, VisitEnded, AlarmRequest} == gives(Census)


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"site": "nowhere"}, Reason.UNKNOWN_SITE),
        ({"camera": "z"}, Reason.UNKNOWN_CAMERA),
        ({"frame_id": ""}, Reason.EMPTY_NAME),
        ({"frame_id": "x" * 129}, Reason.NAME_TOO_LONG),
        ({"at": 0}, Reason.TIME_TOO_EARLY),
        ({"at": NINE + HOUR + 61 * SECOND}, Reason.TIME_IN_FUTURE),
    ],
)
def test_what_cannot_be_counted_is_set_aside_with_its_reason(
    wrong: dict[str, Any], reason: Reason
) -> None:
    count = Census(settings())
    [aside] = said(count, shot(NINE, 1), replace(shot(NINE, 2), **wrong), logged_at=NINE + HOUR)

    assert isinstance(aside, SetAside)
    assert (1, reason) == (aside.row, aside.reason)


@pytest.mark.parametrize("templates", [(1, 2), (1, None)])
def test_a_frame_looked_at_again_is_the_same_frame_whatever_template_it_got(
    templates: tuple[int | None, ...],
) -> None:
    frames = [frame(NINE, face(each, **told())) for each in templates]
    one, other = (count_all(order, settings()) for order in (frames, frames[::-1]))
    assert not [each for each in (*one, *other) if isinstance(each, SetAside)]
    assert replace(window(one, NINE), revision=0) == replace(window(other, NINE), revision=0)


def test_one_that_looks_otherwise_is_set_aside() -> None:
    frames = [shot(NINE, 1), shot(NINE, 1, 2)]
    found = said(Census(settings()), *frames)
    assert [Reason.DUPLICATE] == [each.reason for each in found if isinstance(each, SetAside)]


def test_frames_later_than_allowed_are_set_aside_and_others_are_not() -> None:
    count = Census(settings(lateness_s=600))
    done = said(count, shot(NINE + HOUR, 1), shot(NINE, 2), shot(NINE + 50 * MINUTE, 3))

    [aside] = [each for each in done if isinstance(each, SetAside)]
    assert (1, Reason.TOO_LATE) == (aside.row, aside.reason)
    assert "600 s" in aside.detail


def test_beyond_what_can_be_kept_the_oldest_are_settled_and_count_all_the_same() -> None:
    count = Census(settings(remembered_faces=100))
    log = [shot(NINE + n * MINUTE, n % 3) for n in range(120)]
    done = said(count, *log)
    late = said(count, shot(NINE + 30 * SECOND, 7))
    done += count.tick(NINE + LATER_MS)

    assert [Reason.TOO_LATE] == [each.reason for each in late if isinstance(each, SetAside)]
    assert [(3, 60), (3, 60)] == [
        (each.visitors, each.frames) for each in (window(done, NINE), window(done, NINE + HOUR))
    ]


def test_beyond_the_people_who_can_be_known_faces_are_unresolved() -> None:
    counted = window(
        count_all([shot(NINE, 1, 2, 3), shot(NINE + MINUTE, 1, 4)], settings(remembered_people=2)),
        NINE,
    )

    assert (2, 2) == (counted.visitors, counted.unresolved)


def test_a_batch_without_an_origin_is_a_bug() -> None:
    with pytest.raises(ValueError, match="time"):
        Census(settings())(Records(record=FrameAnalysed, rows=[]))


def test_the_clock_closes_windows_once_the_partition_is_silent() -> None:
    count = Census(settings())
    done = said(count, shot(NINE + 59 * MINUTE, 1))
    due = NINE + HOUR + MINUTE

    done += count.tick(due + GRACE_MS - 1)
    assert {} == closed(done)
    done += count.tick(due + GRACE_MS)
    assert {"a", None} == {each.camera for each in closed(done).values()}
    assert [] == list(count.tick(due + GRACE_MS + 1))


def test_late_frames_alone_are_told_by_the_brokers_clock() -> None:
    count = Census(settings())
    said(count, shot(NINE + 3 * HOUR, 1))
    list(count.tick(NINE + 4 * HOUR))
    logged = NINE + 5 * HOUR
    done = list(count(batch([shot(NINE, 2), shot(NINE + 1, 2)], [logged, logged + 3 * MINUTE])))

    assert 1 == window(done, NINE).visitors


@pytest.mark.parametrize("few", [{"lateness_s": 1800}, {"remembered_faces": 100}])
def test_it_goes_on_where_it_was_saved_and_lets_go_at_the_same_frames(few: Any) -> None:
    times = [NINE + (n * 7 - n % 9 * 40) * MINUTE for n in range(100)]
    log = [
        shot(at, n % 4, n % 5 + 9, *range(n + 30, n + 38), camera="ab"[n % 2])
        for n, at in enumerate(times)
    ]
    whole = count_all(log, settings(**few))

    assert any(isinstance(each, SetAside) for each in whole)
    assert whole == count_all(log, settings(**few), cuts=range(1, 100, 7))


def test_what_it_did_not_save_is_refused() -> None:
    saved = Census(settings()).save()
    for data in (b"", b"something else", saved[: len(saved) // 2], saved[:-1]):
        with pytest.raises(ValueError, match=r".+"):
            Census(settings()).load(data)


def test_days_that_are_over_are_forgotten_but_not_who_was_there() -> None:
    count, done = Census(settings(lateness_s=3600)), list[Any]()
    for day in range(4):
        log = [shot(NINE + day * 24 * HOUR + n * MINUTE, n % 2, n + 9) for n in range(1, 30)]
        done += said(count, *log)
    crowd = count._sites["hall"].crowd

    assert 1 == len(crowd.days)
    done += list(count.tick(NINE + 3 * 24 * HOUR + LATER_MS))
    counted = window(done, NINE + 3 * 24 * HOUR).females
    assert counted
    assert (31, 31) == (counted.visitors, counted.returning)


def test_hostile_numbers_do_no_harm() -> None:
    nan, huge = float("nan"), 1e308
    odd = [
        face(1, quality=nan, **told(age=nan, male_probability=huge)),
        face(1, quality=-huge, yaw_deg=nan, **told(age=-huge)),
        face(np.full(32, np.nan)),
        face(np.full(32, np.inf)),
        face(np.zeros(32)),
        face(np.ones(3)),
        face(embedding=b"odd", embedding_model="test"),
        face(2, **told(age=huge)),
    ]
    counted = window(count_all([frame(NINE, *odd)], settings()), NINE)

    assert (1, 8, 7) == (counted.visitors, counted.faces, counted.unresolved)


def test_templates_of_another_size_are_other_people() -> None:
    log = [frame(NINE, face(np.eye(1, 32)[0])), frame(NINE + 1, face(np.eye(1, 64)[0]))]

    assert 1 <= (window(count_all(log, settings()), NINE).visitors or 0) <= 2
