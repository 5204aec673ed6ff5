"""``engawa query --room``: what is known of a server room, in a file that training reads."""

import csv
import time
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import numpy as np
import pytest

from connectors.energy_points import EnrichedPointsSink
from connectors.room_history import COLUMNS
from models.plant.design import typical_design
from models.plant.room import Room
from schemas.energy import EnrichedReading
from streams.settings import Settings
from tests.models.energy_records import batch, reading
from tests.streams.commands.conftest import Engawa

MINUTE_MS = 60_000
MINUTES = 1440
END = time.time_ns() // (MINUTE_MS * 1_000_000) * MINUTE_MS
ROOM = ("query", "--site", "gwangju", "--room", "tower-1")
RATED_KW = 60.0


def lived() -> list[EnrichedReading]:
    """A day of a room whose setpoint and load move, a reading a minute."""
    still = {name: np.zeros(1) for name in ("error_k", "error_load_k", "error_outdoor", "cycle_k")}
    room = Room(rated_it_kw=RATED_KW, design=replace(typical_design(), **still))
    rng = np.random.default_rng(1)
    setpoints = np.repeat(rng.uniform(20, 25, MINUTES // 60), 60).tolist()
    loads = np.repeat(rng.uniform(0.2, 1.0, MINUTES // 40), 40).tolist()
    readings = []
    for minute, (setpoint, load) in enumerate(zip(setpoints, loads, strict=True)):
        now = room.step(setpoint, load, 25.0, 60.0)
        readings.append(
            reading(
                END - (MINUTES - minute) * MINUTE_MS,
                indoor_temperature_c=now.inlet_c,
                it_power_kw=now.it_kw,
                setpoint_c=setpoint,
            )
        )
    return readings


@pytest.fixture
async def filled(settings: Settings, environment: dict[str, str]) -> dict[str, str]:
    """A database of the test's own, with that day."""
    energy = settings.energy_points.model_copy(update={"database": f"test_{uuid4().hex}"})
    sink = EnrichedPointsSink(settings.influx, energy)
    await sink.prepare()
    await sink.write(batch(lived()))
    await sink.close()
    return environment | {"ENGAWA_ENERGY_POINTS__DATABASE": energy.database}


@pytest.mark.integration
def test_training_reads_what_was_asked_for(
    engawa: Engawa, filled: dict[str, str], tmp_path: Path
) -> None:
    file = tmp_path / "room.csv"
    words = ("--last", "25h", "--format", "csv", "--output", str(file))
    asked = engawa(*ROOM, *words, environment=filled)

    assert (0, "") == (asked.code, asked.out)
    assert "1,440 rows from autogen points" in asked.err
    with file.open(newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert ["time", *COLUMNS] == list(rows[0])
    assert rows[0]["time"].endswith("+00:00")

    few = ("--model", "energy-load", "--rooms", "4", "--hours", "3")
    own = ("--rated-kw", str(RATED_KW), "--folder", str(tmp_path / "models"))
    trained = engawa("models", "train", "energy", "--from", str(file), *few, *own)

    assert 0 == trained.code
    assert "over the setpoint" in trained.err
    assert "is there" in trained.err


@pytest.mark.integration
def test_training_reads_the_same_from_influxdb(engawa: Engawa, filled: dict[str, str]) -> None:
    words = ("--from", "influx", *ROOM[1:], "--last", "2")
    said = engawa("models", "train", "energy", *words, environment=filled)
    assert 1 == said.code
    assert "there is it_power_kw, but nothing says how much it is at full load" in said.err


@pytest.mark.integration
def test_buckets_and_other_forms_are_told_too(engawa: Engawa, filled: dict[str, str]) -> None:
    words = ("--last", "25h", "--every", "1h", "--format", "json")
    found = engawa(*ROOM, *words, environment=filled).document
    assert ("dev1", "autogen", "UTC") == tuple(
        found[each] for each in ("measurement", "policy", "zone")
    )
    assert len(found["rows"]) in (24, 25)
    assert "temperature" in engawa(*ROOM, "--last", "3h", environment=filled).out


@pytest.mark.integration
def test_a_room_of_which_nothing_is_known_is_said(engawa: Engawa, filled: dict[str, str]) -> None:
    for wrong in (("--site", "gwangju"), ("--site", "' OR 1=1")):
        said = engawa("query", *wrong, "--room", "hall' OR 'a'='a", environment=filled)
        assert 2 == said.code
        assert "nothing is known of" in said.err


@pytest.mark.integration
def test_more_rows_than_the_limit_are_refused(engawa: Engawa, filled: dict[str, str]) -> None:
    said = engawa(*ROOM, "--last", "25h", "--limit", "1439", environment=filled)
    assert 2 == said.code
    assert "more than 1,439" in said.err


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--format", "parquet"), "table, csv or json"),
        (("--format", "chart"), "table, csv or json"),
        (("--resource", "temperature"), "whole rows"),
        (("--device", "room-1"), "needs its --site"),
        (("--every", "1h", "--agg", "max"), "needs its --site"),
        (("--last", "8d"), "kept for 7 days"),
        (("--last", "2d", "--every", "1s"), "more than the limit of 100,000 rows"),
    ],
)
def test_wrong_usage_says_what_is_wrong(engawa: Engawa, words: tuple[str, ...], why: str) -> None:
    said = engawa(*ROOM, *words)
    assert 2 == said.code
    assert why in " ".join(said.err.replace("│", "").split())
