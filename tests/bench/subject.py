"""A measured process: started, paused while its load is prepared, resumed, stopped."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.bench.clock import confined, cpu_s, rss_mb

ROOT = Path(__file__).parents[2]
OURS = Path(sys.executable)
PEERS = ROOT / "build" / "peers" / "bin" / "python"
END_WITHIN_S = 20.0


class SubjectError(RuntimeError):
    """A subject died, or did not do all of its work; the message ends with its log's last lines."""


def answer(
    module: str,
    *arguments: str,
    python: Path = OURS,
    within_s: float,
    core: int | None = None,
    **environment: str,
) -> Any:
    """The JSON in the last line that a module prints, run to its end, perhaps on one core.

    Raises:
        SubjectError: it failed, or took too long.

    """
    with _started(module, *arguments, python=python, core=core, **environment) as process:
        try:
            said, complained = process.communicate(timeout=within_s)
        except subprocess.TimeoutExpired as error:
            process.kill()
            raise SubjectError(f"{module} took more than {within_s:g} s") from error
    if process.returncode:
        raise SubjectError(complained[-2000:])
    return json.loads(said.splitlines()[-1])


def _started(
    module: str, *arguments: str, python: Path, core: int | None, **environment: str
) -> subprocess.Popen[str]:
    cores = os.sched_getaffinity(0) if core is None else {core}
    with confined(os.getpid(), cores):  # what is started keeps to them
        return subprocess.Popen(
            [python, "-m", module, *arguments],
            cwd=ROOT,
            env={**os.environ, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )


class Subject:
    """One process, ended when the ``with`` ends."""

    def __init__(
        self, arguments: Sequence[str], *, log: Path, environment: Mapping[str, str], python: Path
    ) -> None:
        self._log = log
        with log.open("w") as output:
            self._process = subprocess.Popen(
                [python, "-m", *arguments],
                cwd=ROOT,
                env={**os.environ, **environment},
                stdout=output,
                stderr=output,
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.resume()
        self._process.terminate()
        try:
            self._process.wait(END_WITHIN_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    @property
    def cpu_s(self) -> float:
        """CPU seconds used so far."""
        return cpu_s(self._process.pid)

    @property
    def rss_mb(self) -> float:
        """Resident memory."""
        return rss_mb(self._process.pid)

    def pause(self) -> None:
        """Stand still, so that the load is there as a whole before the work begins."""
        self._process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Go on."""
        self._process.send_signal(signal.SIGCONT)

    def check(self) -> None:
        """Raise SubjectError if the process has ended."""
        if self._process.poll() is not None:
            raise SubjectError(f"ended with {self._process.returncode}:\n{self.last_words()}")

    def last_words(self) -> str:
        """The last lines of its log."""
        return "\n".join(self._log.read_text(errors="replace").splitlines()[-15:])
