import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st

from streams.instants import at, instant, iso

NOW_MS = 1_780_000_000_000
DAY_MS = 86_400_000


@pytest.mark.parametrize(
    ("text", "at_ms"),
    [
        ("now", NOW_MS),
        ("30s", NOW_MS - 30_000),
        ("90m", NOW_MS - 5_400_000),
        ("1.5h", NOW_MS - 5_400_000),
        ("7d", NOW_MS - 7 * DAY_MS),
        ("2w", NOW_MS - 14 * DAY_MS),
        ("1970-01-02", DAY_MS),
        ("1970-01-02T00:00", DAY_MS),
        ("1970-01-02T00:00:00.250Z", DAY_MS + 250),
        ("1970-01-02T01:00+01:00", DAY_MS),
        ("1970-01-01 19:00-05:00", DAY_MS),
    ],
)
def test_times_are_read_as_people_write_them(text: str, at_ms: int) -> None:
    assert at_ms == instant(text, now_ms=NOW_MS)


@pytest.mark.parametrize(
    "text", ["", "7", "d", "7 d", "-7d", "7y", "yesterday", "2026-13-01", "9" * 12 + "d"]
)
def test_what_is_no_time_is_refused_with_examples(text: str) -> None:
    with pytest.raises(ValueError, match="is no time; write 2h"):
        instant(text, now_ms=NOW_MS)


def test_an_option_that_is_no_time_is_wrong_usage() -> None:
    with pytest.raises(typer.BadParameter) as raised:
        at("never", "--since", now_ms=NOW_MS)

    assert raised.value.param_hint == "--since"


@given(st.integers(0, 253_402_300_799_999))
def test_a_time_that_is_written_is_read_as_the_same(at_ms: int) -> None:
    assert at_ms == instant(iso(at_ms), now_ms=NOW_MS)


def test_a_time_that_no_calendar_has_is_written_as_a_number() -> None:
    assert f"{2**62} ms" == iso(2**62)
