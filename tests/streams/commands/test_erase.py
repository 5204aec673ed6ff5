"""What ``engawa erase`` has to be told."""

import pytest
import typer
from typer.testing import CliRunner

from streams.commands.erase import erase


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--person", "p", "--camera", "c"],
        ["--before", "yesterday-ish"],
        ["--camera", "x" * 129],
    ],
)
def test_it_wants_to_know_what(arguments: list[str]) -> None:
    app = typer.Typer()
    app.command()(erase)

    assert 2 == CliRunner().invoke(app, ["--site", "hall", *arguments]).exit_code
