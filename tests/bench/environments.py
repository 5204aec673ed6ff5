"""The peers' own environment, made on first use from the lock file."""

import hashlib
import subprocess
import sys
from pathlib import Path

from rich.console import Console

from tests.bench.subject import PEERS

LOCK = Path(__file__).with_name("requirements-peers.lock")


def make_peers(console: Console) -> None:
    """Install what the lock file says, unless it is there already.

    Raises:
        subprocess.CalledProcessError: uv could not.

    """
    folder = PEERS.parents[1]
    stamp, wanted = folder / "lock.sha256", hashlib.sha256(LOCK.read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    uv = Path(sys.executable).with_name("uv")
    with console.status(f"Installing the peers into {folder} …"):
        _run(uv, "venv", "-q", "--clear", "--python", sys.executable, folder)
        _run(uv, "pip", "sync", "-q", "--system-certs", "--require-hashes", "--python", PEERS, LOCK)
    stamp.write_text(wanted)


def _run(*command: str | Path) -> None:
    subprocess.run(command, check=True)
