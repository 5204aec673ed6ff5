"""A started process outlives its starter, is known again, and ends when told to."""

import os
import time
from pathlib import Path

import pytest

from compose.process import Process, birth, end, spawn


def saying(log: Path, words: str) -> str:
    while words not in (said := log.read_text()):
        time.sleep(0.01)
    return said


def test_a_process_runs_in_a_session_of_its_own_until_it_is_ended(tmp_path: Path) -> None:
    process = spawn(["sleep", "600"], tmp_path / "log")
    assert process.is_alive()
    assert os.getsid(process.pid) != os.getsid(0)
    assert end(process, patience_s=10)
    assert not process.is_alive()


def test_what_it_says_goes_to_its_log(tmp_path: Path) -> None:
    spawn(["sh", "-c", "echo out; echo err >&2"], tmp_path / "log")
    assert saying(tmp_path / "log", "err") == "out\nerr\n"


def test_arguments_are_passed_as_they_are(tmp_path: Path) -> None:
    spawn(["printf", "%s|", "$HOME", "a b", "`id`"], tmp_path / "log")
    assert saying(tmp_path / "log", "id") == "$HOME|a b|`id`|"


def test_one_that_will_not_end_is_killed(tmp_path: Path) -> None:
    stubborn = spawn(["sh", "-c", "trap '' TERM; echo deaf; sleep 600 & wait"], tmp_path / "log")
    saying(tmp_path / "log", "deaf")
    assert not end(stubborn, patience_s=0.2)
    assert not stubborn.is_alive()


def test_a_later_process_with_the_same_number_is_not_ours(tmp_path: Path) -> None:
    process = spawn(["sleep", "600"], tmp_path / "log")
    earlier = Process(pid=process.pid, born="before that")
    assert not earlier.is_alive()
    assert end(earlier, patience_s=0)
    assert process.is_alive()
    end(process, patience_s=10)


def test_a_number_nobody_has_was_never_born() -> None:
    assert birth(2**22 + 1) is None


def test_a_program_that_does_not_exist_is_dead_and_says_why(tmp_path: Path) -> None:
    process = spawn(["/no/such/program"], tmp_path / "log")
    saying(tmp_path / "log", "not found")
    end(process, patience_s=5)
    assert not process.is_alive()


@pytest.mark.parametrize("pid", [os.getpid(), os.getppid()], ids=["own", "parent"])
def test_the_same_process_was_always_born_at_the_same_time(pid: int) -> None:
    assert birth(pid) == birth(pid)
