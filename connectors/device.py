"""One simulated device: what its sensors say and what ails it -> the event it means to send."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from uuid import UUID, uuid5

import numpy as np

from connectors.faults import SPELL_EVENTS, Fault
from connectors.sensors import SENSORS
from schemas.records import Position, Reading, Telemetry


@dataclass(slots=True, kw_only=True)
class Device:
    """A device, and what it remembers from one event to the next."""

    id: UUID
    """Its events' ids follow from this and their time."""

    site: str
    name: str
    profile: str
    position: Position | None
    tags: Mapping[str, str]
    units: tuple[tuple[str, str], ...]
    """Resource and unit, a UCUM code, of each value in turn."""

    spell: Fault | None = field(default=None, init=False)
    spell_left: int = field(default=0, init=False)
    last: tuple[Reading, ...] = field(default=(), init=False)

    @property
    def key(self) -> bytes:
        """The key of its messages."""
        return f"{self.site}/{self.name}".encode()

    def ails(self, onset: Fault | None) -> Fault | None:
        """Say the next event's fault: of the spell that goes on, else the one that begins."""
        if self.spell_left:
            self.spell_left -= 1
            return self.spell
        if onset is not None and onset in SPELL_EVENTS:
            self.spell, self.spell_left = onset, SPELL_EVENTS[onset] - 1
        return onset

    def event(
        self, at: int, values: list[float], fault: Fault | None, rng: np.random.Generator
    ) -> Telemetry:
        """Make the event of ``at`` (epoch ms) from ``values``, as far as ``fault`` lets it."""
        if fault is not Fault.STUCK or not self.last:
            pairs = zip(self.units, values, strict=True)
            self.last = tuple([Reading(resource=r, value=v, unit=u) for (r, u), v in pairs])
        return Telemetry(
            event_id=str(uuid5(self.id, str(at))),
            site=self.site,
            device=self.name,
            profile=self.profile,
            at=at,
            readings=_spiked(self.last, rng) if fault is Fault.SPIKE else self.last,
            position=self.position,
            tags=self.tags,
        )


def _spiked(readings: tuple[Reading, ...], rng: np.random.Generator) -> tuple[Reading, ...]:
    """One of the readings thrown far off, up or down."""
    struck = int(rng.integers(len(readings)))
    reading = readings[struck]
    assert isinstance(reading.value, float)
    jump = SENSORS[reading.resource].spike * float(rng.choice((-1.0, 1.0)))
    off = replace(reading, value=round(reading.value + jump, 2))
    return (*readings[:struck], off, *readings[struck + 1 :])
