"""What goes wrong, each in the middle of a load."""

import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass

from schemas.topics import READINGS_ACCEPTED, READINGS_RECEIVED
from tests.faults.audit import Audit, Verdict
from tests.faults.load import Load
from tests.faults.proxy import Proxy
from tests.faults.rig import Crew, Rig

FLOWS = ("telemetry", "store")


@dataclass(frozen=True, slots=True, kw_only=True)
class Severity:
    """How much is sent, and how much goes wrong meanwhile."""

    events: int
    per_s: float
    kills: int
    outage_s: float
    seed: int


@dataclass(frozen=True, slots=True)
class Scene:
    """What a scenario has in its hands."""

    rig: Rig
    crew: Crew
    load: Load
    proxy: Proxy
    severity: Severity


def workers_killed(scene: Scene) -> None:
    """A worker is killed and started again at once, under its name: each flow in turn."""
    kills = scene.severity.kills
    for kill in range(kills):
        scene.load.wait_for((kill + 1) / (kills + 1))
        flow = FLOWS[kill % 2]
        scene.crew.wait_ready()
        scene.crew.kill(flow)
        scene.crew.start(flow, name="1")


def workers_joining_and_leaving(scene: Scene) -> None:
    """A second worker joins, then the first leaves: each flow in turn."""
    for turn in range(scene.severity.kills):
        scene.load.wait_for((turn + 1) / (scene.severity.kills + 2))
        flow = FLOWS[turn % 2]
        scene.crew.relieve(flow, by=scene.crew.start(flow))


def broker_killed(scene: Scene) -> None:
    """The only broker is killed, and comes back."""
    _away(scene, lambda: scene.rig.kill("kafka"), lambda: scene.rig.start("kafka"))


def influxdb_down(scene: Scene) -> None:
    """InfluxDB is away for a while."""
    _away(scene, lambda: scene.rig.stop("influxdb"), lambda: scene.rig.start("influxdb"))


def s3_down(scene: Scene) -> None:
    """The object store is away for a while."""
    _away(scene, lambda: scene.rig.stop("s3"), lambda: scene.rig.start("s3"))


def disk_full(scene: Scene) -> None:
    """InfluxDB says that its disk is full, for a while."""
    _away(
        scene,
        lambda: setattr(scene.proxy, "full", True),
        lambda: setattr(scene.proxy, "full", False),
    )


def malformed(_: Scene) -> None:
    """Nothing else than the malformed messages that every load has."""


FAULTS: Mapping[str, Callable[[Scene], None]] = {
    "worker killed": workers_killed,
    "workers joining and leaving": workers_joining_and_leaving,
    "broker killed": broker_killed,
    "InfluxDB down": influxdb_down,
    "S3 down": s3_down,
    "disk full": disk_full,
    "malformed messages": malformed,
}


def _away(scene: Scene, go: Callable[[], object], come_back: Callable[[], object]) -> None:
    scene.load.wait_for(0.3)
    go()
    time.sleep(scene.severity.outage_s)
    come_back()


def run(fault: str, rig: Rig, severity: Severity) -> Verdict:
    """Let one fault happen under load, let the workers finish, and count.

    Raises:
        ChildError: a worker died, or they did not finish.

    """
    number = list(FAULTS).index(fault)
    site = f"site-{number}-{severity.seed}"
    audit = Audit(rig, site=site)
    load = Load(
        rig.kafka,
        count=severity.events,
        per_s=severity.per_s,
        site=site,
        seed=severity.seed + number,
    )
    folder = rig.folder / "workers" / site
    with closing(Proxy(rig.environment["ENGAWA_INFLUX__URL"])) as proxy:
        crew = Crew(rig, folder, {"ENGAWA_INFLUX__URL": proxy.url} if fault == "disk full" else {})
        try:
            _work(fault, Scene(rig, crew, load, proxy, severity))
            _finish(rig, crew)
        finally:
            crew.stop_all()
    verdict = audit.verdict(load.shipped())
    verdict.wonder("workers that did not end in order", crew.disorderly)
    return verdict


def _work(fault: str, scene: Scene) -> None:
    """Start the workers, then the load, then the trouble; return when all is sent."""
    named = fault == "worker killed"
    for flow in FLOWS:
        scene.crew.start(flow, name="1" if named else "")
    scene.crew.wait_ready()
    scene.load.start()
    FAULTS[fault](scene)
    scene.load.shipped()


def _finish(rig: Rig, crew: Crew) -> None:
    crew.wait_finished("telemetry", READINGS_RECEIVED)
    crew.wait_finished("store", READINGS_ACCEPTED)
    # the archive holds batches back; a stop makes it write them, if its store lets it
    crew.stop_all()
    if not rig.committed("store", READINGS_RECEIVED):
        crew.start("store")
        crew.wait_finished("store", READINGS_RECEIVED)
