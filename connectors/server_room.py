"""A simulated server room as its devices: a sensor that sends, an air conditioner that obeys.

Beside the room stands its twin, the same in everything but that its setpoint never moves: what
the one takes less than the other is what was saved, in this simulation.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from uuid import NAMESPACE_URL, uuid5

import numpy as np

from models import sites
from models.arrays import Floats
from models.plant.room import Room, RoomReading
from schemas.records import Reading, Telemetry
from schemas.shadows import CommandState, DeviceCommand, DeviceReport
from schemas.weather import WeatherObserved

PROFILE = "server.room"
STEP_S = 10
REPORT_EVERY_S = 60
FIXED_C = 18.0
"""Where the original's air conditioner stood for ever."""

TOO_WARM_C = 27.0
NOISE_C, NOISE_PERCENT = 0.1, 0.5
"""Of one reading: an AM2302 repeats itself to 0.2 degrees and 1 %."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """What was so at one time."""

    at: int
    inlet_c: float
    setpoint_c: float
    it_kw: float
    hvac_kw: float
    fixed_hvac_kw: float


@dataclass(slots=True)
class ServerRoom:
    """One room of a site book; the same arguments and commands give the same messages."""

    site: str
    name: str
    book: sites.Room
    loads: Floats
    """Power of the servers per rated power, every ``STEP_S``; begins again at its end."""

    rng: np.random.Generator
    setpoint_c: float = FIXED_C
    moments: list[Moment] = field(default_factory=list)
    obeyed: int = 0
    _room: Room = field(init=False)
    _fixed: Room = field(init=False)
    _answered: DeviceCommand | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        rated_it_kw = self.book.rated_it_kw
        self._room = Room(rated_it_kw=rated_it_kw, setpoint_c=self.setpoint_c)
        self._fixed = Room(rated_it_kw=rated_it_kw, setpoint_c=FIXED_C)

    def step(self, at: int, weather: WeatherObserved) -> Iterator[Telemetry | DeviceReport]:
        """Let ``STEP_S`` pass, until ``at``; give what the devices send then."""
        load = float(self.loads[at // (STEP_S * 1000) % len(self.loads)])
        outdoors = weather.temperature_c, STEP_S, weather.humidity_percent
        now = self._room.step(self.setpoint_c, load, *outdoors)
        fixed = self._fixed.step(FIXED_C, load, *outdoors)
        self.moments.append(
            Moment(
                at=at,
                inlet_c=now.inlet_c,
                setpoint_c=self.setpoint_c,
                it_kw=now.it_kw,
                hvac_kw=now.hvac_kw,
                fixed_hvac_kw=fixed.hvac_kw,
            )
        )
        yield self._telemetry(at, now)
        if at // 1000 % REPORT_EVERY_S == 0:
            yield self.report(at)

    def obey(self, command: DeviceCommand, at: int) -> DeviceReport | None:
        """Do what a command says, if it is to be done and in time; give the answer."""
        known = self._answered.version if self._answered else 0
        late = command.expires_at <= at
        if command.state is not CommandState.SENT or command.version <= known or late:
            return None
        self.setpoint_c = command.desired_c
        self._answered = command
        self.obeyed += 1
        return self.report(at)

    def report(self, at: int) -> DeviceReport:
        """What the air conditioner says of itself."""
        answered = self._answered
        return DeviceReport(
            report_id=self._id("report", at, answered.version if answered else 0),
            site=self.site,
            device=self.book.air_conditioner or self.name,
            at=at,
            setpoint_c=self.setpoint_c,
            power_kw=self._room.reading().hvac_kw,
            version=answered.version if answered else None,
            client_token=answered.client_token if answered else None,
        )

    @property
    def hvac_kwh(self) -> float:
        """Energy for cooling so far."""
        return self._room.reading().hvac_kwh

    @property
    def fixed_hvac_kwh(self) -> float:
        """What it would have been at ``FIXED_C``."""
        return self._fixed.reading().hvac_kwh

    @property
    def too_warm_min(self) -> float:
        """Minutes above ``TOO_WARM_C`` at the inlet."""
        return sum(each.inlet_c > TOO_WARM_C for each in self.moments) * STEP_S / 60

    def _telemetry(self, at: int, now: RoomReading) -> Telemetry:
        seen_c = now.inlet_c + NOISE_C * self.rng.standard_normal()
        seen_percent = now.humidity_percent + NOISE_PERCENT * self.rng.standard_normal()
        values = {
            "temperature": round(float(seen_c), 1),
            "humidity": round(float(np.clip(seen_percent, 0, 100)), 1),
            "it_power": round(now.it_kw, 2),
        }
        return Telemetry(
            event_id=self._id("event", at),
            site=self.site,
            device=self.book.sensor,
            profile=PROFILE,
            at=at,
            readings=tuple(Reading(resource=name, value=value) for name, value in values.items()),
            tags={"room": self.name},
        )

    def _id(self, *words: object) -> str:
        return str(uuid5(NAMESPACE_URL, "/".join(map(str, (self.site, self.name, *words)))))
