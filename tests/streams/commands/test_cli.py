import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]
COMMANDS = (
    *("up", "down", "status", "worker", "produce", "topics", "check", "replay", "dead-letters"),
    *("query", "alarms"),
    *("chart", "contracts"),
)
NOWHERE = {"ENGAWA_KAFKA__BOOTSTRAP_SERVERS": "127.0.0.1:1"}


def test_help_lists_every_command_and_the_exit_codes(engawa: Any) -> None:
    called = engawa("--help")

    assert called.code == 0
    for word in (*COMMANDS, "69", "78"):
        assert word in called.out


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_teaches_by_an_example(engawa: Any, command: str) -> None:
    called = engawa(command, "--help")

    assert called.code == 0
    assert "engawa" in called.out.replace("Usage: engawa", "") or command in (
        "dead-letters",
        "alarms",
    )


@pytest.mark.parametrize("command", ["list", "show", "resend"])
def test_the_commands_for_dead_letters_teach_by_examples(engawa: Any, command: str) -> None:
    assert f"engawa dead-letters {command}" in engawa("dead-letters", command, "--help").out


def test_no_command_is_wrong_usage(engawa: Any) -> None:
    assert engawa("nonsense").code == 2
    assert engawa("worker", "nonsense").code == 2


def test_python_m_streams_is_the_same_command_line() -> None:
    called = subprocess.run(
        [sys.executable, "-m", "streams", "chart"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )

    assert called.stdout.startswith("flowchart LR\n")
    assert called.stderr == ""


@pytest.mark.parametrize("command", [("topics",), ("check",), ("dead-letters", "list")])
def test_wrong_settings_are_named_by_their_variable(engawa: Any, command: tuple[str, ...]) -> None:
    called = engawa(*command, environment={"ENGAWA_KAFKA__INSTANCE": "two words"})

    assert called.code == 78
    assert "ENGAWA_KAFKA__INSTANCE" in called.out + called.err
    assert "two words" not in called.out + called.err


def test_wrong_settings_of_local_servers_are_named_too(engawa: Any) -> None:
    called = engawa("status", environment={"ENGAWA_KAFKA_PORT": "80"})

    assert (78, "") == (called.code, called.out)
    assert called.err.startswith("ENGAWA_KAFKA_PORT: ")


def test_a_setting_that_cannot_be_read_at_all_is_named(engawa: Any) -> None:
    called = engawa("topics", environment={"ENGAWA_KAFKA": "hush"})

    assert called.code == 78
    assert 'field "kafka"' in called.err
    assert "hush" not in called.err


@pytest.mark.integration  # needs no server, but patience: the client waits for one
@pytest.mark.parametrize("command", [("produce", "farm"), ("dead-letters", "list")])
def test_a_broker_that_is_away_is_said_to_be(engawa: Any, command: tuple[str, ...]) -> None:
    called = engawa(*command, environment=NOWHERE)

    assert called.code == 69
    assert "kafka: " in called.err
