"""Text from outside, made harmless; numbers, units and durations as people write them."""

import pytest

from models.notify.plain_text import discord, duration, number, plain, shown_unit, slack


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (31.0, "31"),
        (32.4, "32.4"),
        (0.1 + 0.2, "0.3"),
        (-0.0001, "-0.0001"),
        (-0.0, "0"),
        (101_325.0, "101325"),
        (1e12, "1e+12"),
        (float("nan"), "nan"),
    ],
)
def test_a_number_has_no_more_decimals_than_it_needs(value: float, text: str) -> None:
    assert number(value) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 s"),
        (59.6, "1 min"),
        (754, "12 min 34 s"),
        (90_061, "1 d 1 h"),
        (-5, "0 s"),
        (float("nan"), "0 s"),
        (float("inf"), "1157407 d 9 h"),
    ],
)
def test_a_duration_is_said_in_its_two_largest_units(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_units_are_shown_as_people_write_them() -> None:
    assert ["°C", "ppm", "%", ""] == [shown_unit(code) for code in ("Cel", "[ppm]", "%", None)]


def test_text_is_cut_and_says_so() -> None:
    assert plain("x" * 100, 10) == "x" * 9 + "…"
    assert plain("x" * 10, 10) == "x" * 10


def test_markup_is_taken_its_meaning() -> None:
    assert discord("a_b@c") == r"a\_b\@c"
    assert slack("<@U1> & co") == "&lt;@U1&gt; &amp; co"
