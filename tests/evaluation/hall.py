"""The closed loop: a policy, the air conditioner, the servers and their sensor around the plant."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from random import Random

from tests.evaluation.building import RATED_IT_KW, YEAR
from tests.evaluation.conditioner import Conditioner
from tests.evaluation.energyplus import Controls, Outcome
from tests.evaluation.faults import Fault
from tests.evaluation.loads import Load
from tests.evaluation.rack import HotSpot, Sensor
from tests.evaluation.score import Score
from tests.evaluation.view import Policy, Reading, View, Weather
from tests.evaluation.weather_file import Hour

SETS = 6
SET_S = 10
OBSERVED_EVERY_MIN = 10
"""How often the weather is asked for."""

MIN_MS = 60_000


@dataclass(slots=True)
class Hall:
    """A server hall under one policy; EnergyPlus asks it what to do each minute."""

    policy: Policy
    conditioner: Conditioner | None
    """None: whatever the policy wishes is set, as for setpoints that never move."""

    load: Load
    first: date
    utc_hours: float
    states: dict[Hour, int]
    fault: Fault
    spot: HotSpot
    sensor: Sensor = field(default_factory=lambda: Sensor(Random(7)))
    score: Score = field(default_factory=Score)
    minute: int = 0
    setpoint_c: float = 22.0
    _before_c: float | None = None
    _changed: bool = False
    _weather: Weather | None = None
    _arrived: Sequence[Reading] = ()

    def begin(self, *, warming_up: bool) -> Controls:
        """Let the policy decide on the next minute."""
        if not warming_up:
            self._decide()
        return Controls(setpoint_c=self.setpoint_c, load=self.load[self.minute])

    def _decide(self) -> None:
        view = View(
            minute=self.minute,
            now=self._now(),
            setpoint_c=self.setpoint_c,
            readings=self._arrived,
        )
        wish_c = self.policy.wish(view)
        set_c = self.conditioner.obey(wish_c, self.minute) if self.conditioner else wish_c
        self._changed, self.setpoint_c = set_c != self.setpoint_c, set_c

    def end(self, outcome: Outcome) -> None:
        """Count the minute that has passed, and measure it for the next decision."""
        inlet_c = outcome.room_c + self.spot.step(self.load[self.minute])
        self.score.minute(inlet_c, outcome.hvac_kwh, changed=self._changed)
        measured = self._measured(inlet_c, outcome)
        self._arrived = self.fault(self.minute, measured)
        self._before_c = inlet_c
        self.minute += 1

    def _measured(self, inlet_c: float, outcome: Outcome) -> list[Reading]:
        before_c = inlet_c if self._before_c is None else self._before_c
        weather, now = self._observed(outcome), self._now()
        return [
            Reading(
                at=now + part * SET_S * 1000,
                inlet_c=self.sensor.temperature_c(before_c + (inlet_c - before_c) * part / SETS),
                humidity_percent=self.sensor.humidity_percent(outcome.humidity_percent),
                it_power_kw=self.sensor.power_kw(self.load[self.minute] * RATED_IT_KW),
                weather=replace(weather, age_s=weather.age_s + part * SET_S),
                setpoint_c=self.setpoint_c,
                setpoint_age_s=float(part * SET_S),
            )
            for part in range(1, SETS + 1)
        ]

    def _observed(self, outcome: Outcome) -> Weather:
        age_min = self.minute % OBSERVED_EVERY_MIN
        if not age_min or self._weather is None:
            local = self._local()
            self._weather = Weather(
                temperature_c=round(outcome.outdoor_c, 1),
                humidity_percent=round(outcome.outdoor_percent),
                state=self.states[local.month, local.day, local.hour],
            )
        return replace(self._weather, age_s=60.0 * age_min)

    def _local(self) -> datetime:
        first = datetime(YEAR, self.first.month, self.first.day, tzinfo=UTC)
        return first + timedelta(minutes=self.minute)

    def _now(self) -> int:
        utc = self._local() - timedelta(hours=self.utc_hours)
        return int(utc.timestamp()) * 1000
