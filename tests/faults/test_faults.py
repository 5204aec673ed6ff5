"""The short version of every fault run: real servers, real worker processes, real signals."""

import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from schemas.topics import READINGS_ACCEPTED, READINGS_RECEIVED
from tests.faults.crowd_scenarios import CROWDS, LATE_AND_TWICE, Rush
from tests.faults.crowd_scenarios import run as run_crowd
from tests.faults.faces_killed import run as run_faces_killed
from tests.faults.frames_away import run as run_frames_away
from tests.faults.load import Load
from tests.faults.rig import Crew, Rig
from tests.faults.scenarios import FAULTS, Severity, run

pytestmark = pytest.mark.faults

SHORT = Severity(events=2000, per_s=400, kills=2, outage_s=3.0, seed=1)
RUSH = Rush(frames=800, lasts_s=2.0, kills=1, outage_s=2.0)


@pytest.fixture(scope="module")
def rig() -> Iterator[Rig]:
    with tempfile.TemporaryDirectory() as folder, closing(Rig(Path(folder))) as rig:
        yield rig


@pytest.mark.parametrize("fault", FAULTS)
def test_nothing_is_lost_doubled_or_left_unexplained_when(fault: str, rig: Rig) -> None:
    verdict = run(fault, rig, SHORT)

    assert {} == dict(verdict.notes)
    assert (0, 0, 0) == (verdict.lost, verdict.duplicated, verdict.unexplained)
    assert SHORT.events == verdict.sent


# late and repeated frames are in each; tests/streams/test_crowd_flow.py has many of them
@pytest.mark.parametrize("fault", [fault for fault in CROWDS if fault != LATE_AND_TWICE])
def test_people_are_counted_as_by_brute_force_when(fault: str, rig: Rig) -> None:
    verdict = run_crowd(fault, rig, RUSH)

    assert {} == dict(verdict.notes)
    assert RUSH.frames <= verdict.sent


def test_no_frame_is_lost_while_s3_with_its_picture_is_away(rig: Rig) -> None:
    verdict = run_frames_away(rig, RUSH)

    assert {} == dict(verdict.notes)
    assert RUSH.frames // 10 == verdict.sent


def test_real_faces_are_counted_as_they_are_though_the_worker_that_finds_them_is_killed(
    rig: Rig,
) -> None:
    verdict = run_faces_killed(rig, RUSH)

    assert {} == dict(verdict.notes)
    assert RUSH.frames // 20 + 2 == verdict.sent


def test_a_worker_told_to_stop_while_the_broker_is_away_ends_in_order(
    rig: Rig, tmp_path: Path
) -> None:
    crew = Crew(rig, tmp_path, {})
    worker = crew.start("telemetry")
    worker.wait_ready()
    load = Load(rig.kafka, count=2000, per_s=2000, site="left-behind", seed=1)
    load.start()
    load.wait_for(0.5)
    rig.kill("kafka")
    try:
        load.wait_for(1.0)
        crew.stop(worker)
    finally:
        rig.start("kafka")
    load.shipped()

    assert 0 == crew.disorderly, worker.tail


def test_a_worker_told_to_stop_while_its_store_is_away_ends_in_order(
    rig: Rig, tmp_path: Path
) -> None:
    crew = Crew(rig, tmp_path, {"ENGAWA_INFLUX__URL": "http://127.0.0.1:9"})
    worker = crew.start("store")
    while "store away" not in worker.tail:
        assert worker.process.poll() is None, worker.tail

    crew.stop(worker)

    assert 0 == crew.disorderly, worker.tail


def test_a_store_that_is_away_from_the_start_holds_up_no_other(rig: Rig, tmp_path: Path) -> None:
    crew = Crew(rig, tmp_path, {"ENGAWA_MONGO__URL": "mongodb://127.0.0.1:9"})
    for flow in ("telemetry", "store"):
        crew.start(flow)
    load = Load(rig.kafka, count=500, per_s=500, site="without-mongo", seed=1)
    load.start()
    load.shipped()

    crew.wait_finished("telemetry", READINGS_RECEIVED)
    crew.wait_finished("store", READINGS_ACCEPTED)

    crew.stop_all()
    assert 0 == crew.disorderly
