"""The README's worked example of a new agent, done in a copy of the house."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ("agents", "compose", "connectors", "models", "schemas", "streams")


def block(name: str) -> str:
    """The fenced code under ``<!-- name -->`` in the README."""
    found = re.search(
        rf"<!-- {re.escape(name)} -->\n```python\n(.*?)```",
        (ROOT / "README.md").read_text(),
        re.DOTALL,
    )
    assert found, name
    return found[1]


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A copy of the house with the example's three changes made as the README says."""
    for room in ROOMS:
        shutil.copytree(ROOT / room, tmp_path / room, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("agents/dew_point.py", "tests/agents/test_dew_point.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(block(name))
    page = tmp_path / "streams/topology.py"
    text = page.read_text()
    first, last = "from agents.clean import Clean\n", '    Flow(\n        "alarms",'
    assert first in text
    before, flow, after = text.partition(last)
    end = "        ),\n    ),\n"
    assert before.endswith(end)
    before = before.removesuffix(end) + block("topology") + end
    text = before + flow + after
    page.write_text(
        text.replace(first, f"{first}from agents.dew_point import CLIMATE_DERIVED, dew_point\n")
    )
    return tmp_path


def run(house: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *words],
        cwd=house,
        env={"PYTHONPATH": str(house)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_its_own_test_passes(house: Path) -> None:
    done = run(house, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/agents")

    assert "1 passed" in done.stdout, done.stdout + done.stderr


def test_the_house_holds_together_with_it(house: Path) -> None:
    done = run(house, "-m", "streams", "check")

    assert 0 == done.returncode, done.stdout + done.stderr


def test_its_contract_and_its_arrow_are_drawn(house: Path) -> None:
    assert 0 == run(house, "-m", "streams", "contracts", "--write").returncode
    assert "dew_point_c" in (house / "schemas/avro/dew_point.avsc").read_text()
    assert (
        "telemetry_dew_point --> climate_derived_v1" in run(house, "-m", "streams", "chart").stdout
    )
