"""``engawa models train``: a version for the workers, or a reason why there is none."""

from pathlib import Path

import pytest

from models.energy.settings import EnergySettings
from models.energy.used import UsedModels
from tests.streams.commands.conftest import Engawa

HEADER = "time,temperature,humidity,Aircon_temp,ext_temperature,ext_humidity,weather_stat"


def csv(folder: Path, *, setpoint: float = 18, header: str = HEADER) -> str:
    at = [f"2026-01-01T{minute // 60:02}:{minute % 60:02}:00Z" for minute in range(1200)]
    rows = [f"{time},24.5,40,{setpoint},8,60,7" for time in at]
    path = folder / "export.csv"
    path.write_text("\n".join([header, *rows]))
    return str(path)


def test_a_trained_version_is_taken_by_a_worker_that_runs(engawa: Engawa, tmp_path: Path) -> None:
    settings = EnergySettings(models_folder=tmp_path / "own")
    worker = UsedModels(settings)
    shipped = worker()[0].card.version

    few = ("--model", "energy-load", "--rooms", "4", "--hours", "3", "--seed", "7")
    words = (*few, "--folder", str(settings.models_folder), "--format", "json")
    said = engawa("models", "train", "energy", *words)

    assert (0, True) == (said.code, worker.refresh())
    used = worker()[0]
    assert {} == worker.refused
    assert ("energy-load", shipped + 1) == (used.card.name, used.card.version)
    assert f"energy-load {used.card.version} is there" in said.err
    assert "4 rooms and 180 minutes" in used.card.data
    assert "seed 7" in used.card.data
    own = next(line for line in said.document["energy-load"] if line["policy"] == "energy-load")
    assert round(own["hvac_kwh"], 4) == used.card.metrics["hvac_kwh"]


def test_a_setpoint_that_never_moved_is_refused(engawa: Engawa, tmp_path: Path) -> None:
    said = engawa("models", "train", "energy", "--from", csv(tmp_path))

    assert 1 == said.code
    assert "the setpoint hardly moved (18 to 18 °C)" in said.err
    assert "--from simulated" in said.err


def test_a_missing_column_is_refused_by_name(engawa: Engawa, tmp_path: Path) -> None:
    wrong = csv(tmp_path, header=HEADER.replace("Aircon_temp", "x"))
    said = engawa("models", "train", "energy", "--from", wrong)

    assert 1 == said.code
    assert "no column is called Aircon_temp" in said.err


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("energy", "--from", "nowhere.csv"), "nowhere.csv"),
        (("energy", "--from", "influx"), "which room, of which site?"),
        (("energy", "--from", "influx", "--room", "tower-1"), "of which site?"),
        (("weather",), "weather"),
        (("energy", "--model", "tree"), "tree"),
    ],
)
def test_wrong_usage_says_what_is_wrong(
    engawa: Engawa, arguments: tuple[str, ...], why: str
) -> None:
    said = engawa("models", "train", *arguments)

    assert 2 == said.code
    assert why in said.err
