from pathlib import Path
from typing import Any

import pytest

from models.yaml_tree import SIZE_BYTES, YamlError, parse, read


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[1, -2, +3, 1.5, .5, 1e3, 1.]", [1, -2, 3, 1.5, 0.5, 1000.0, 1.0]),
        ("[true, false, null, ~, ]", [True, False, None, None]),
        (
            "[no, on, y, 18:00, 2020-01-01, .nan, 0x1F]",
            ["no", "on", "y", "18:00", "2020-01-01", ".nan", "0x1F"],
        ),
        ("""['1', "true", 'null', "ü"]""", ["1", "true", "null", "ü"]),
        ("on: {1: a, null: b}", {"on": {"1": "a", "null": "b"}}),
        ("text: |\n  1\n", {"text": "1\n"}),
        ("\ufeffa: 가", {"a": "가"}),
        ("x", "x"),
    ],
)
def test_values_are_what_people_mean(text: str, expected: Any) -> None:
    assert expected == parse(text.encode()).value


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "1: file: empty"),
        ("# nothing", "1: file: empty"),
        ("a: 1\nb: 2\na: 3", "3: a: already in line 1"),
        ("a:\n  b: 1\n  'b': 2", "3: a.b: already in line 2"),
        ("a: [\n", "2: yaml: "),
        ("a: 1\n b: 2", "2: yaml: mapping values are not allowed here"),
        ("a: &a {}\nb: *a", "2: yaml: aliases are not taken"),
        ("a: &a [x, *a]", "1: yaml: aliases are not taken"),
        ("a: &a {}\nb: {<<: *a}", "2: yaml: aliases are not taken"),
        ("\na: !!python/object/apply:os.system [ls]", "2: a: tags are not taken"),
        ("a: !!int x", "1: a: tags are not taken"),
        ("a:\n  ? [b]\n  : c", "2: a: a key that is no word"),
        ("--- 1\n--- 2", "2: yaml: but found another document"),
        ("[" * 100_000, "1: yaml: more than 32 levels deep"),
        ("- " * 100_000, "1: yaml: more than 32 levels deep"),
        (b"a: 1\n\xff", "2: yaml: not UTF-8"),
        ("a: 1\n\x00", "2: yaml: character 0"),
        ("{\n? 'a\\x07'\n: {b: 1, b: 2}}", "3: a"),
        ('{"a\\nb": 1, "a\\nb": 2}', "1: 'a\\nb': already in line 1"),
    ],
)
def test_what_is_not_taken_is_said_with_its_line(text: str | bytes, complaint: str) -> None:
    with pytest.raises(YamlError) as caught:
        parse(text.encode() if isinstance(text, str) else text)
    assert complaint == str(caught.value)[: len(complaint)]


def test_a_number_of_a_million_digits_is_no_work() -> None:
    assert float("inf") == parse(b"9" * 1_000_000).value


def test_a_file_that_is_too_large_is_not_read_to_its_end() -> None:
    with pytest.raises(YamlError, match=f"1: file: larger than {SIZE_BYTES} bytes"):
        read(Path("/dev/zero"))


def test_a_place_is_known_by_line_and_name() -> None:
    tree = parse(b"rules:\n  hot:\n    levels:\n    - a\n    - b\n")
    assert (5, "rules.hot.levels.1") == tree.place(("rules", "hot", "levels", 1))
    assert (1, "file") == tree.place(())


def test_a_missing_place_is_looked_for_around_it() -> None:
    tree = parse(b"channels:\n  farm:\n    kind: mail\n")
    assert (2, "channels.farm.host") == tree.place(("channels", "farm", "mail", "host"))
    assert (3, "channels.farm.kind") == tree.place(("channels", "farm", "mail", "kind"))
