"""Marks: which minutes are pending, and how neighbours are joined."""

import numpy as np
import pytest

from connectors.influxql import Row
from connectors.rollup_marks import begun_by_others, marked, minutes, pending, spans, token
from schemas.batch import Origin

START = 1_700_000_040_000
"""A full minute."""


def origin(first: int, last: int, *, logged_at: int = START, partition: int = 0) -> Origin:
    offsets = np.arange(first, last + 1, dtype=np.int64)
    return Origin(
        topic="readings.accepted.v1",
        partition=partition,
        offsets=offsets,
        logged_at=np.full(len(offsets), logged_at, np.int64),
    )


def test_a_batch_has_one_name_and_no_other_batch_has_it() -> None:
    batches = [
        origin(1, 9),
        origin(1, 8),
        origin(2, 9),
        origin(1, 9, partition=1),
        origin(1, 9, logged_at=START + 1),
    ]

    assert len({token(each) for each in batches}) == len(batches)
    assert token(origin(1, 9)) == "readings.accepted.v1/0/1-9/1700000040000"


def test_times_fall_into_minutes_each_named_once() -> None:
    at = np.array([START + 59_999, START, START - 1], np.int64)

    assert minutes(at) == [START - 60_000, START]


def test_a_mark_is_one_field_at_the_start_of_its_minute() -> None:
    lines = marked([START, START + 60_000], "done", "a/0/1-9/5")

    assert lines == (
        b'rollup_pending done="a/0/1-9/5" 1700000040000\n'
        b'rollup_pending done="a/0/1-9/5" 1700000100000\n'
    )


def test_a_minute_is_pending_until_what_last_touched_it_is_done() -> None:
    rows: list[Row] = [
        {"time": 1, "touched": "a", "claimed": None, "done": None},
        {"time": 2, "touched": "b", "claimed": "x", "done": "a"},
        {"time": 3, "touched": "b", "claimed": "x", "done": "b"},
        {"time": 4, "touched": None, "claimed": "x", "done": "b"},
    ]

    assert pending(rows) == {1: "a", 2: "b"}


@pytest.mark.parametrize(
    ("starts", "joined"),
    [
        ([], []),
        ([5], [(5, 10)]),
        ([10, 5, 5], [(5, 15)]),
        ([5, 15], [(5, 10), (15, 20)]),
        ([0, 5, 10, 15, 20, 25, 30], [(0, 15), (15, 30), (30, 35)]),
    ],
)
def test_neighbours_are_joined_up_to_a_length(
    starts: list[int], joined: list[tuple[int, int]]
) -> None:
    assert spans(starts, step_ms=5, longest=3) == joined


def test_windows_that_another_roller_began_on_lately_are_left_to_it() -> None:
    rows: list[dict[str, object]] = [
        {"time": 60_000, "claimed": "other/5000"},
        {"time": 120_000, "claimed": "other/4999"},
        {"time": 180_000, "claimed": "us/7000"},
        {"time": 240_000, "claimed": None},
    ]

    assert begun_by_others(rows, name="us", since_ms=5000) == {60_000}
