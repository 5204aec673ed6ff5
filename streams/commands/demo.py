"""``engawa demo``: the main job on real data, with real servers, from start to stop."""

import asyncio
import time
from collections.abc import Mapping
from contextlib import ExitStack
from typing import Annotated, Any

import typer

from compose.ports import free_ports
from connectors.alarms_reader import AlarmsReader, Standing
from connectors.message_log import MessageLog
from connectors.pedestrians import cached_video
from connectors.topic_admin import TopicAdmin
from schemas.topics import READINGS_RECEIVED
from streams import demo_crowd, demo_energy, demo_street
from streams.children import Child
from streams.chores import RollUp
from streams.demo import figures
from streams.demo_alarm_figures import alarm_figures
from streams.demo_alarms import acknowledge_some, receiver
from streams.demo_dashboards import empty_cells
from streams.demo_plant import DEMO_DIR, drain, produce, servers, settings_of, together
from streams.demo_report import PICTURE, chart, energy_chart, report
from streams.observer import wall_ms
from streams.output import say
from streams.settings import Settings
from streams.topology import FLOWS, topics

MINUTE_MS = 60_000
ROLL_PAUSE_S = 0.5
MOST_ALARMS = 1_000_000
CALM_DEVICES = 100
CALM_S = 15.0
CALM_FAULTS = "spike=0.02"
EVENTFUL = ("telemetry", "alarms", "notify", "store")


def demo(
    *,
    devices: Annotated[int, typer.Option(min=1, max=10_000)] = 200,
    seconds: Annotated[float, typer.Option(min=1, max=3600, help="How long to send.")] = 30.0,
    speed: Annotated[float, typer.Option(min=1, help="Seconds of theirs in one of ours.")] = 4500.0,
) -> None:
    """Start real servers, run the flows on measured data with faults, and count what arrived.

    Everything is counted where it lies, in topics, InfluxDB, MongoDB, S3 and at a webhook; the exit
    code is 0 only if every count adds up. The figures are also in build/demo.json. Servers and
    data are the demo's own, on free ports, and are removed at the end.
    """
    began_s = time.monotonic()
    with servers() as found_servers, receiver() as (webhook, told), ExitStack() as stack:
        of_rooms, of_crowd = demo_energy.ENVIRONMENT, demo_crowd.ENVIRONMENT
        environment = {**found_servers, **told, **of_rooms, **of_crowd}
        settings = settings_of(environment)
        TopicAdmin(settings.kafka).ensure(topics())
        workers = _workers(environment, stack)
        say(f"Sending {devices} devices' measured outdoor air for {seconds:.0f} s …")
        sent = produce(environment, devices=devices, seconds=seconds, speed=speed)
        say("Waiting until everything has arrived …")
        drain(workers, sent=sent["sent"])
        asyncio.run(_roll_up(settings))
        say(
            "Two server rooms live through four hours in a minute; two cameras see a staged scene …"
        )
        with demo_energy.simulation(environment) as simulated:
            visitors = demo_crowd.visitors(settings)
            frames = asyncio.run(demo_crowd.play(settings, visitors.scene))
            rooms = demo_energy.simulated(simulated)
        sent["sent"] += rooms["sent"][READINGS_RECEIVED.name]
        drain(workers, sent=sent["sent"], frames=frames)
        say("A camera sees a recorded street, as fast as its frames can be sent …")
        street = demo_street.play(environment, cached_video())
        drain(workers, sent=sent["sent"], frames=frames + street.sent)
        say(f"Sending {CALM_DEVICES} devices' air as it comes for {CALM_S:.0f} s, to time it …")
        calm_ms = wall_ms()
        sent = together([sent, _calm(environment)])
        drain(workers, sent=sent["sent"], frames=frames + street.sent)
        say("Acknowledging a few alarms …")
        acknowledged = acknowledge_some(settings)
        drain(workers, sent=sent["sent"], frames=frames + street.sent)
        say("Rolling up, and counting everything where it lies …")
        asyncio.run(_roll_up(settings))
        documents = AlarmsReader(settings.mongo).current(standing=Standing.ALL, limit=MOST_ALARMS)
        with MessageLog(settings.kafka) as log:
            alarms = alarm_figures(
                log, webhook, acknowledged=acknowledged, documents=len(documents), since_ms=calm_ms
            )
            energy = demo_energy.energy_figures(log, rooms)
            crowd = demo_crowd.crowd_figures(
                log, visitors, sent=frames, settings=settings.crowd, picture=PICTURE
            )
            crossing = demo_street.street_figures(log, street)
        cells = asyncio.run(empty_cells(settings))
        found = figures(
            settings,
            sent,
            alarms=alarms,
            energy=energy,
            crowd=crowd,
            street=crossing,
            empty_cells=cells,
            since_ms=calm_ms,
        )
        cpu_us = _cpu_us_per_event(workers, found.received)
        chart(settings)
    energy_chart(energy)
    report(found, cpu_us, took_s=time.monotonic() - began_s)


def _calm(environment: Mapping[str, str]) -> dict[str, Any]:
    """A load that leaves the machine idle half of the time, with an alarm now and then."""
    return produce(
        environment,
        devices=CALM_DEVICES,
        seconds=CALM_S,
        speed=1,
        interval_s=1,
        start="now",
        faults=CALM_FAULTS,
        seed=2,
    )


def _workers(environment: Mapping[str, str], stack: ExitStack) -> dict[str, Child]:
    """A worker for each flow, at work until the stack closes."""
    ports = free_ports(len(FLOWS))
    workers = {
        flow.name: Child(flow.name, environment, port=port, log_dir=DEMO_DIR / "logs")
        for flow, port in zip(FLOWS, ports, strict=True)
    }
    for worker in workers.values():
        stack.callback(worker.stop)
    for worker in workers.values():
        worker.wait_ready()
    return workers


async def _roll_up(settings: Settings) -> None:
    """Roll up what the store's worker has not yet, and the minute that is under way."""
    chore = RollUp(settings, now_ms=lambda: wall_ms() + MINUTE_MS)
    while (await chore()).found:  # noqa: ASYNC110  # InfluxDB tells nobody when it is done
        await asyncio.sleep(ROLL_PAUSE_S)


def _cpu_us_per_event(workers: Mapping[str, Child], events: int) -> dict[str, float]:
    """Processor time since its start of each worker that has most to do with events, by event."""
    return {
        flow: 1e6 * workers[flow].metric("process_cpu_seconds_total") / events for flow in EVENTFUL
    }
