"""What subjects print of the pictures they were given."""

import json
from pathlib import Path

import pytest

from tests.bench.subjects.timing import WARM, Taken, analysed, pictures, tell, timed


def test_every_picture_counts_once_though_the_first_ones_warm_up() -> None:
    seen: list[bytes] = []

    def analyse(data: bytes) -> int:
        seen.append(data)
        return len(data)

    found = analysed([b"x" * size for size in range(5)], analyse)

    assert WARM + 5 == len(seen)
    assert [0, 1, 2, 3, 4] == found["faces"]
    assert 5 == len(found["cpu_ms"]) == len(found["wall_ms"])


def test_work_is_timed_by_stage_and_its_answer_kept() -> None:
    taken = Taken(list)

    assert 12 == timed(taken, "stage", sum, [5, 7])
    assert {"stage", "stage wall"} == set(taken)


def test_pictures_come_by_their_names(tmp_path: Path) -> None:
    for name in ("0002.jpg", "0001.jpg", "notes.txt"):
        (tmp_path / name).write_text(name)

    assert [b"0001.jpg", b"0002.jpg"] == pictures(str(tmp_path))


def test_figures_stand_in_a_line_of_their_own(capsys: pytest.CaptureFixture[str]) -> None:
    print("Loading ...", end="")  # noqa: T201  # as libraries do
    tell({"faces": [1]})

    assert {"faces": [1]} == json.loads(capsys.readouterr().out.splitlines()[-1])
