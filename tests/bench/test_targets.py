"""A figure that is not as it should be is said to be so."""

from typing import Any

from tests.bench.faces import SEERS
from tests.bench.targets import SEEN_BY_PEERS, judged


def rows(**cpu_us: float) -> list[dict[str, Any]]:
    return [
        {"work": "telemetry in-out", "subject": subject, "cpu_us": figure}
        for subject, figure in cpu_us.items()
    ]


def test_a_quotient_is_compared_with_its_bound() -> None:
    found = judged(rows(engawa=5.0, quix=50.0, hand=24.0, copy=2.5))

    assert [(10.0, True), (4.8, False), (2.0, False)] == [
        (row["reached"], row["met"]) for row in found
    ]


def test_a_subject_that_was_left_out_has_no_target() -> None:
    assert [] == judged(rows(engawa=5.0))


def test_what_the_machine_does_not_allow_is_neither_met_nor_missed() -> None:
    one = {"work": "two workers", "subject": "engawa 1", "wall_us": 6.0, "possible": 1.3}
    two = {"work": "two workers", "subject": "engawa 2", "wall_us": 5.0}

    [row] = judged([one, two])

    assert (None, 1.2, 1.3) == (row["met"], row["reached"], row["possible"])


def test_a_peer_that_found_nothing_is_not_compared() -> None:
    ours = {"work": "frames vga-1", "subject": "engawa: emotions", "face_ms": 15.0}

    assert [] == judged([ours, {"work": "frames vga-1", "subject": "fer", "face_ms": None}])
    [row] = judged([ours, {"work": "frames vga-1", "subject": "fer", "face_ms": 60.0}])
    assert (True, 4.0) == (row["met"], row["reached"])


def test_every_peer_that_sees_faces_is_compared_with_the_same_task() -> None:
    assert {name for name, seer in SEERS.items() if seer.peer} == set(SEEN_BY_PEERS)
    for peer, ours in SEEN_BY_PEERS.items():
        assert SEERS[peer].task.startswith(SEERS[ours].task)
