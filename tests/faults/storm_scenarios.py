"""What goes wrong in the middle of an alarm storm."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from secrets import token_hex

from connectors.webhook_receiver import WebhookReceiver
from schemas.topics import (
    ALARMS_CHANGED,
    ALARMS_REQUESTED,
    NOTIFICATIONS_REQUESTED,
    READINGS_ACCEPTED,
)
from tests.faults.audit import Verdict
from tests.faults.rig import Crew, Rig
from tests.faults.storm import RULES, Storm
from tests.faults.storm_audit import StormAudit

FLOWS = ("alarms", "notify")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fury:
    """How many alarms within how long, and how much goes wrong meanwhile."""

    alarms: int
    lasts_s: float
    kills: int
    outage_s: float


@dataclass(frozen=True, slots=True)
class Sea:
    """What a scenario has in its hands."""

    rig: Rig
    crew: Crew
    storm: Storm
    receiver: WebhookReceiver
    fury: Fury


def workers_killed(sea: Sea) -> None:
    """A worker is killed and started again at once, under its name: each flow in turn."""
    for kill in range(sea.fury.kills):
        sea.storm.wait_for(0.35 + 0.6 * kill / sea.fury.kills)
        flow = FLOWS[kill % 2]
        sea.crew.wait_ready()
        sea.crew.kill(flow)
        sea.crew.start(flow, name="1")


def workers_joining_and_leaving(sea: Sea) -> None:
    """A second worker joins, then the first leaves: each flow in turn."""
    for turn in range(2):
        sea.storm.wait_for(0.35 + 0.3 * turn)
        flow = FLOWS[turn]
        sea.crew.relieve(flow, by=sea.crew.start(flow))


def broker_killed(sea: Sea) -> None:
    """The only broker is killed, and comes back."""
    sea.storm.wait_for(0.5)
    sea.rig.kill("kafka")
    time.sleep(sea.fury.outage_s)
    sea.rig.start("kafka")


def channel_away(sea: Sea) -> None:
    """The channel answers 503 for a while, and the worker is killed meanwhile."""
    sea.storm.wait_for(0.5)
    sea.receiver.away = True
    time.sleep(sea.fury.outage_s / 2)
    sea.crew.kill("notify")
    sea.crew.start("notify", name="1")
    time.sleep(sea.fury.outage_s / 2)
    sea.receiver.away = False


STORMS: Mapping[str, Callable[[Sea], None]] = {
    "alarm storm: workers killed": workers_killed,
    "alarm storm: workers joining and leaving": workers_joining_and_leaving,
    "alarm storm: broker killed": broker_killed,
    "alarm storm: channel away": channel_away,
}


def run(fault: str, rig: Rig, fury: Fury) -> Verdict:
    """Let one fault happen in a storm, let the workers finish, and compare.

    Raises:
        ChildError: a worker died, or they did not finish.

    """
    site = f"storm-{list(STORMS).index(fault)}-{token_hex(3)}"
    rules_file = rig.folder / f"{site}.yaml"
    rules_file.write_text(RULES)
    audit = StormAudit(rig, rules_file)
    storm = Storm(rig.kafka, alarms=fury.alarms, lasts_s=fury.lasts_s, site=site)
    with WebhookReceiver(site) as receiver:
        environment = {
            "ENGAWA_ALARMS__RULES_FILE": str(rules_file),
            "ENGAWA_SECRET__STORM_URL": receiver.url,
            "ENGAWA_SECRET__STORM_KEY": site,
            "ENGAWA_WORKER__MEMORY_INTERVAL_S": "2",
        }
        crew = Crew(rig, rig.folder / "workers" / site, environment)
        try:
            _weather(fault, Sea(rig, crew, storm, receiver, fury))
            for flow, topic in (
                ("alarms", READINGS_ACCEPTED),
                ("alarms", ALARMS_REQUESTED),
                ("notify", ALARMS_CHANGED),
                ("notify", NOTIFICATIONS_REQUESTED),
            ):
                crew.wait_finished(flow, topic)
        finally:
            crew.stop_all()
        verdict = audit.verdict(storm, receiver)
    verdict.wonder("workers that did not end in order", crew.disorderly)
    return verdict


def _weather(fault: str, sea: Sea) -> None:
    named = fault in ("alarm storm: workers killed", "alarm storm: channel away")
    for flow in FLOWS:
        sea.crew.start(flow, name="1" if named else "")
    sea.crew.wait_ready()
    sea.storm.start()
    STORMS[fault](sea)
    sea.storm.shipped()
