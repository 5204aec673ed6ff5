import json
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.models.energy_models import write_version

ROOT = Path(__file__).parents[3]
SERVE = """
import sys
from connectors.serving_settings import ServingSettings
from models.energy.settings import EnergySettings
from streams.commands.serve import run
run(EnergySettings(shipped_folder=sys.argv[1], models_folder=sys.argv[2]),
    ServingSettings(port=int(sys.argv[3])))
"""


@contextmanager
def served(folder: Path, port: int = 0) -> Iterator[subprocess.Popen[str]]:
    arguments = [sys.executable, "-c", SERVE, str(folder), str(folder / "own"), str(port)]
    with subprocess.Popen(arguments, cwd=ROOT, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def said(process: subprocess.Popen[str], words: str) -> str:
    """The first line with these words."""
    assert process.stderr
    return next(line for line in process.stderr if words in line)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_until_it_is_told_to_stop(tmp_path: Path, number: signal.Signals) -> None:
    write_version(tmp_path)
    with served(tmp_path) as process:
        line = said(process, "serving energy 1 on")
        url = line.rsplit(" ", 1)[1].split("/v1")[0]
        inputs = {"inputs": [[[60, 10, 50, 23.5, 6]] * 6]}
        assert {"outputs": [23.5]} == httpx.post(
            f"{url}/v1/models/service:predict", content=json.dumps(inputs)
        ).json()
        process.send_signal(number)
        assert 0 == process.wait(timeout=20)


def test_a_version_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    write_version(tmp_path, tested=3.0)
    with served(tmp_path) as process:
        assert said(process, "smoke test")
        assert said(process, "serving no model")


def test_a_port_that_is_taken_is_named(tmp_path: Path) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as taken,
        served(tmp_path, taken.getsockname()[1]) as process,
    ):
        assert said(process, "cannot listen")
        assert 0 != process.wait(timeout=20)
