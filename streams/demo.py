"""One demonstration: what was sent, what arrived, and whether every count adds up."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from connectors.message_log import MessageLog
from schemas.reasons import Reason
from schemas.topics import READINGS_RECEIVED
from streams import audit
from streams.demo_alarm_figures import AlarmFigures
from streams.demo_crowd_figures import CrowdFigures
from streams.demo_energy import EnergyFigures
from streams.demo_street import StreetFigures
from streams.settings import Settings

RESOURCE = "temperature"
"""A resource that every farm event carries, so its values count the events."""


@dataclass(frozen=True, slots=True)
class Check:
    """Two counts that have to be one."""

    what: str
    expected: int
    found: int

    @property
    def ok(self) -> bool:
        """Whether they are."""
        return self.expected == self.found


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything that a demonstration found out."""

    sent: Mapping[str, Any]
    """What ``engawa produce`` says it sent."""

    received: int
    accepted: audit.Accepted
    letters: Mapping[str, int]
    values: Mapping[str, int]
    """Values of one resource in InfluxDB: raw, and as minutes and hours count them."""

    archived: int
    archived_bytes: int
    alarms: AlarmFigures
    energy: EnergyFigures
    crowd: CrowdFigures
    street: StreetFigures
    empty_cells: Sequence[str]
    """Cells of the dashboards that found nothing."""

    @property
    def _parts(self) -> tuple[AlarmFigures | EnergyFigures | CrowdFigures | StreetFigures, ...]:
        return self.alarms, self.energy, self.crowd, self.street

    def checks(self) -> list[Check]:
        """Every sum that has to come out."""
        sent, faults, accepted = self.sent["sent"], self.sent["by_fault"], self.accepted
        letters = sum(self.letters.values())
        repeated = self.letters.get(Reason.DUPLICATE.value, 0)
        raw = self.values["raw"]
        return [
            Check("messages sent = in readings.received", sent, self.received),
            Check("received = accepted + dead letters", self.received, accepted.events + letters),
            Check("events sent twice = duplicates", faults["duplicate"], repeated),
            Check("malformed sent = other dead letters", faults["malformed"], letters - repeated),
            Check("distinct accepted = points in InfluxDB", len(accepted.points), raw),
            Check("points = values counted by minutes", raw, self.values["minute"]),
            Check("points = values counted by hours", raw, self.values["hour"]),
            Check("messages sent = in the archive", sent, self.archived),
            *(Check(*each) for part in self._parts for each in part.checks()),
            Check("cells of dashboards without data", 0, len(self.empty_cells)),
        ]

    def document(self) -> dict[str, Any]:
        """The figures as ``build/demo.json`` holds them."""
        checks = self.checks()
        return {
            "ok": all(check.ok for check in checks),
            "sent": dict(self.sent),
            "received": self.received,
            "accepted": self.accepted.events,
            "readings_by_quality": dict(self.accepted.qualities),
            "dead_letters_by_reason": dict(self.letters),
            "influx_values": dict(self.values),
            "archive": {"messages": self.archived, "bytes": self.archived_bytes},
            "latency_ms": {f"p{p}": self.accepted.percentile_ms(p) for p in (50, 95, 99)},
            "alarms": self.alarms.document(),
            "energy": self.energy.document(),
            "crowd": self.crowd.document(),
            "street": self.street.document(),
            "empty_cells": list(self.empty_cells),
            "checks": [
                {"what": c.what, "expected": c.expected, "found": c.found, "ok": c.ok}
                for c in checks
            ],
        }


def figures(
    settings: Settings,
    sent: Mapping[str, Any],
    *,
    alarms: AlarmFigures,
    energy: EnergyFigures,
    crowd: CrowdFigures,
    street: StreetFigures,
    empty_cells: Sequence[str],
    since_ms: int,
) -> Figures:
    """Count everything where it lies; events since then tell how long they took."""
    with MessageLog(settings.kafka) as log:
        received = audit.messages(log, READINGS_RECEIVED)
        accepted = audit.accepted(log, since_ms=since_ms)
        letters = audit.dead_letters(log)
    archived, archived_bytes = audit.archived(settings)
    values = asyncio.run(audit.points(settings, RESOURCE))
    return Figures(
        sent,
        received,
        accepted,
        letters,
        values,
        archived,
        archived_bytes,
        alarms,
        energy,
        crowd,
        street,
        empty_cells,
    )
