"""What a policy is shown each minute, and what it is asked."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from schemas.records import Quality

FRESH_S = 1800.0
"""Weather older than half an hour is called stale."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weather:
    """The weather as it was last observed."""

    temperature_c: float
    humidity_percent: float
    state: int
    age_s: float = 0.0

    @property
    def stale(self) -> bool:
        """Whether it is too old to be trusted."""
        return self.age_s > FRESH_S


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What was measured at the racks' inlet at one time, with what was known beside it."""

    at: int
    """Epoch milliseconds UTC."""

    inlet_c: float
    humidity_percent: float
    it_power_kw: float
    weather: Weather
    setpoint_c: float
    setpoint_age_s: float
    quality: Quality = Quality.GOOD

    def measuring(self, inlet_c: float, quality: Quality | None = None) -> "Reading":
        """The same with another temperature."""
        return replace(self, inlet_c=inlet_c, quality=quality or self.quality)


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """All that a policy may know when it decides."""

    minute: int
    """Since the run began."""

    now: int
    """Epoch milliseconds UTC."""

    setpoint_c: float
    readings: Sequence[Reading]
    """What arrived in the last minute, mostly six; none if the sensor dropped out."""


class Policy(Protocol):
    """Says every minute what the setpoint should be."""

    def wish(self, view: View) -> float:
        """Degrees Celsius; the conditioner takes it as far as its limits allow."""
        ...
