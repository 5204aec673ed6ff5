"""The server rooms of a demonstration: two that obey, and what that saves in this simulation."""

import json
import subprocess
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from connectors.message_log import MessageLog
from models import sites
from schemas.batch import Records
from schemas.energy import EnergyRecommendation
from schemas.shadows import CommandState, DeviceCommand, DeviceReport
from schemas.topic import Topic
from schemas.topics import DEVICES_COMMANDED, DEVICES_REPORTED, ENERGY_ENRICHED, ENERGY_RECOMMENDED
from streams import audit
from streams.children import command, merged

SITES = sites.SHIPPED.with_name("demo-sites.yaml")
SPEED, HOURS = 240.0, 4.0
TTL_S = 900
"""Of commands, in the rooms' accelerated time: a few seconds of ours."""

SUMMER_SHIFT_H = 4380.0

Check = tuple[str, int, int]

ENVIRONMENT: Mapping[str, str] = {
    "ENGAWA_SITES__SITES_FILE": str(SITES),
    "ENGAWA_COMMANDS__TTL_S": str(TTL_S),
}
"""In which workers find the rooms."""


@contextmanager
def simulation(environment: Mapping[str, str]) -> Iterator["subprocess.Popen[bytes]"]:
    """The rooms at work; ``simulated`` waits for their end."""
    options = {
        "--speed": SPEED,
        "--hours": HOURS,
        "--climate": "new-york",
        "--shift-h": SUMMER_SHIFT_H,
        "--format": "json",
    }
    words = [str(word) for option in options.items() for word in option]
    with subprocess.Popen(  # noqa: S603  # our own command
        command("simulate", *words), env=merged(environment), stdout=subprocess.PIPE
    ) as process:
        try:
            yield process
        finally:
            process.terminate()


def simulated(process: "subprocess.Popen[bytes]") -> dict[str, Any]:
    """What the rooms say they sent and took, once they are done.

    Raises:
        CalledProcessError: they failed.

    """
    out, _ = process.communicate()
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, "engawa simulate")
    said: dict[str, Any] = json.loads(out)
    return said


@dataclass(frozen=True, slots=True)
class EnergyFigures:
    """What was recommended, commanded and done."""

    rooms: Sequence[Mapping[str, Any]]
    """What each room took, as the simulation says."""

    readings: int
    enriched: int
    reasons: Mapping[str, int]
    """Recommendations by reason."""

    states: Mapping[str, int]
    """Changes of commands by state."""

    obeyed: int
    gaps: int
    """Versions of commands that are missing."""

    recommended: Sequence[tuple[int, float]]
    """Time and recommended setpoint of the first room."""

    reported: Sequence[tuple[int, float]]
    """Time and actual setpoint of its air conditioner."""

    def checks(self) -> list[Check]:
        """Sums that have to come out: what, expected, found."""
        sent = self.states.get(CommandState.SENT, 0)
        # the next one may come before an answer that is still on its way
        settled = (CommandState.ACKNOWLEDGED, CommandState.SUPERSEDED)
        answered = sum(self.states.get(state, 0) for state in settled)
        return [
            ("readings of server rooms = enriched", self.readings, self.enriched),
            ("commands sent = acknowledged or superseded", sent, answered),
            ("commands sent = obeyed", sent, self.obeyed),
            ("commands without a gap in their versions", 0, self.gaps),
        ]

    def document(self) -> dict[str, Any]:
        """As ``build/demo.json`` holds them."""
        return {
            "simulated": True,
            "rooms": list(self.rooms),
            "recommendations_by_reason": dict(self.reasons),
            "commands_by_state": dict(self.states),
        }


def energy_figures(log: MessageLog, said: Mapping[str, Any]) -> EnergyFigures:
    """Count everything where it lies; ``said`` is what the simulation said at its end."""
    first = said["rooms"][0]["device"]
    # what is written again after a crash is the same again, so each counts once
    recommended = {
        each.recommendation_id: each for each in _all(log, ENERGY_RECOMMENDED, EnergyRecommendation)
    }
    commands = {
        (each.device, each.version, each.state): each
        for each in _all(log, DEVICES_COMMANDED, DeviceCommand)
    }
    own = [each for each in recommended.values() if each.device == first]
    aircon = {each.air_conditioner for each in own}
    reports = [each for each in _all(log, DEVICES_REPORTED, DeviceReport) if each.device in aircon]
    newest: dict[str, int] = {}
    for device, version, _ in commands:
        newest[device] = max(version, newest.get(device, 0))
    versions = {(device, version) for device, version, _ in commands}
    return EnergyFigures(
        rooms=said["rooms"],
        readings=said["sent"]["readings.received.v1"],
        enriched=audit.messages(log, ENERGY_ENRICHED),
        reasons=Counter(each.reason.value for each in recommended.values()),
        states=Counter(state.value for *_, state in commands),
        obeyed=sum(room["commands_obeyed"] for room in said["rooms"]),
        gaps=sum(newest.values()) - len(versions),
        recommended=sorted((each.at, each.setpoint_c) for each in own),
        reported=sorted((r.at, r.setpoint_c) for r in reports if r.setpoint_c is not None),
    )


def _all(log: MessageLog, topic: Topic[Any], record: type) -> Iterator[Any]:
    assert topic.record is record
    for batch in audit.batches(log, topic, Records):
        yield from batch.rows
