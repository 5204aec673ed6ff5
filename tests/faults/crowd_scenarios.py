"""What goes wrong while sites are counted, each by the frames of a partition of its own."""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import chain
from secrets import token_hex

from schemas.codec import encode_framed
from schemas.frames import FrameAnalysed
from schemas.topics import FRAMES_ANALYSED
from tests.faults.audit import Verdict
from tests.faults.crowd_audit import CrowdAudit
from tests.faults.paced import Paced
from tests.faults.rig import Crew, Rig
from tests.models.crowd_crossings import RULES, book, closing, crossings, disordered, rules


@dataclass(frozen=True, slots=True, kw_only=True)
class Rush:
    """How many frames within how long, and how much goes wrong meanwhile."""

    frames: int
    lasts_s: float
    kills: int
    outage_s: float
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Hall:
    """What a scenario has in its hands."""

    rig: Rig
    crew: Crew
    load: Paced
    rush: Rush


def worker_killed(hall: Hall) -> None:
    """The worker is killed and started again at once, under its name."""
    for kill in range(hall.rush.kills):
        hall.load.wait_for((kill + 1) / (hall.rush.kills + 1))
        hall.crew.wait_ready()
        hall.crew.kill("crowd")
        hall.crew.start("crowd", name="1")


def workers_joining_and_leaving(hall: Hall) -> None:
    """A second worker joins, and takes sites over; then the first leaves."""
    for turn in range(hall.rush.kills):
        hall.load.wait_for((turn + 1) / (hall.rush.kills + 1))
        hall.crew.relieve("crowd", by=hall.crew.start("crowd"))


def late_and_twice(_: Hall) -> None:
    """Nothing else than that more frames come late, and more twice, than they always do."""


def broker_killed(hall: Hall) -> None:
    """The only broker is killed, and comes back."""
    hall.load.wait_for(0.5)
    hall.rig.kill("kafka")
    time.sleep(hall.rush.outage_s)
    hall.rig.start("kafka")


LATE_AND_TWICE = "crowd: frames late and twice"
CROWDS: Mapping[str, Callable[[Hall], None]] = {
    "crowd: worker killed": worker_killed,
    "crowd: workers joining and leaving": workers_joining_and_leaving,
    LATE_AND_TWICE: late_and_twice,
    "crowd: broker killed": broker_killed,
}


def run(fault: str, rig: Rig, rush: Rush) -> Verdict:
    """Let one fault happen while people come and go, then send it all again, and compare.

    Raises:
        ChildError: a worker died, or they did not finish.

    """
    run_id = f"{list(CROWDS).index(fault)}-{token_hex(3)}"
    sites = [f"hall-{run_id}-{partition}" for partition in range(FRAMES_ANALYSED.partitions)]
    audit = CrowdAudit(rig, rules(sites))
    crew = Crew(rig, rig.folder / "workers" / run_id, _environment(rig, run_id, sites))
    try:
        crew.start("crowd", name="1" if fault == "crowd: worker killed" else "")
        logs = [_log(site, fault, rush) for site in sites]
        ends = [[closing(site, minutes) for site in sites] for minutes in (3, 2)]
        load, again = (
            Paced(rig.kafka, FRAMES_ANALYSED, _ready(logs, last), lasts_s=lasts_s)
            for last, lasts_s in zip(ends, (rush.lasts_s, rush.lasts_s / 4), strict=True)
        )
        crew.wait_ready()
        load.start()
        CROWDS[fault](Hall(rig, crew, load, rush))
        load.shipped()
        crew.wait_finished("crowd", FRAMES_ANALYSED)
        again.start()
        again.shipped()
        crew.wait_finished("crowd", FRAMES_ANALYSED)
    finally:
        crew.stop_all()
    verdict = audit.verdict([*chain(*logs, *ends)])
    verdict.wonder("workers that did not end in order", crew.disorderly)
    return verdict


def _log(site: str, fault: str, rush: Rush) -> list[FrameAnalysed]:
    frames = crossings(site, count=rush.frames // FRAMES_ANALYSED.partitions, seed=rush.seed)
    share = 0.5 if fault == LATE_AND_TWICE else 0.1
    return disordered(frames, seed=rush.seed, twice=share, late=share)


def _ready(log: list[list[FrameAnalysed]], last: list[FrameAnalysed]) -> list[tuple[int, bytes]]:
    """The logs of all sites, each to its own partition, at one pace."""
    placed = [
        ((place + 0.5) / len(frames), partition, frame)
        for partition, frames in enumerate(log)
        for place, frame in enumerate(frames)
    ]
    placed += [(1.0, partition, frame) for partition, frame in enumerate(last)]
    placed.sort(key=lambda each: each[:2])
    return [(partition, encode_framed(frame)) for _, partition, frame in placed]


def _environment(rig: Rig, run_id: str, sites: list[str]) -> dict[str, str]:
    sites_file = rig.folder / f"{run_id}.yaml"
    sites_file.write_text(json.dumps(book(sites)))  # which is YAML too
    return {
        "ENGAWA_SITES__SITES_FILE": str(sites_file),
        "ENGAWA_WORKER__MEMORY_INTERVAL_S": "1",
        "ENGAWA_CROWD__KEY": RULES["key"],
        "ENGAWA_CROWD__LATENESS_S": str(RULES["lateness_s"]),
        "ENGAWA_CROWD__MATCHING": json.dumps(RULES["matching"]),
    }
