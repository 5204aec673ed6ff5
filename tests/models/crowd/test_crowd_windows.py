from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.crowd.windows import Calendar

HOUR = 3_600_000


def calendar(zone: str, window_s: int = 3600, gap_s: int = 300) -> Calendar:
    return Calendar(ZoneInfo(zone), window_s=window_s, gap_s=gap_s)


def ms(zone: str, *when: int, fold: int = 0) -> int:
    year, month, day, hour, minute = (*when, 0, 0)[:5]
    at = datetime(year, month, day, hour, minute, tzinfo=ZoneInfo(zone), fold=fold)
    return round(at.timestamp() * 1000)


def windows_of(when: Calendar, at: int) -> list[int]:
    day, lengths = when.day_of(at), []
    start = day.start
    while start < day.end:
        lengths.append(when.window_of(start).end - start)
        start += lengths[-1]
    return lengths


def test_a_day_is_from_midnight_to_midnight_of_the_site() -> None:
    day = calendar("Asia/Seoul").day_of(ms("Asia/Seoul", 2026, 6, 1, 8, 30))

    assert (ms("Asia/Seoul", 2026, 6, 1), ms("Asia/Seoul", 2026, 6, 2)) == (day.start, day.end)
    assert day.day


@pytest.mark.parametrize(
    ("zone", "when", "hours"),
    [
        ("Europe/Berlin", (2026, 3, 29, 12), 23),
        ("Europe/Berlin", (2026, 10, 25, 12), 25),
        ("Europe/Berlin", (2026, 6, 1, 12), 24),
        # its midnight is leapt over
        ("America/Santiago", (2026, 9, 6, 12), 23),
        # its last hour comes twice
        ("America/Santiago", (2026, 4, 4, 12), 25),
    ],
)
def test_a_day_on_which_clocks_change_has_an_hour_less_or_more(
    zone: str, when: tuple[int, ...], hours: int
) -> None:
    day = calendar(zone).day_of(at := ms(zone, *when))

    assert hours * HOUR == day.end - day.start
    assert [HOUR] * hours == windows_of(calendar(zone), at)


def test_a_change_of_half_an_hour_leaves_a_short_last_window() -> None:
    at = ms("Australia/Lord_Howe", 2026, 4, 5, 12)

    assert [HOUR] * 24 + [HOUR // 2] == windows_of(calendar("Australia/Lord_Howe"), at)


def test_windows_of_any_length_end_with_the_day() -> None:
    lengths = windows_of(calendar("Asia/Seoul", 7 * 3600), ms("Asia/Seoul", 2026, 6, 1))

    assert [7 * HOUR] * 3 + [3 * HOUR] == lengths


def test_the_hour_that_comes_twice_is_two_windows() -> None:
    first = ms("Europe/Berlin", 2026, 10, 25, 2, 30)
    second = ms("Europe/Berlin", 2026, 10, 25, 2, 30, fold=1)
    windows = [calendar("Europe/Berlin").window_of(at) for at in (first, second)]

    assert HOUR == windows[1].start - windows[0].start


@given(
    zone=st.sampled_from(["Europe/Berlin", "Asia/Seoul", "Australia/Lord_Howe", "Asia/Kathmandu"]),
    window_s=st.integers(60, 86_400),
    gap_s=st.integers(1, 4000),
    at=st.integers(1_700_000_000_000, 1_800_000_000_000),
)
def test_pieces_lie_in_one_window_and_are_no_longer_than_the_gap(
    zone: str, window_s: int, gap_s: int, at: int
) -> None:
    when = calendar(zone, window_s, gap_s)
    [start] = when.pieces(np.array([at])).tolist()
    window = when.window_of(at)

    assert window.start <= start <= at < min(start + when.piece_ms, window.end)
    assert when.piece_ms <= gap_s * 1000
    assert [start, start] == when.pieces(np.array([start, at])).tolist()
