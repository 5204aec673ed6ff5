"""What a peer gains by missing faces, or by seeing too many: nothing."""

from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from tests.bench.environments import LOCKS
from tests.bench.faces import SEERS, Seer, faces, prepare, summed_up
from tests.bench.frames import KINDS
from tests.bench.subject import SubjectError, answer

FIVE = KINDS["720p-5"]


def run(*found: int, cpu_ms: float = 10.0) -> dict[str, Any]:
    return {"faces": found, "cpu_ms": [cpu_ms] * len(found), "wall_ms": [20.0] * len(found)}


def test_the_time_of_a_frame_is_shared_by_the_faces_found_in_it() -> None:
    row = summed_up(FIVE, [run(5, 5), run(5, 5, cpu_ms=30.0)])

    assert (20.0, 4.0, 50.0) == (row["cpu_ms"], row["face_ms"], row["frames_s"])
    assert (10.0, 30.0) == (row["cpu_ms_min"], row["cpu_ms_max"])
    assert (2, 2) == (row["frames"], row["rounds"])


def test_a_missed_face_makes_the_others_dearer() -> None:
    row = summed_up(FIVE, [run(4, 1)])

    assert (4.0, 50.0, 0.0) == (row["face_ms"], row["found_percent"], row["too_many"])


def test_a_face_too_many_is_told_and_makes_none_cheaper() -> None:
    row = summed_up(FIVE, [run(7, 5)])

    assert (2.0, 100.0, 20.0) == (row["face_ms"], row["found_percent"], row["too_many"])


def test_without_any_face_there_is_no_time_of_one() -> None:
    assert summed_up(FIVE, [run(0, 0)])["face_ms"] is None


def test_a_subject_that_fails_is_left_out_and_named() -> None:
    failed: list[str] = []
    nobody = {"nobody": Seer(module="tests.bench.subjects.nobody", task="nothing")}

    rows = list(
        faces("frames vga-1", nobody, count=4, rounds=2, fail=lambda name, _: failed.append(name))
    )

    assert ([], ["frames vga-1: nobody"]) == (rows, failed)


def test_subjects_of_ours_need_no_environment_of_their_own() -> None:
    ours = {name: seer for name, seer in SEERS.items() if not seer.peer}

    assert ours == prepare(Console(quiet=True), lambda *_: None, ours)


def test_an_answer_is_what_a_module_printed_last(tmp_path: Path) -> None:
    (tmp_path / "said.json").write_text('{"faces": [1]}')

    assert {"faces": [1]} == answer(
        "json.tool", "--compact", str(tmp_path / "said.json"), within_s=30
    )


def test_a_module_that_takes_too_long_is_ended() -> None:
    with pytest.raises(SubjectError, match="took more than"):
        answer("timeit", "-n1", "-r1", "__import__('time').sleep(99)", within_s=0.2)


def test_every_peer_has_a_lock_file_with_hashes() -> None:
    for name in {seer.peer for seer in SEERS.values() if seer.peer}:
        assert "--hash=sha256:" in (LOCKS / f"{name}.lock").read_text()
