"""Which of many sayings holds; that the join as a whole is right is seen in test_enrich.py."""

from collections.abc import Sequence
from itertools import permutations

import numpy as np

from models.as_of import AsOf
from schemas.batch import REACH_MS, SETTLING_MS

NOW = 1_700_000_000_000
HOUR_MS = 3_600_000
Saying = tuple[int, int, int]


def filled(sayings: Sequence[Saying], *, most: int = 1000, source: int = 0) -> AsOf:
    """Each says its own offset."""
    as_of = AsOf(width=1, most=most)
    for at, logged_at, offset in sayings:
        as_of.add(source, at=at, logged_at=logged_at, offset=offset, values=(float(offset),))
    return as_of


def said(as_of: AsOf, at: int, logged_at: int, source: int = 0) -> float | None:
    rows = np.array([source]), np.array([at]), np.array([logged_at])
    [_, [value]] = as_of.look_up(*rows)
    return None if np.isnan(value) else float(value)


def test_the_order_in_which_sayings_come_makes_no_difference() -> None:
    sayings = [
        (NOW, NOW, 1),
        (NOW, NOW, 2),
        (NOW, NOW + 1, 3),
        (NOW - 1, NOW + 9, 4),
        (NOW + 1, NOW, 5),
    ]
    for order in permutations(sayings):
        as_of = filled([*order, *order])
        assert 5 == len(as_of)
        assert 3.0 == said(as_of, NOW, NOW + SETTLING_MS + 1)
        assert 2.0 == said(as_of, NOW, NOW + SETTLING_MS)
        assert 4.0 == said(as_of, NOW - 1, NOW + HOUR_MS)
        assert 5.0 == said(as_of, NOW + 1, NOW + HOUR_MS)


def test_what_was_heard_too_long_ago_or_not_yet_is_stepped_over() -> None:
    as_of = filled([(NOW - 9, NOW, 1), (NOW - 8, NOW - REACH_MS, 2), (NOW - 7, NOW + HOUR_MS, 3)])
    assert 1.0 == said(as_of, NOW, NOW + SETTLING_MS)
    assert 3.0 == said(as_of, NOW, NOW + REACH_MS)
    assert 3.0 == said(as_of, NOW, NOW + HOUR_MS + REACH_MS)
    assert None is said(as_of, NOW, NOW + HOUR_MS + REACH_MS + 1)
    assert None is said(as_of, NOW - 10, NOW + REACH_MS)


def test_sources_are_kept_apart_and_rows_stay_in_order() -> None:
    as_of = AsOf(width=2, most=9)
    for source in (0, 2):
        as_of.add(source, at=NOW, logged_at=NOW, offset=0, values=(source + 0.5, -1.0))
    sources, late = np.array([2, 1, 0, 2]), np.full(4, NOW + REACH_MS)
    at, *values = as_of.look_up(sources, np.array([NOW, NOW, NOW, NOW - 1]), late)
    assert np.array_equal([NOW, np.nan, NOW, np.nan], at, equal_nan=True)
    assert np.array_equal(
        [[2.5, np.nan, 0.5, np.nan], [-1.0, np.nan, -1.0, np.nan]], values, equal_nan=True
    )


def test_nothing_is_found_for_no_rows() -> None:
    nothing = np.empty(0, np.int64)
    assert (2, 0) == filled([(NOW, NOW, 1)]).look_up(nothing, nothing, nothing).shape


def test_what_is_forgotten_is_gone_and_room_is_made_for_more() -> None:
    as_of = filled([(NOW + n, NOW + n, n) for n in range(20)])
    as_of.forget(NOW + 15)
    assert (5, 19.0) == (len(as_of), said(as_of, NOW + 99, NOW + HOUR_MS))
    as_of.forget(NOW + 99)
    assert 0 == len(as_of)
    as_of.add(0, at=NOW, logged_at=NOW, offset=7, values=(7.0,))
    assert 7.0 == said(as_of, NOW + 99, NOW + HOUR_MS)


def test_too_many_drive_out_those_that_were_logged_first() -> None:
    as_of = filled([(NOW - n, NOW + n, n) for n in range(1000)], most=8)
    assert len(as_of) <= 8
    assert 999.0 == said(as_of, NOW - 999, NOW + HOUR_MS)
    assert None is said(as_of, NOW - 999, NOW + 999)


def test_one_that_takes_no_more_than_one_forgets_the_last() -> None:
    as_of = filled([(NOW, NOW + n, n) for n in range(3)], most=1)
    assert (1, 2.0) == (len(as_of), said(as_of, NOW, NOW + HOUR_MS))
