import json

import pytest

from streams.output import cell, plain, say, show, show_json


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "-"),
        (True, "yes"),
        (1234567, "1,234,567"),
        (0.5, "0.500"),
        ("a\x1b[31m\nb", r"a\x1b[31m\x0ab"),
    ],
)
def test_values_are_shown_for_people(value: object, shown: str) -> None:
    assert shown == cell(value)


def test_text_from_outside_cannot_command_a_terminal() -> None:
    assert r"\x1b]0;owned\x07" == plain("\x1b]0;owned\x07")
    assert "Temperaturfühler 室" == plain("Temperaturfühler 室")


def test_rows_are_a_table_whose_markup_is_not_obeyed(capsys: pytest.CaptureFixture[str]) -> None:
    show([{"device_name": "[red]air[/red]", "size_bytes": 1200}], title="Devices")
    out = capsys.readouterr().out

    assert "[red]air[/red]" in out
    assert "device name" in out
    assert "1,200" in out


def test_no_rows_are_said_to_be_none(capsys: pytest.CaptureFixture[str]) -> None:
    show([], title="Devices")

    assert "Devices: nothing\n" == capsys.readouterr().out


def test_json_is_one_document_in_plain_ascii(capsys: pytest.CaptureFixture[str]) -> None:
    show_json({"name": "fühler\x9b", "rows": [{"a": 1}]})
    out = capsys.readouterr().out

    assert out.isascii()
    assert {"name": "fühler\x9b", "rows": [{"a": 1}]} == json.loads(out)


def test_what_is_said_goes_to_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    say("a " * 100)

    assert ("", "a " * 100 + "\n") == capsys.readouterr()
