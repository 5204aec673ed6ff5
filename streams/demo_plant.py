"""A demonstration's plant: servers of its own, started fresh and removed at the end."""

import json
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from compose import local
from compose.roster import STATE_DIR
from compose.settings import ServerSettings
from compose.status import worker_environment
from streams.children import Child, command, merged, until
from streams.commands.servers import watched
from streams.settings import Settings

SERVERS = ("kafka", "influxdb", "s3", "mongodb")
DEMO_DIR = STATE_DIR / "demo"
DRAINED_WITHIN_S = 120.0


@contextmanager
def servers() -> Iterator[dict[str, str]]:
    """Fresh servers on free ports, and the environment in which workers find them."""
    settings = ServerSettings().with_free_ports()
    # those of a demonstration that was killed
    local.down(SERVERS, settings=settings, state_dir=DEMO_DIR)
    shutil.rmtree(DEMO_DIR, ignore_errors=True)
    try:
        with watched() as report:
            local.up(SERVERS, settings=settings, state_dir=DEMO_DIR, report=report)
        yield worker_environment(SERVERS, settings=settings, state_dir=DEMO_DIR)
    finally:
        local.down(SERVERS, settings=settings, state_dir=DEMO_DIR)


def settings_of(environment: Mapping[str, str]) -> Settings:
    """The settings of a worker in this environment and no other."""
    nested: dict[str, Any] = {}
    for name, value in environment.items():
        group, _, field = name.removeprefix("ENGAWA_").lower().partition("__")
        if field:
            nested.setdefault(group, {})[field] = value
    return Settings(_env_file=None, **nested)


def produce(environment: Mapping[str, str], **options: Any) -> dict[str, Any]:
    """Send the farm's measured data; give what ``engawa produce`` says it sent."""
    named = {f"--{name.replace('_', '-')}": value for name, value in options.items()}
    words = [str(word) for option in {**named, "--format": "json"}.items() for word in option]
    done = subprocess.run(  # noqa: S603  # our own command
        command("produce", "farm", *words),
        env=merged(environment),
        stdout=subprocess.PIPE,
        check=True,
    )
    sent: dict[str, Any] = json.loads(done.stdout)
    return sent


def together(sendings: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Several sendings as one; the rate is that of the first."""
    faults = [each["by_fault"] for each in sendings]
    return {
        **sendings[0],
        "sent": sum(each["sent"] for each in sendings),
        "by_fault": {name: sum(each.get(name, 0) for each in faults) for name in faults[0]},
    }


def drain(workers: Mapping[str, Child], *, sent: int, frames: int = 0) -> None:
    """Wait until the workers have finished all events and frames that were sent."""

    def done(flow: str, step: str) -> float:
        return workers[flow].metric("engawa_records_received_total", step=step)

    def made(flow: str, step: str) -> float:
        return workers[flow].metric("engawa_records_sent_total", step=step)

    def all_done() -> bool:
        return (
            done("telemetry", "clean") >= sent
            and done("store", "archive") >= sent
            and done("store", "influx") >= made("telemetry", "clean")
            and done("alarms", "watch") >= made("telemetry", "clean")
            and done("alarms", "alarm") >= made("alarms", "watch")
            and done("notify", "notify") >= made("alarms", "alarm")
            and done("store", "mongo") >= made("alarms", "alarm")
            and done("vision", "route") >= frames
            and done("crowd", "count") >= frames
            and done("energy", "enrich") >= made("telemetry", "clean")
            and done("energy", "recommend") >= made("energy", "enrich")
            and done("energy", "propose") >= made("energy", "recommend")
            and done("energy", "command") >= made("energy", "propose") + made("energy", "confirm")
        )

    tail = workers["store"]
    until(all_done, within_s=DRAINED_WITHIN_S, what=lambda: f"all arrived\n{tail.tail}")
