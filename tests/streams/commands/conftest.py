"""The command line, called as a person would, in this process."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from streams.__main__ import cli


@dataclass(frozen=True)
class Called:
    """What a command said, and how it ended."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        return json.loads(self.out)


Engawa = Callable[..., Called]


@pytest.fixture
def engawa(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Engawa:
    """Call a command; nothing in this machine's environment or folder reaches it."""
    monkeypatch.chdir(tmp_path)

    def call(
        *arguments: str, environment: Mapping[str, str] | None = None, typed: str = ""
    ) -> Called:
        result = CliRunner().invoke(cli(), arguments, env=dict(environment or {}), input=typed)
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Called(result.exit_code, result.stdout, result.stderr)

    return call


@pytest.fixture(scope="session")
def stocked(environment: dict[str, str]) -> dict[str, str]:
    """The servers' environment, with the topics created."""
    assert CliRunner().invoke(cli(), ["topics"], env=environment).exit_code == 0
    return environment
