"""``engawa demo``: the main job on real data, with real servers, from start to stop."""

import asyncio
import json
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Annotated, Any

import plotext
import typer

from compose import local
from compose.ports import free_ports
from compose.roster import STATE_DIR
from compose.settings import ServerSettings
from compose.status import worker_environment
from connectors.influxql import InfluxQL
from connectors.topic_admin import TopicAdmin
from streams.children import Child, command, merged, until
from streams.chores import RollUp
from streams.commands.servers import watched
from streams.demo import RESOURCE, Figures, figures
from streams.exits import FOUND_WRONG
from streams.observer import wall_ms
from streams.output import say, show, write
from streams.settings import Settings
from streams.topology import topics

SERVERS = ("kafka", "influxdb", "s3")
DEMO_DIR = STATE_DIR / "demo"
BUILD_DIR = STATE_DIR.parent / "build"

MINUTE_MS = 60_000
ROLL_PAUSE_S = 0.5
DRAINED_WITHIN_S = 120.0
CHARTED_DEVICE = "air-0001"
CHARTED_H = 24
CHART_SIZE = (96, 16)


def demo(
    *,
    devices: Annotated[int, typer.Option(min=1, max=10_000)] = 200,
    seconds: Annotated[float, typer.Option(min=1, max=3600, help="How long to send.")] = 40.0,
    speed: Annotated[float, typer.Option(min=1, help="Seconds of theirs in one of ours.")] = 4500.0,
) -> None:
    """Start real servers, run the flows on measured data with faults, and count what arrived.

    Everything is counted where it lies, in topics, InfluxDB and S3; the exit code is 0 only if
    every count adds up. The figures are also in build/demo.json. Servers and data are the demo's
    own, on free ports, and are removed at the end.
    """
    began_s = time.monotonic()
    with _servers() as environment, ExitStack() as stack:
        settings = _settings(environment)
        TopicAdmin(settings.kafka).ensure(topics())
        workers = [
            Child(flow, environment, port=port, log_dir=DEMO_DIR / "logs")
            for flow, port in zip(("telemetry", "store"), free_ports(2), strict=True)
        ]
        for worker in workers:
            stack.callback(worker.stop)
            worker.wait_ready()
        say(f"Sending {devices} devices' measured outdoor air for {seconds:.0f} s …")
        sent = _produce(environment, devices=devices, seconds=seconds, speed=speed)
        say("Waiting until everything has arrived …")
        _drain(*workers, sent=sent["sent"])
        asyncio.run(_roll_up(settings))
        found = figures(settings, sent)
        cpu_us = _cpu_us_per_event(workers, found.received)
        _chart(asyncio.run(_last_hours(settings)))
    _report(found, cpu_us, took_s=time.monotonic() - began_s)


@contextmanager
def _servers() -> Iterator[dict[str, str]]:
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


def _settings(environment: Mapping[str, str]) -> Settings:
    """The settings of a worker in this environment and no other."""
    nested: dict[str, dict[str, str]] = {}
    for name, value in environment.items():
        group, field = name.removeprefix("ENGAWA_").lower().split("__")
        nested.setdefault(group, {})[field] = value
    return Settings(_env_file=None, **nested)  # type: ignore[arg-type]  # validated there


def _produce(
    environment: Mapping[str, str], *, devices: int, seconds: float, speed: float
) -> dict[str, Any]:
    options = {"--devices": devices, "--seconds": seconds, "--speed": speed, "--format": "json"}
    words = [str(word) for option in options.items() for word in option]
    done = subprocess.run(  # noqa: S603  # our own command
        command("produce", "farm", *words),
        env=merged(environment),
        stdout=subprocess.PIPE,
        check=True,
    )
    sent: dict[str, Any] = json.loads(done.stdout)
    return sent


