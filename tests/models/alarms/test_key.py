import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.alarms.key import KEY_CHARACTERS, alarm_key, parts
from models.names import NAME_LIMIT

part = st.text(min_size=1, max_size=NAME_LIMIT) | st.text("/%25F", min_size=1, max_size=8)


@given(st.tuples(part, part, part, part).filter(lambda told: sum(map(len, told)) < 300))
def test_a_key_gives_back_its_parts(told: tuple[str, str, str, str]) -> None:
    assert told == parts(alarm_key(*told))


def test_plain_names_stay_readable() -> None:
    assert "jeju/house 1/co2/air!rate" == alarm_key("jeju", "house 1", "co2", "air!rate")


def test_slashes_and_percents_in_a_name_are_escaped() -> None:
    assert "a%2Fb/50%25/co2/air" == alarm_key("a/b", "50%", "co2", "air")


def test_the_longest_names_fit() -> None:
    longest = alarm_key("/" * NAME_LIMIT, "%" * NAME_LIMIT, "r" * 64, "r" * 64 + "!silence")
    assert len(longest) <= KEY_CHARACTERS


@pytest.mark.parametrize("told", [("", "d", "r", "x"), ("s" * KEY_CHARACTERS, "d", "r", "x")])
def test_parts_that_make_no_key_are_refused(told: tuple[str, str, str, str]) -> None:
    with pytest.raises(ValueError, match="no alarm key"):
        alarm_key(*told)


@pytest.mark.parametrize(
    "key", ["", "a/b/c", "a/b/c/d/e", "a//c/d", "a%/b/c/d", "a%2f/b/c/d", "a%41/b/c/d", "x" * 2000]
)
def test_what_is_no_key_is_refused(key: str) -> None:
    with pytest.raises(ValueError, match="not an alarm key"):
        parts(key)
