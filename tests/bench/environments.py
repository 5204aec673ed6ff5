"""The peers' own environments, made on first use from their lock files."""

import hashlib
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from rich.console import Console

from tests.bench.sface import supply
from tests.bench.subject import PEERS, ROOT

LOCKS = Path(__file__).with_name("peers")
"""Of peers that see faces, each with an environment of its own; see the README there."""

DEEPFACE = "deepface"


def make_peers(console: Console) -> None:
    """Install the peers of the telemetry flow, unless they are there already.

    Raises:
        subprocess.CalledProcessError: uv could not.

    """
    _make(PEERS, Path(__file__).with_name("requirements-peers.lock"), console)


def make_seer(name: str, console: Console) -> None:
    """Install a peer that sees faces, unless it is there already.

    Raises:
        subprocess.CalledProcessError: uv could not.

    """
    folder = python_of(name).parents[1]
    _make(python_of(name), LOCKS / f"{name}.lock", console)
    if name == DEEPFACE:
        [packages] = folder.glob("lib/python*/site-packages")
        supply(packages, folder)


def python_of(name: str) -> Path:
    """The interpreter of a peer that sees faces."""
    return ROOT / "build" / f"peers-{name}" / "bin" / "python"


def home_of(name: str) -> Mapping[str, str]:
    """Where such a peer finds the weights that it would download else."""
    return {"DEEPFACE_HOME": str(python_of(name).parents[1])} if name == DEEPFACE else {}


def _make(python: Path, lock: Path, console: Console) -> None:
    folder = python.parents[1]
    stamp, wanted = folder / "lock.sha256", hashlib.sha256(lock.read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    uv = Path(sys.executable).with_name("uv")
    with console.status(f"Installing peers into {folder} …"):
        _run(uv, "venv", "-q", "--clear", "--python", sys.executable, folder)
        _run(
            *(uv, "pip", "sync", "-q", "--system-certs", "--require-hashes"),
            *("--python", python, lock),
        )
    stamp.write_text(wanted)


def _run(*command: str | Path) -> None:
    subprocess.run(command, check=True)
