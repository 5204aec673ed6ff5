"""The short version of every alarm storm: real broker, real worker processes, real signals."""

import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.faults.rig import Rig
from tests.faults.storm_scenarios import STORMS, Fury, run

pytestmark = pytest.mark.faults

SHORT = Fury(alarms=1000, lasts_s=10.0, kills=2, outage_s=3.0)


@pytest.fixture(scope="module")
def rig() -> Iterator[Rig]:
    with tempfile.TemporaryDirectory() as folder, closing(Rig(Path(folder), ("kafka",))) as rig:
        yield rig


@pytest.mark.parametrize("fault", STORMS)
def test_every_alarm_is_raised_once_and_told_when(fault: str, rig: Rig) -> None:
    verdict = run(fault, rig, SHORT)

    assert {} == dict(verdict.notes)
    assert (0, 0, 0) == (verdict.lost, verdict.duplicated, verdict.unexplained)
