"""A process that outlives the command which started it, and is known again by its birth."""

import os
import signal
import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from pydantic import BaseModel, ConfigDict

# The shell leaves at once, so the server belongs to the system and not to the caller.
_DETACH = '"$@" >>"$0" 2>&1 </dev/null & echo $!'


class Process(BaseModel):
    """A process id, and when the process was born, which tells it from a later one's."""

    model_config = ConfigDict(frozen=True)

    pid: int
    born: str

    def is_alive(self) -> bool:
        """Tell whether this very process still runs."""
        return birth(self.pid) == self.born


def spawn(command: Sequence[str | Path], log: Path) -> Process:
    """Start a program in a session of its own, adding its output to the log."""
    shell = ["/bin/sh", "-c", _DETACH, str(log), *map(str, command)]
    started = subprocess.run(  # noqa: S603  # the command is a recipe's, with no shell syntax in it
        shell, cwd=log.parent, start_new_session=True, stdout=subprocess.PIPE, check=True
    )
    pid = int(started.stdout)
    return Process(pid=pid, born=birth(pid) or "dead at birth")


def birth(pid: int) -> str | None:
    """Say when a process was born, in its system's words; None if it no longer runs."""
    if Path("/proc/self/stat").exists():
        return _birth_from_proc(pid)
    asked = subprocess.run(  # noqa: S603  # a number and fixed words
        ["/bin/ps", "-o", "state=,lstart=", "-p", str(pid)],
        capture_output=True,
        text=True,
        check=False,
    )
    state, _, born = asked.stdout.strip().partition(" ")
    return None if not born or state.startswith("Z") else born.strip()


def _birth_from_proc(pid: int) -> str | None:
    # proc_pid_stat(5): after the name in parentheses come state (3) .. starttime (22)
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    return None if fields[0] in "ZX" else f"{boot}/{fields[19]}"


def end(process: Process, *, patience_s: float) -> bool:
    """Ask a process to end, wait, and kill it after that; False if it had to be killed."""
    for ask in (signal.SIGTERM, signal.SIGKILL):
        if process.is_alive():
            with suppress(ProcessLookupError):
                os.kill(process.pid, ask)
        if _gone(process, patience_s):
            return ask == signal.SIGTERM
    raise TimeoutError(f"process {process.pid} survives being killed")


def _gone(process: Process, patience_s: float) -> bool:
    deadline = time.monotonic() + patience_s
    while process.is_alive():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True
