"""Nobody is counted twice, and order, repetition and lateness change nothing."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from math import cos, radians, sin
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.crowd.settings import Matching
from schemas.frames import Face, FrameAnalysed, Gender
from tests.models.crowd_frames import MODEL, NINE, face, frame, told
from tests.models.crowd_frames import settings as crowd_settings
from tests.models.crowd_said import LATER_MS, closed, count_all, figures, plain_visits
from tests.models.crowd_truth import Truth

HOUR, MINUTE = 3_600_000, 60_000
GRACES = 3 * MINUTE

SETTINGS = crowd_settings(
    lateness_s=3 * 86_400,
    matching={MODEL: Matching(same=cos(radians(12)), alike=cos(radians(4)), sure=cos(radians(1)))},
)


def on_a_circle(degrees: int) -> Face:
    """A face of a template in a plane, where near ones chain and it matters who comes first."""
    template = np.zeros(16)
    template[:2] = cos(radians(degrees)), sin(radians(degrees))
    return face(template)


faces = st.builds(
    lambda degrees, quality, more: face(
        np.frombuffer(on_a_circle(degrees).embedding or b"", "<f2"), quality=quality, **more
    ),
    st.sampled_from([0, 5, 10, 16, 20, 26, 30, 52, 55, 60, 66, 90, 100, 120]),
    st.sampled_from([0.1, 0.35, 0.5, 0.9]),
    st.builds(
        lambda age, chance, gender: told(age=age, male_probability=chance, gender=gender),
        st.sampled_from([None, 10.0, 34.0, 70.0]),
        st.sampled_from([None, 0.1, 0.5, 0.9]),
        st.sampled_from(Gender),
    ),
)
times = st.builds(
    lambda hours, ms, second: NINE + hours * HOUR + ms + second * 1000,
    st.sampled_from([0, 0, 0, 1, 2, 7, 24]),
    st.sampled_from([0, 1000, MINUTE, 200_000, 299_999, 300_000, 301_000, 900_000]),
    st.integers(0, 3),
)
frames = st.lists(
    st.tuples(
        times, st.lists(st.one_of(faces, st.just(face())), max_size=3), st.sampled_from("abc")
    ),
    min_size=1,
    max_size=30,
).map(
    lambda drawn: [
        frame(at, *seen, camera=camera, name=f"f{number}")
        for number, (at, seen, camera) in enumerate(drawn)
    ]
)


@settings(max_examples=60, deadline=None)
@given(given_frames=frames, data=st.data())
def test_the_count_is_that_of_brute_force_whatever_the_order(
    given_frames: list[FrameAnalysed], data: st.DataObject
) -> None:
    again = data.draw(st.lists(st.sampled_from(given_frames), max_size=10))
    log = data.draw(st.permutations([*given_frames, *again]))
    cuts = data.draw(st.lists(st.integers(1, len(log)), max_size=4))
    said = count_all(log, SETTINGS, cuts=cuts)

    truth = Truth(given_frames, SETTINGS)
    until = max(each.at for each in given_frames) + LATER_MS - GRACES
    expected = truth.all_figures(until)
    found = {name: figures(each) for name, each in closed(said).items() if name in expected}
    assert expected == found
    assert truth.all_visits() == plain_visits(said)


@settings(max_examples=30, deadline=None)
@given(given_frames=frames, data=st.data())
def test_the_count_is_that_of_brute_force_when_frames_are_soon_let_go(
    given_frames: list[FrameAnalysed], data: st.DataObject
) -> None:
    days = data.draw(st.lists(st.integers(0, 2), min_size=len(given_frames)))
    spread = [
        replace(each, at=each.at + day * 24 * HOUR)
        for each, day in zip(given_frames, days, strict=False)
    ]
    log = sorted(spread, key=lambda each: each.at)
    cuts = data.draw(st.lists(st.integers(1, len(log)), max_size=4))
    soon = SETTINGS.model_copy(update={"lateness_s": 0})
    said = count_all(log, soon, cuts=cuts)

    truth = Truth(log, soon)
    expected = truth.all_figures(max(each.at for each in log) + LATER_MS - GRACES)
    found = {name: figures(each) for name, each in closed(said).items() if name in expected}
    assert expected == found
    assert truth.all_visits() == plain_visits(said)


@settings(max_examples=30, deadline=None)
@given(given_frames=frames, data=st.data())
def test_tokens_count_the_same_in_any_order(
    given_frames: list[FrameAnalysed], data: st.DataObject
) -> None:
    tokens = st.sampled_from(["", "", "x", "y", "z"])
    marked = [
        replace(
            each, faces=tuple(replace(one, person=data.draw(tokens) or None) for one in each.faces)
        )
        for each in given_frames
    ]
    log = data.draw(st.permutations(marked))
    expected, found = (count_all(each, SETTINGS, cuts=[7]) for each in (marked, log))

    assert [figures(each) for _, each in sorted(closed(expected).items())] == [
        figures(each) for _, each in sorted(closed(found).items())
    ]
    assert plain_visits(expected) == plain_visits(found)


@settings(max_examples=25, deadline=None)
@given(log=frames, data=st.data())
def test_what_is_said_follows_from_the_log_wherever_it_is_cut(
    log: list[FrameAnalysed], data: st.DataObject
) -> None:
    cuts = data.draw(st.lists(st.integers(1, len(log)), max_size=6))

    assert count_all(log, SETTINGS) == count_all(log, SETTINGS, cuts=cuts)


@pytest.mark.parametrize("window_s", [3600, 5 * 3600])
@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Berlin", (2026, 3, 29), 23.0),
        ("Europe/Berlin", (2026, 10, 25), 25.0),
        ("Australia/Lord_Howe", (2026, 4, 5), 24.5),
        ("Australia/Lord_Howe", (2026, 10, 4), 23.5),
    ],
)
def test_the_count_is_that_of_brute_force_when_clocks_change(
    zone: str, day: tuple[int, int, int], hours: float, window_s: int
) -> None:
    rules = SETTINGS.model_copy(
        update={"window_s": window_s, "sites": crowd_settings({"time_zone": zone}).sites}
    )
    midnight = round(datetime(*day, tzinfo=ZoneInfo(zone)).timestamp() * 1000)
    log = [
        seen([n % 4, n % 7 + 9, 30], at=midnight + n * 7 * MINUTE, camera="ab"[n % 2])
        for n in range(-20, 240)
    ]
    said = count_all([*log[::-1], *log[::3]], rules, cuts=[70, 260])

    truth = Truth(log, rules)
    expected = truth.all_figures(log[-1].at + LATER_MS - GRACES)
    found = {name: figures(each) for name, each in closed(said).items() if name in expected}
    assert expected == found
    assert truth.all_visits() == plain_visits(said)
    end = midnight + round(hours * HOUR)
    last = midnight + (end - midnight - 1) // (window_s * 1000) * window_s * 1000
    assert {f"hall|*|{midnight}|{end}", f"hall|*|{last}|{end}"} <= expected.keys()


def seen(people: Sequence[int], *, at: int, camera: str = "a") -> FrameAnalysed:
    return frame(at, *(face(each, **told()) for each in people), camera=camera)


def test_somebody_who_turns_is_the_same_as_each_pose_is_like_the_one_before() -> None:
    log = [frame(NINE + n * 1000, on_a_circle(degrees)) for n, degrees in enumerate((0, 8, 16))]
    counted = closed(count_all(log, SETTINGS))

    assert 1 == counted[f"hall|a|{NINE}|{NINE + HOUR}"].visitors


def test_who_seemed_two_is_one_once_a_pose_between_is_known() -> None:
    log = [frame(NINE + n * 1000, on_a_circle(degrees)) for n, degrees in enumerate((0, 20, 10))]
    counted = closed(count_all(log, SETTINGS))

    assert 1 == counted[f"hall|a|{NINE}|{NINE + HOUR}"].visitors


def test_two_in_one_frame_are_never_one() -> None:
    log = [frame(NINE, on_a_circle(0), on_a_circle(1)), frame(NINE + MINUTE, on_a_circle(0))]
    counted = closed(count_all(log, SETTINGS))

    assert 2 == counted[f"hall|a|{NINE}|{NINE + HOUR}"].visitors
