"""The little language of conditions: what it means, and that nothing else gets through."""

from decimal import Decimal

import pytest

from connectors.where import Comparison, WhereError, literal, parse, written


def test_a_condition_is_any_of_groups_of_which_all_hold() -> None:
    found = parse("value > 31 and quality = spike OR value <= -2.50")

    warm = Comparison(of_quality=False, operator=">", literal=Decimal(31))
    spike = Comparison(of_quality=True, operator="=", literal="spike")
    cold = Comparison(of_quality=False, operator="<=", literal=Decimal("-2.50"))
    assert ((warm, spike), (cold,)) == found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("value>31", '("t" > 31)'),
        ("VALUE >= +0031.0", '("t" >= 31.0)'),
        ("value = -0.5", '("t" = -0.5)'),
        ("value = true", '("t" = true)'),
        ("value != 'it''s'", None),
        ('value = "it\'s"', r"""("t" = 'it\'s')"""),
        (r"value = 'a\' ", r"""("t" = 'a\\')"""),
        ("quality != good", """("t_quality" != '')"""),
        ("quality = 'stuck'", """("t_quality" = 'stuck')"""),
        ("value > 1 and value < 2 or value = 9", '("t" > 1 AND "t" < 2 OR "t" = 9)'),
    ],
)
def test_it_is_written_anew_as_influxql(text: str, expected: str | None) -> None:
    if expected is None:
        with pytest.raises(WhereError):
            parse(text)
    else:
        assert expected == written(parse(text), value="t", quality="t_quality")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "at the end: expected 'value' or 'quality', found 'the end'"),
        ("value", "at the end: expected one of > >= < <= = !="),
        ("value > ", "at the end: expected a number"),
        ("value > 31; DROP DATABASE x", "position 11: '; DROP DATABASE x' cannot be read"),
        ("time > 5", "position 1: expected 'value' or 'quality', found 'time'"),
        ("value > 31 or", "at the end: expected 'value' or 'quality'"),
        ("value > 31 xor value < 2", "position 12: expected 'and', 'or' or the end, found 'xor'"),
        ("(value > 31)", r"position 1: '\(value > 31\)' cannot be read"),
        ("value > 1e9", "position 9: '1e9' cannot be read"),
        ("value > now", "position 9: expected a number, a 'text', true or false, found 'now'"),
        ("value = 'a\nb'", "position 9: expected a number, a 'text'"),
        ("value =~ /./", "position 8: '~ /./' cannot be read"),
        ("quality = nonsense", "position 11: expected one of good, out_of_range"),
        ("quality = good", "position 9: only 'quality = spike'"),
        ("quality != spike", "position 9: only 'quality = spike'"),
        ("value = 1 or " * 20 + "value = 1", "more than 20 comparisons"),
        (" " * 1001, "longer than 1000 characters"),
    ],
)
def test_anything_else_is_an_error_that_says_where(text: str, said: str) -> None:
    with pytest.raises(WhereError, match=said):
        parse(text)


def test_only_readings_have_a_quality() -> None:
    with pytest.raises(WhereError, match="only readings"):
        written(parse("quality = spike"), value="duration_s", quality=None)


def test_a_literal_is_quoted_whatever_is_in_it() -> None:
    assert r"""'\'; DROP DATABASE x; -- \\'""" == literal("'; DROP DATABASE x; -- \\")
    assert r"'a\nb'" == literal("a\nb")
    assert "0.000000001" == literal(Decimal("1e-9"))
