"""``engawa models train``: data that teach nothing are refused before anything is trained."""

from pathlib import Path

import pytest

from tests.streams.commands.conftest import Engawa

HEADER = "time,temperature,humidity,Aircon_temp,ext_temperature,ext_humidity,weather_stat"


def csv(folder: Path, *, setpoint: float = 18, header: str = HEADER) -> str:
    at = [f"2026-01-01T{minute // 60:02}:{minute % 60:02}:00Z" for minute in range(1200)]
    rows = [f"{time},24.5,40,{setpoint},8,60,7" for time in at]
    path = folder / "export.csv"
    path.write_text("\n".join([header, *rows]))
    return str(path)


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
        (("energy", "--from", "influx"), "which room?"),
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
