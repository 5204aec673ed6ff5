"""``engawa`` commands run as processes of their own: what a demo or a test starts and watches."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import httpx

READY_WITHIN_S = 60.0
LOOK_EVERY_S = 0.1

_SAMPLE = re.compile(r"^(?P<name>[a-z_]+)(?:\{(?P<labels>[^}]*)\})? (?P<value>\S+)$", re.MULTILINE)


class ChildError(RuntimeError):
    """A process ended, or never was ready; the message ends with its log."""


class Child:
    """A worker as a process, told by its environment where servers are."""

    def __init__(
        self, flow: str, environment: Mapping[str, str], *, port: int, log_dir: Path
    ) -> None:
        log_dir.mkdir(parents=True, exist_ok=True)
        self.flow = flow
        self.log = log_dir / f"{flow}-{port}.log"
        self._url = f"http://127.0.0.1:{port}"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(  # noqa: S603  # our own command
                command("worker", flow),
                env=merged({**environment, "ENGAWA_WORKER__HTTP_PORT": str(port)}),
                stderr=log,
                stdout=log,
            )

    def wait_ready(self) -> None:
        """Return when the worker says that it is ready.

        Raises:
            ChildError: it ended, or took too long.

        """
        until(self.ready, within_s=READY_WITHIN_S, what=lambda: f"{self.flow} ready\n{self.tail}")

    def ready(self) -> bool:
        """Whether the worker says that it is ready.

        Raises:
            ChildError: it ended.

        """
        if self.process.poll() is not None:
            raise ChildError(f"worker {self.flow} ended ({self.process.returncode}):\n{self.tail}")
        try:
            return httpx.get(f"{self._url}/health/ready", timeout=2).is_success
        except httpx.HTTPError:
            return False

    def metric(self, name: str, **labels: str) -> float:
        """The sum of a metric's samples that carry these labels."""
        text = httpx.get(f"{self._url}/metrics", timeout=5).text
        wanted = {f'{label}="{value}"' for label, value in labels.items()}
        return sum(
            float(sample["value"])
            for sample in _SAMPLE.finditer(text)
            if sample["name"] == name and wanted <= set((sample["labels"] or "").split(","))
        )

    def stop(self, *, within_s: float = 60.0) -> int:
        """Ask the worker to end; give its exit code, negative if it had to be killed."""
        self.process.terminate()
        try:
            return self.process.wait(within_s)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()

    @property
    def tail(self) -> str:
        """The last lines of its log."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-15:])


def command(*words: str) -> list[str]:
    """An ``engawa`` command, run by this interpreter."""
    return [sys.executable, "-m", "streams", *words]


def merged(environment: Mapping[str, str]) -> dict[str, str]:
    """Our own environment, with these on top; the commands are found wherever we run."""
    root = str(Path(__file__).parents[1])
    paths = [root, *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**os.environ, **environment, "PYTHONPATH": os.pathsep.join(paths)}


def until(done: Callable[[], bool], *, within_s: float, what: Callable[[], str]) -> None:
    """Return when ``done`` says so.

    Raises:
        ChildError: that took too long; ``what`` names what was waited for.

    """
    deadline = time.monotonic() + within_s
    while not done():
        if time.monotonic() > deadline:
            raise ChildError(f"not within {within_s:.0f} s: {what()}")
        time.sleep(LOOK_EVERY_S)