def _drain(telemetry: Child, store: Child, *, sent: int) -> None:
    """Wait until the workers have finished all of it."""

    def done(worker: Child, step: str) -> float:
        return worker.metric("engawa_records_received_total", step=step)

    def all_done() -> bool:
        accepted = telemetry.metric("engawa_records_sent_total", step="clean")
        return (
            done(telemetry, "clean") >= sent
            and done(store, "archive") >= sent
            and done(store, "influx") >= accepted
        )

    until(all_done, within_s=DRAINED_WITHIN_S, what=lambda: f"all arrived\n{store.tail}")


async def _roll_up(settings: Settings) -> None:
    """Roll up what the store's worker has not yet, and the minute that is under way."""
    chore = RollUp(settings, now_ms=lambda: wall_ms() + MINUTE_MS)
    while (await chore()).found:  # noqa: ASYNC110  # InfluxDB tells nobody when it is done
        await asyncio.sleep(ROLL_PAUSE_S)


def _cpu_us_per_event(workers: list[Child], events: int) -> dict[str, float]:
    """Processor time of each worker since its start, by event."""
    return {
        worker.flow: 1e6 * worker.metric("process_cpu_seconds_total") / events for worker in workers
    }


async def _last_hours(settings: Settings) -> list[tuple[float, float]]:
    """One device's last hours, as minutes hold them: hours before the end, degrees Celsius."""
    influx = settings.influx
    ql = InfluxQL(influx.url, influx.token, timeout_s=30.0)
    try:
        rows = await ql.ask(
            f'SELECT "{RESOURCE}_mean" FROM "{influx.database}".minute.readings'  # noqa: S608  # constants, and a database name that the settings have checked
            f" WHERE device = '{CHARTED_DEVICE}' AND time > now() - {CHARTED_H}h"
        )
    finally:
        await ql.close()
    end_ms = rows[-1]["time"] if rows else 0
    return [((row["time"] - end_ms) / 3_600_000, row[f"{RESOURCE}_mean"]) for row in rows]


def _chart(series: list[tuple[float, float]]) -> None:
    if not series:
        return
    plotext.clear_figure()
    plotext.plotsize(*CHART_SIZE)
    plotext.theme("clear")
    plotext.plot([hour for hour, _ in series], [value for _, value in series], marker="braille")
    plotext.title(f"{CHARTED_DEVICE}: outdoor temperature, °C, hours before the last reading")
    write(plotext.uncolorize(plotext.build()) + "\n")


def _counts(counts: Mapping[str, int], what: str) -> list[dict[str, Any]]:
    return [{"which": name, what: count} for name, count in sorted(counts.items())]


def _save(document: Mapping[str, Any]) -> Path:
    BUILD_DIR.mkdir(exist_ok=True)
    path = BUILD_DIR / "demo.json"
    path.write_text(json.dumps(document, indent=2) + "\n")
    return path


def _report(found: Figures, cpu_us: Mapping[str, float], *, took_s: float) -> None:
    document = {**found.document(), "cpu_us_per_event": cpu_us, "took_s": round(took_s, 1)}
    path = _save(document)
    show(
        [
            {
                "messages sent": found.sent["sent"],
                "per second": found.sent["messages_per_s"],
                "accepted": found.accepted.events,
                "points in InfluxDB": found.values["raw"],
                "archived": found.archived,
                "archived MB": found.archived_bytes / 1e6,
            }
        ],
        title="What arrived",
    )
    show(_counts(found.accepted.qualities, "readings"), title="Readings by quality")
    show(_counts(found.letters, "messages"), title="Set aside, by reason")
    show(
        [
            {
                **{f"{p} ms": ms for p, ms in document["latency_ms"].items()},
                **{f"{flow} CPU µs": used for flow, used in cpu_us.items()},
            }
        ],
        title="From received to accepted (broker's clock), and processor time by event",
    )
    show(document["checks"], title="Does it add up?")
    say(f"The figures are in {path}")
    say("Further: engawa up; engawa topics; engawa worker telemetry store; engawa produce farm")
    if not document["ok"]:
        say("demo: the counts do NOT add up")
        raise typer.Exit(FOUND_WRONG)
    say(f"demo: every count adds up ({took_s:.0f} s)")
